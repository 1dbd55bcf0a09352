"""What must not be sent to anybody is found, and what only looks like it is not."""

import random
from pathlib import Path
from uuid import uuid4

import pytest
from mnemonic import Mnemonic

from tests.cast import BROWSER, IP, asks_about, code_for, opens, says
from tests.javascript import lay_out, run
from ticket_portal.demo import stories, texts
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.errors import FileGone, OwnCodeFound, PhraseFound, SecretFound, TooFast
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.text import secrets
from ticket_portal.domain.text.secrets import refuse_secrets
from ticket_portal.domain.tickets import messages, new_ticket
from ticket_portal.domain.tickets.messages import AnswersForm, MessageForm
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.frontend.plugins import RecoveryWords
from ticket_portal.frontend.rules import Rules
from ticket_portal.i18n import recovery_words

TXID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
KEY = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
ENGLISH = "legal winner thank year wave sausage worth useful legal winner thank yellow"
SPANISH = Mnemonic("spanish").to_mnemonic(bytes(range(16)))
FRENCH = Mnemonic("french").to_mnemonic(bytes(range(32)))
NUMBERED = " ".join(f"{n}. {word}," for n, word in enumerate(ENGLISH.split(), 1))

SECRETS = {
    "a phrase": (ENGLISH, "secret_phrase"),
    "in a sentence": (f"It says: {ENGLISH}. What now?", "secret_phrase"),
    "numbered": (NUMBERED, "secret_phrase"),
    "a word a line, in capitals": (ENGLISH.upper().replace(" ", "\n"), "secret_phrase"),
    "in Spanish": (SPANISH, "secret_phrase"),
    "in French, composed": (FRENCH, "secret_phrase"),
    "twenty-four words": (Mnemonic("english").to_mnemonic(b"\x07" * 32), "secret_phrase"),
    "a key for wallets": ("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "secret_key"),
    "a compressed one": ("KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617", "secret_key"),
    "an extended one": (
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        "secret_key",
    ),
    "called a key": (f"my private key is 0x{KEY}", "secret_key"),
    "called a key in Spanish": (f"Mi clave privada: {KEY}", "secret_key"),
    "called a key in Ukrainian": (f"Мій приватний ключ: {KEY}", "secret_key"),
    "called a key in Vietnamese": (f"khóa riêng tư của tôi {KEY}", "secret_key"),
    "a card": ("4111 1111 1111 1111", "secret_card"),
    "a card with dashes": ("Card 5555-5555-5555-4444.", "secret_card"),
    "fifteen digits": ("378282246310005", "secret_card"),
    "full-width digits": ("４１１１１１１１１１１１１１１１", "secret_card"),
}
HARMLESS = {
    "a transaction": f"The transaction is {TXID}.",
    "a bare transaction": TXID,
    "a transaction after the word key": f"I never gave my private key. Transaction ID: {TXID}",
    "an explorer's link": f"https://etherscan.io/tx/0x{KEY}",
    "an address": "0x52908400098527886E0F7030069857D2E4169EE7 and 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "a wrong key": "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK",
    "no card": "4111 1111 1111 1112",
    "the end of a card": "My card ends in 1111.",
    "an order": "Order 12345678901234567 of 2026-11-22 10:30:15",
    "a telephone number": "+4915112345678, call me",
    "an account": "IBAN DE89 3704 0044 0532 0130 00",
    "an amount": "1.4111111111111111 ETH",
    "eleven words": " ".join(ENGLISH.split()[:11]),
    "shouting": "help " * 30,
    "prose of short words": "Please help me now because this problem will always happen again when people travel.",
    "Spanish": "Ayer por la noche hice un retiro de doscientos dólares y todavía no ha llegado a mi cuenta bancaria.",
    "French": "Hier soir un retrait de deux cents euros est parti de mon compte mais il reste toujours en attente.",
}


def found_in(text: str) -> str:
    try:
        refuse_secrets(text)
    except SecretFound as secret:
        return secret.code
    return ""


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_found(name: str):
    text, code = SECRETS[name]
    assert found_in(text) == code


@pytest.mark.parametrize("name", HARMLESS)
def test_what_looks_like_one_is_not(name: str):
    assert found_in(HARMLESS[name]) == ""


def test_a_phrase_of_one_repeated_word_is_told_by_its_checksum():
    assert found_in("abandon " * 11 + "about") == "secret_phrase"


def test_nothing_that_the_demo_says_is_a_secret():
    for module in (texts, stories):
        assert found_in(Path(str(module.__file__)).read_text(encoding="utf-8")) == ""


@pytest.mark.parametrize("words", [12, 15, 18, 21, 24])
def test_a_checksum_is_what_the_standard_says(words: int):
    """Against the reference implementation of BIP-39: of random words one in many is a phrase, and the same ones."""
    chance = random.Random(words)
    listed = list(recovery_words.words("english"))
    bits = words // 3
    for number in range(600):
        places = [chance.randrange(2048) for _ in range(words)]
        if number < 20:  # phrases by intention
            made = Mnemonic("english").to_mnemonic(chance.randbytes(words * 11 // 8 - (bits > 7)))
            places = [listed.index(word) for word in made.split()]
        right = Mnemonic("english").check(" ".join(listed[place] for place in places))
        assert recovery_words.is_phrase(recovery_words.joined(places), words) is right


def test_a_text_with_more_windows_than_are_checked_is_not_let_pass():
    """It is made for the purpose: in an ordinary text one of the first hundred is a phrase by chance."""
    chance = random.Random(1)
    runs: list[list[int]] = []
    while sum(len(list(secrets._windows(run))) for run in runs) <= secrets.MOST_CHECKED:
        run = [chance.choice(range(8)) for _ in range(12)]
        if not secrets._has_checksum([run]):
            runs.append(run)
    assert not secrets._has_checksum(runs[:500])
    assert secrets._has_checksum(runs)


def test_long_texts_are_looked_through_quickly():
    for text in ("abandon " * 1250, "1 " * 5000, "seed " * 2000 + KEY[:63], "4" * 10_000):
        found_in(text[:10_000])  # a pattern that runs away would not come back


def test_the_browser_finds_the_same(tmp_path: Path):
    """What the browser stops, the server stops; what it leaves to the server is only what needs the checksum."""
    script = (
        'import { secretIn } from "$/public/js/shield.js"; const found = {};'
        "for (const name in given) found[name] = await secretIn(given[name]); answer(found);"
    )
    texts = {name: text for name, (text, _code) in SECRETS.items()} | HARMLESS
    assert run(lay_out(tmp_path, [RecoveryWords(), Rules()]), script, texts) == {
        **{name: code for name, (_text, code) in SECRETS.items()},
        **dict.fromkeys(HARMLESS, ""),
    }


def test_the_browser_does_not_freeze_over_what_is_pasted(tmp_path: Path):
    """Ten megabytes of words, and the worst that may be sent: a phone is ten times as slow as this machine."""
    texts = {
        "a long paste": "a " * 5_000_000,
        "marks": "a" + "\u0300\u0316" * 5_000,
        "long signs": "\ufdfa" * 10_000,
    }
    script = (
        'import { secretIn, prepare } from "$/public/js/shield.js"; const took = {};'
        "for (const name in given) { const began = process.cpuUsage(); prepare(given[name]);"
        "await secretIn(given[name]); const { user, system } = process.cpuUsage(began);"
        "took[name] = (user + system) / 1000; } answer(took);"
    )
    took = run(lay_out(tmp_path, [RecoveryWords(), Rules()]), script, texts)
    assert {name: took[name] for name in texts if took[name] > 25} == {}


def test_a_requester_is_stopped_and_nothing_is_kept(work, ana, minh, ticket, guest_ticket):
    for viewer, number in ((ana, ticket.number), (minh, guest_ticket.number)):
        with pytest.raises(PhraseFound):
            messages.reply(work, viewer, number, says(ENGLISH))
    for viewer, asking in ((ana, ana), (minh, NOBODY)):
        with pytest.raises(PhraseFound):
            new_ticket.submit(work, asking, asks_about(viewer, body=ENGLISH), IP)
        with pytest.raises(PhraseFound):
            new_ticket.submit(work, asking, asks_about(viewer, subject=ENGLISH), IP)
    assert ticket.last_seq == guest_ticket.last_seq == 1


def test_the_team_may_quote(work, linh, ticket):
    messages.reply(work, linh, ticket.number, says(f"Never send this: {ENGLISH}"))
    messages.note(work, linh, ticket.number, says("4111 1111 1111 1111"))
    new_ticket.submit_for(work, linh, asks_about(Viewer(address="new@example.com"), body=ENGLISH))


def _code(work, address: str) -> str:
    codes.send(work, CodeScope("reset", address, BROWSER, IP), "en")
    return code_for(work, address)


def test_an_own_code_is_stopped_while_it_works(work, clock, ana, ticket):
    code = _code(work, ana.address)
    for text in (f"They want {code}", f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}."):
        with pytest.raises(OwnCodeFound):
            messages.reply(work, ana, ticket.number, says(text))
    with pytest.raises(OwnCodeFound):
        new_ticket.submit(work, ana, asks_about(ana, body=code), IP)
    other = f"{(int(code) + 1) % 10**6:06d}"
    messages.reply(work, ana, ticket.number, says(f"Amount {other}"))
    clock.advance(minutes=work.settings.code_minutes)
    messages.reply(work, ana, ticket.number, says(code))


def test_somebody_elses_code_is_only_a_number(work, ana, budi):
    code = _code(work, ana.address)
    number = opens(work, budi).number
    messages.reply(work, budi, number, says(code))


def test_a_new_ticket_of_nobody_tells_nothing_about_an_addresss_codes(work, ana):
    code = _code(work, ana.address)
    new_ticket.submit(work, NOBODY, asks_about(ana, body=code), IP)


def test_messages_are_no_way_to_guess_a_code(work, ana, ticket, settings):
    settings.limit_messages_per_10_minutes = 100
    code = _code(work, ana.address)
    others = [f"{n:06d}" for n in range(100_000, 100_020) if f"{n:06d}" != code]
    for other in others[: work.settings.limit_code_tries_per_hour]:
        messages.reply(work, ana, ticket.number, says(other, str(uuid4())))
    messages.reply(work, ana, ticket.number, says(code))


def test_what_is_refused_anyway_tells_nothing_about_a_code(work, ana, linh, ticket, settings):
    """A refusal takes back that the guess was counted: a right one must not look different from a wrong one."""
    code = _code(work, ana.address)
    missing = {"body": code, "files": ["no such file"]}
    asked = {"items": [{"kind": "screenshot"}], "client_id": str(uuid4())}
    request = messages.request_details(work, linh, ticket.number, MessageForm.parse_request(asked)).seq
    given = [{"place": 0, "value": code, "declined": True}]
    answers = AnswersForm.parse({"request": request, "given": given, "client_id": str(uuid4())})

    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, MessageForm.parse({**missing, "client_id": str(uuid4())}))
    another = TicketForm.parse(ana, {**missing, "subject": "Another", "client_id": str(uuid4())})
    with pytest.raises(FileGone):
        new_ticket.submit(work, ana, another, IP)
    settings.limit_messages_per_10_minutes = 1
    with pytest.raises(TooFast):
        messages.reply(work, ana, ticket.number, says(code))
    with pytest.raises(TooFast):
        messages.answer_details(work, ana, ticket.number, answers)
