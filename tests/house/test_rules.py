"""What the browser knows of the domain's rules is written from them: both find the same in the same examples."""

import json
import re
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.domain.text.test_secrets import HARMLESS, SECRETS
from tests.domain.tickets.test_detail_requests import BAD, BITCOIN, ETHEREUM, SOLANA
from tests.javascript import lay_out, put, run
from ticket_portal.domain.errors import BadDetail
from ticket_portal.domain.text import blockchains, identifiers, secrets
from ticket_portal.domain.tickets import detail_requests
from ticket_portal.domain.tickets.detail_requests import DetailAnswer
from ticket_portal.frontend.javascript import Every, Untranslatable, Whole, module, pattern
from ticket_portal.frontend.plugins import Catalogues
from ticket_portal.frontend.rules import MODULES, Rules, worker
from ticket_portal.i18n import folding
from ticket_portal.i18n.locales import DEFAULT, TRANSLATED
from ticket_portal.store.tables import DetailItem

PATTERNS = {
    "word": secrets.WORD,
    "pem": secrets.PEM,
    "wif": secrets.WIF,
    "extended": secrets.EXTENDED_KEY,
    "bare": secrets.BARE_KEY,
    "said": secrets.SAID_BEFORE,
    "card": secrets.CARD,
    "starts": secrets.CARD_STARTS,
    "address": identifiers.ADDRESS,
    "amount": detail_requests.AMOUNT,
    "expanding": folding.EXPANDING,
    **blockchains.SHAPES,
}
# Where the two languages differ by themselves: letters, digits and edges of words beyond ASCII.
TEXTS = [
    *(text for text, _code in SECRETS.values()),
    *HARMLESS.values(),
    *(str(given["value"]) for _item, given in BAD),
    "0,5 BTC", "€ 1.250,00", "250₫", "12 ₿", "1½ BTC", "٣ USDT", "0.1 ятей", "1_000 BTC", "x1 BTC2",
    "приватний ключ: a, clés privées, khóa bí mật, KUNCI PRIBADI, транзакції, éseed, seedé, seed_, _seed",
    "a²b ⅷ٣_ñ 中文 e\u0301", "4111 1111 1111 1111é", "é4111111111111111", "٤111111111111111",
    BITCOIN, ETHEREUM, SOLANA, f"https://x/{BITCOIN.upper()}?é{BITCOIN}", f"{SOLANA} é{SOLANA}",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("rules"), [Catalogues(), Rules()])


def test_a_regular_expression_finds_the_same_in_both_languages(folder: Path):
    put(folder, "every.js", module({n: Every(p) for n, p in PATTERNS.items()}))
    put(folder, "whole.js", module({n: Whole(p) for n, p in PATTERNS.items()}))
    found = run(
        folder,
        'import * as every from "./every.js"; import * as whole from "./whole.js";'
        "const told = (name, text) => [[...text.matchAll(every[name])].map((it) => it[0]), whole[name].test(text)];"
        "answer(Object.fromEntries(Object.keys(every).map((name) => [name, given.map((text) => told(name, text))])));",
        TEXTS,
    )

    for name, compiled in PATTERNS.items():
        for text, (every, whole) in zip(TEXTS, found[name], strict=True):
            assert every == [it.group() for it in compiled.finditer(text)], (name, text)
            assert whole is bool(compiled.fullmatch(text)), (name, text)
    assert sum(bool(every) for told in found.values() for every, _whole in told) > 100


@pytest.mark.parametrize(
    "source", [r"a++", r"(?>a)", r"(?i:a)", r"(?P<a>b)(?P=a)", r"\Aa", r"[\W]", r"\x41", r"(?#no)a"]
)
def test_what_javascript_reads_otherwise_stops_the_build(source: str):
    with pytest.raises(Untranslatable):
        pattern(re.compile(source))


def test_flags_that_javascript_lacks_stop_the_build():
    with pytest.raises(Untranslatable):
        pattern(re.compile("a b", re.VERBOSE))


