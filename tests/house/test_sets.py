"""Each closed set is said once: its members have their words, styles and lines, and no list repeats them."""

import ast
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import pytest

from ticket_portal.delivery import exports
from ticket_portal.domain import errors
from ticket_portal.i18n import dates, phrase_words
from ticket_portal.i18n.catalogues import page_text, read_texts
from ticket_portal.i18n.locales import LOCALES, TRANSLATED
from ticket_portal.routes import offline
from ticket_portal.sets import audiences, file_kinds, names, roles, statuses
from ticket_portal.sets.audiences import Audience
from ticket_portal.sets.file_kinds import FileKind
from ticket_portal.sets.roles import Role
from ticket_portal.sets.statuses import ListPart, Status
from ticket_portal.sets.topics import Topic

ROOT = Path(__file__).parents[2]
SETS: dict[type[StrEnum], set[str]] = {
    kind: set(kind) for kind in (Audience, FileKind, ListPart, Role, Status, Topic)
}
VALUES = [*SETS.values(), set(LOCALES)]
STYLE = (ROOT / "assets/portal.css").read_text(encoding="utf-8")
SOURCES = [
    file
    for file in sorted((ROOT / "ticket_portal").rglob("*.py"))
    if file.relative_to(ROOT / "ticket_portal").parts[0] != "sets"
]


# --- every member has its row, its words, its style and its line
@pytest.mark.parametrize(
    ("members", "table"),
    [
        (Audience, audiences.RULES),
        (FileKind, file_kinds.RULES),
        (Role, roles.RULES),
        (Status, statuses.RULES),
        (Status, names.STATUS_NAMES),
        (Topic, names.TOPIC_NAMES),
    ],
)
def test_every_member_has_its_row(members: type[StrEnum], table: dict[StrEnum, object]):
    assert list(table) == list(members)


@pytest.mark.parametrize("locale", TRANSLATED)
@pytest.mark.parametrize("name", [*names.STATUS_NAMES.values(), *names.TOPIC_NAMES.values()])
def test_every_member_has_its_words_in_every_language(name: str, locale: str):
    assert read_texts(locale, "pages").singles[name]


def test_every_state_but_the_final_ones_has_its_style():
    for status in set(Status) - set(statuses.FINAL):
        assert f'[data-status="{status}"]' in STYLE, status
    styled = set(re.findall(r'\[data-status="(\w+)"\]', STYLE))
    assert styled <= set(Status)


@pytest.mark.parametrize("members", SETS, ids=lambda members: members.__name__)
def test_every_member_has_its_line_in_the_docs(members: type[StrEnum]):
    page = (ROOT / "docs/sets.md").read_text(encoding="utf-8")
    for member in members:
        assert f"`{member}`" in page, member
    for code, name in LOCALES.items():
        assert f"`{code}` ({name})" in page, code


def test_every_language_joins_date_and_time_and_has_words_for_guests():
    assert set(dates._TOGETHER) == set(phrase_words.WORDS) == set(LOCALES)


def test_every_topic_has_its_tips():
    from ticket_portal.pages.new_ticket import _tips_on

    assert set(_tips_on()) == set(Topic)


def test_the_refusals_name_every_kind_of_file():
    for refusal in (errors.FileKindRefused, errors.FileMismatch):
        for name in file_kinds.NAMES:
            assert re.search(rf"\b{name}\b", refusal.text), name


# --- what is said elsewhere is said in the same words
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("status", Status)
def test_the_page_without_a_connection_and_the_export_say_what_the_pages_say(status: Status, locale: str):
    """The offline page and the export had copies of these words, which a rewording left behind."""
    words = page_text(locale, names.STATUS_NAMES[status])

    page = offline._page(locale, "Example", "", "")
    assert f'data-{status.replace("_", "-")}="{words}"' in page
    assert exports._Words(locale, "UTC").status(status) == words


def test_the_words_of_a_state_are_written_once():
    for name in set(names.STATUS_NAMES.values()) - {
        "Closed"
    }:  # of a list's part, too, in other languages another word
        places = [
            f"{file.relative_to(ROOT)}:{node.lineno}"
            for file in SOURCES
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and _is_text(node, name) and not node.keywords
        ]
        assert places == [], name


def _is_text(call: ast.Call, text: str) -> bool:
    marked = isinstance(call.func, ast.Name) and call.func.id in ("t", "msg", "_")
    return bool(
        marked and call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == text
    )


def test_a_state_that_this_version_does_not_know_is_a_dash():
    assert exports._Words("en", "UTC").status("of a newer version") == names.UNKNOWN
    assert statuses.rules_of("of a newer version").parts == ()
    assert not statuses.rules_of("of a newer version").is_final
    assert roles.role_of("of a newer version") == Role.CUSTOMER


