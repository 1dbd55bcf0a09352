"""Addresses of pages: which number, token or page one names. The service worker reads them by the same examples."""

import ast
import json
import re
import shutil
import subprocess
from dataclasses import dataclass

import pytest

from ticket_portal.addresses import (
    ARGUMENTS,
    GUEST_TICKET,
    LARGEST,
    TICKET,
    PageTable,
    is_guest_link,
    is_token,
    number_in,
    typed_number,
)
from ticket_portal.frontend import environment, rules
from ticket_portal.frontend.build import ROOT
from ticket_portal.i18n.locales import LOCALES, localized
from ticket_portal.sets.audiences import Audience

NUMBERS = ["1", "12345", str(LARGEST)]
NO_NUMBERS = [
    *("", "0", "-1", "+1", "1.0", "1e3", " 1", "1 ", "1\n", "012345", "0x10", "1_000", "abc", "#12345"),
    *(str(LARGEST + 1), "99999999999", "9" * 5_000),
    # Digits of other scripts, which int() and isdecimal() take; and what isdigit() takes.
    *("١٢٣٤٥", "१२३", "１２３", "12³", "①"),
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read(text: str):
    assert number_in(text) == number_in(int(text)) == typed_number(f" #{text} ") == int(text)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_none(text: str):
    assert number_in(text) == 0


@pytest.mark.parametrize("given", [None, True, 1.0, 0, -1, LARGEST + 1, 10**30, [], {}, b"1"])
def test_what_a_browser_sends_in_place_of_one_is_none(given: object):
    assert number_in(given) == 0


@pytest.mark.parametrize(
    ("typed", "number"),
    [("#12345", 12345), ("0012345", 12345), ("000000012345999", 12345999), ("٣", 0), ("1 2", 0), (None, 0)],
)
def test_people_may_write_a_number_in_their_way(typed: object, number: int):
    assert typed_number(typed) == number


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a" * 16, True), ("a" * 15, False), ("a" * 129, False), ("é" * 20, False), ("a/" * 9, False)],
)
def test_a_token_has_its_letters_and_its_length(text: str, fits: bool):
    assert is_token(text) == fits


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/guest/" + "a" * 20, True),
        ("/guest/tickets", False),
        ("/guest/tickets/1", False),
        ("/tickets/1", False),
    ],
)
def test_a_link_is_told_from_a_guests_own_pages(path: str, link: bool):
    assert is_guest_link(path) == link


@dataclass(frozen=True)
class Place:
    """A page of the table, without its body."""

    path: str
    audience: Audience = Audience.EVERYBODY
    shows_session_over: bool = False


TABLE = PageTable([Place("/tickets/[number]"), Place("/tickets/new"), Place("/a.b/[number]/c/[token]")])


def test_a_page_is_found_by_its_address():
    for path, of, arguments in (
        ("/tickets/new", "/tickets/new", {}),
        ("/tickets/5", "/tickets/[number]", {"number": "5"}),
        ("/a.b/5/c/x", "/a.b/[number]/c/[token]", {"number": "5", "token": "x"}),
    ):
        visit = TABLE.find(path)
        assert visit is not None
        assert (visit.page.path, visit.arguments) == (of, arguments)
    for path in ("/tickets", "/tickets/5/6", "/aXb/5/c/x", "/tickets/5\n/x", ""):
        assert TABLE.find(path) is None


def test_every_argument_of_a_page_is_checked():
    """An argument without a rule would be answered by a page for whatever stands there."""
    from ticket_portal.pages import PAGES

    for page in PAGES:
        visit = PageTable([page]).find(page.path)
        assert visit is not None
        assert visit.arguments.keys() <= ARGUMENTS.keys(), page.path


WORKER = """
const self = { location: "https://portal.example", addEventListener() {}, clients: {} };
%s
const seen = (path, number) => isAt({ url: path }, { url: "https://portal.example/none", number });
console.log(JSON.stringify(%s.map(([path, number]) => seen(path, number))));
"""


def test_the_service_worker_knows_the_page_of_a_ticket():
    there = [
        (localized(locale, f"{folder}{n}"), int(n))
        for locale in LOCALES
        for folder in (TICKET, GUEST_TICKET)
        for n in NUMBERS
    ]
    elsewhere = [
        *((f"{TICKET}{text}", 12345) for text in NO_NUMBERS if text.isascii() and text.isprintable()),
        *(("/xx/tickets/5", 5), ("/agent/tickets/5", 5), ("/tickets/5/6", 5), ("/tickets", 5), ("/es", 5)),
    ]
    worker = rules.worker()
    variables = environment.for_build()
    node = shutil.which("node", path=variables["PATH"])
    assert node
    script = WORKER % (worker, json.dumps([*there, *elsewhere]))
    done = subprocess.run([node, "-e", script], env=variables, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True] * len(there) + [False] * len(elsewhere)


@pytest.mark.parametrize("folder", ["components", "pages", "routes", "states"])
def test_digits_of_other_scripts_are_no_numbers_of_ours(folder: str):
    """`isdecimal`, `isdigit` and `\\d` take them: whoever reads a number by hand asks for ASCII beside it."""
    for file in (ROOT / "ticket_portal" / folder).rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            by_hand = re.search(r"\.is(decimal|digit|numeric)\(\)|re\.\w+\(.*\\d", line)
            assert not by_hand or ".isascii()" in line, f"{file.name}: {line.strip()}"


WRITTEN = re.compile(r"(/agent)?(/guest)?/tickets(/|/new)?(\?.*)?|/agent/?|/guest/?")


def test_addresses_of_tickets_are_written_once():
    """They are found, and change, in one place; the table of pages writes them out."""
    written = {ROOT / "ticket_portal/addresses.py", ROOT / "ticket_portal/pages/__init__.py"}
    texts = {
        f"{file.relative_to(ROOT)}:{node.lineno}": node.value
        for file in set((ROOT / "ticket_portal").rglob("*.py")) - written
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [place for place, text in texts.items() if WRITTEN.fullmatch(text)] == []