ITEMS = [
    *((item, given["value"], given.get("zone", "")) for item, given in BAD if "place" not in given),
    *(({"kind": "txid", "chain": chain}, value, "") for chain in ("", *blockchains.CHAINS) for value in (
        BITCOIN, BITCOIN.upper(), ETHEREUM, ETHEREUM.upper().replace("0X", "0x"), SOLANA, f"{BITCOIN} {ETHEREUM}",
        f"{BITCOIN} {BITCOIN.upper()}", f"https://mempool.space/tx/{BITCOIN}?a", BITCOIN[1:],
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    )),
    *(({"kind": "amount"}, value, "") for value in ("0,5 BTC", "€ 1.250,00", "250₫", "12", "0 BTC", "½ BTC", "x" * 81)),
    *(({"kind": "text"}, value, "") for value in ("Blue", "x")),
]  # fmt: skip


# What the browser leaves to the server: lines that are too long for their field, and moments that are none.
LEFT = {
    ("network", "x" * 81),
    ("moment", "yesterday"),
    ("moment", "0001-01-01T00:00"),
    ("moment", "2026-01-05T10:30"),
}


def test_a_detail_is_judged_alike(folder: Path, work):
    entries = [
        {
            "kind": item["kind"],
            "chain": item.get("chain", ""),
            "value": value,
            "zone": zone,
            "declined": False,
        }
        for item, value, zone in ITEMS
        if (item["kind"], value) not in LEFT
    ]
    told = run(
        folder,
        'import { problemOf } from "$/public/js/details/rules.js";'
        'answer(given.map((it) => problemOf(it)?.[0] ?? ""));',
        entries,
    )

    for entry, problem in zip(entries, told, strict=True):
        assert _refused(work, entry) is bool(problem), (entry, problem)
    assert {
        "several",
        "other_network",
        "address",
        "hex",
        "evm",
        "signature",
        "txid",
        "amount",
        "future",
    } <= set(told)


def _refused(work, entry: dict[str, str]) -> bool:
    item = DetailItem(ticket_id=1, request_id=1, place=0, kind=entry["kind"], chain=entry["chain"])
    try:
        detail_requests._CHECKS[entry["kind"]](work, item, DetailAnswer(0, entry["value"], "", entry["zone"]))
    except BadDetail:
        return True
    return False


@pytest.mark.parametrize("minutes", [-60, 5, 20])
def test_a_moment_ahead_is_as_far_ahead_as_the_server_allows(folder: Path, work, minutes: int):
    zone = ZoneInfo("America/Bogota")
    moment = (work.now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)
    entry = {
        "kind": "moment",
        "chain": "",
        "zone": zone.key,
        "value": f"{moment:%Y-%m-%dT%H:%M}",
        "declined": False,
    }
    now = int(work.now.replace(tzinfo=work.now.tzinfo or UTC).timestamp() * 1000)
    problem = run(
        folder,
        'import { problemOf } from "$/public/js/details/rules.js";'
        f"Date.now = () => {now}; answer(problemOf(given)?.[0] ?? '');",
        entry,
    )

    assert _refused(work, entry) is bool(problem)
    assert (problem == "future") is (minutes > detail_requests.CLOCKS_DIFFER.total_seconds() / 60)


def test_the_service_worker_knows_the_languages():
    text = worker()

    assert f"const LANGUAGES = {json.dumps(TRANSLATED)};" in text
    assert f'?? "{DEFAULT}";' in text
    assert not re.search(r"__[A-Z]", text)


def test_each_module_that_is_written_is_read_in_full(folder: Path):
    """What is written and not asked for is another place to look after."""
    sources = {f: f.read_text(encoding="utf-8") for f in (folder / "public/js").rglob("*.js")}
    for name, part in MODULES.items():
        asked = {
            word.strip()
            for text in sources.values()
            for names in re.findall(rf'import \{{([^}}]*)\}} from "[^"]*/utils/rules/{name}\.js"', text)
            for word in names.split(",")
            if word.strip()
        }
        assert asked == set(part()), name