# --- no list repeats a set
ARGUMENTS = {"role": Role, "actor_role": Role, "author_role": Role, "status": Status, "topic": Topic}


def repeated(tree: ast.AST) -> Iterator[int]:
    """Lines with a list of members, or where a role or a state is a bare string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            repeats = _all_in(node.elts, VALUES)
        elif isinstance(node, ast.Dict):
            repeats = _all_in(node.keys, list(SETS.values()))
        elif isinstance(node, ast.Compare):
            repeats = _compares([node.left, *node.comparators])
        else:
            continue
        yield from [node.lineno] if repeats else []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for word in call.keywords:
            if set(_texts([word.value])) & SETS.get(ARGUMENTS.get(word.arg or "", StrEnum), set()):
                yield call.lineno


def _texts(nodes: Sequence[ast.AST | None]) -> list[str]:
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def _all_in(nodes: Sequence[ast.AST | None], sets: list[set[str]]) -> bool:
    found = _texts(nodes)
    return len(found) == len(nodes) > 1 and any(set(found) <= members for members in sets)


def _compares(sides: list[ast.expr]) -> bool:
    named = " ".join(
        ast.unparse(side).rpartition(".")[2] for side in sides if not isinstance(side, ast.Constant)
    )
    texts = set(_texts(sides))
    return bool(("role" in named and texts & SETS[Role]) or ("status" in named and texts & SETS[Status]))


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_repeats_a_set(file: Path):
    assert list(repeated(ast.parse(file.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("x = (Role.AGENT, Role.ADMIN)", 'x = ("agent", "admin")'),
        ('x = ("agent", "browser name")', 'x = ["new", "open"]'),
        ("x.role == Role.GUEST", 'x.role == "guest"'),
        ('kind == "resolved"', 'ticket.status != "resolved"'),
        ("Viewer(role=Role.AGENT)", 'Viewer(role="agent")'),
        ('NAMES = {"resolved": 1, "reopened": 2}', 'RANK = {"new": 0, "open": 1}'),
        ('ACCENTS = {"es": 1, "fr": 2}', 'LANGUAGES = ("es", "fr")'),
    ],
)
def test_the_check_knows_good_from_bad(good: str, bad: str):
    assert list(repeated(ast.parse(good))) == []
    assert list(repeated(ast.parse(bad)))


def test_no_script_repeats_a_set():
    for file in [*(ROOT / "assets").glob("*.js"), *(ROOT / "assets/js").glob("*.js")]:
        for listed in re.findall(r"\[([^\[\]]*)\]", file.read_text(encoding="utf-8")):
            members = re.findall(r"""["']([\w/*-]+)["']""", listed)
            plain = re.fullmatch(r"""\s*(["'][\w/*-]+["'],?\s*)+""", listed)
            assert not (plain and len(members) > 1 and any(set(members) <= of for of in VALUES)), (
                f"{file.name}: {listed}"
            )


# --- a page names every member, and has something neutral for the rest
def unnamed(tree: ast.AST) -> Iterator[str]:
    """`rx.match` over a set that forgets a member, or has no default."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "rx.match"):
            continue
        cases = [case for case in node.args[1:] if isinstance(case, ast.Tuple)]
        shown = [ast.unparse(value) for case in cases for value in case.elts[:-1]]
        for kind in (Status, Role, Topic):
            named = {name.rpartition(".")[2] for name in shown if name.startswith(f"{kind.__name__}.")}
            if named and (forgotten := set(kind.__members__) - named):
                yield f"{node.lineno}: {sorted(forgotten)}"
            elif named and isinstance(node.args[-1], ast.Tuple):
                yield f"{node.lineno}: no default"


def test_pages_name_every_member():
    for folder in ("components", "pages"):
        for file in (ROOT / "ticket_portal" / folder).rglob("*.py"):
            assert list(unnamed(ast.parse(file.read_text(encoding="utf-8")))) == [], file.name


def test_that_check_knows_good_from_bad():
    every = ", ".join(f"Topic.{name}" for name in Topic.__members__)
    assert list(unnamed(ast.parse(f"rx.match(x, ({every}, 1), 2)"))) == []
    assert list(unnamed(ast.parse("rx.match(x, ('other', 1), 2)"))) == []
    assert list(unnamed(ast.parse("rx.match(x, (Topic.CARD, 1), 2)")))
    assert list(unnamed(ast.parse(f"rx.match(x, ({every}, 1))")))
