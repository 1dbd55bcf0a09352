"""The addresses of pages, and the numbers and tokens in them: made and read here alone."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from ticket_portal.sets.audiences import RULES, Audience

LARGEST: Final = 2**31 - 1
"""The largest number or id; neither database compares with more."""
TICKETS: Final = "/tickets"
NEW_TICKET: Final = "/tickets/new"
TICKET: Final = "/tickets/"
DESK: Final = "/agent"
DESK_TICKET: Final = "/agent/tickets/"
GUEST_LINK: Final = "/guest/"
GUEST_TICKETS: Final = "/guest/tickets"
GUEST_TICKET: Final = "/guest/tickets/"

_NUMBER = re.compile("[1-9][0-9]{0,9}")
_TOKEN = re.compile("[A-Za-z0-9_-]{16,128}")
_SLUG = re.compile("[a-z0-9-]{1,80}")
_ARGUMENT = re.compile(r"\[(\w+)\]")


def number_in(given: object) -> int:
    """Return the number of a ticket that an address or a browser names; 0 if it is none.

    One spelling for each number: ASCII digits (`int` and `isdecimal` would take other scripts'), no zero before them.
    """
    text = str(given) if type(given) is int and 0 < given <= LARGEST else given
    if not (isinstance(text, str) and _NUMBER.fullmatch(text)):
        return 0
    return number if (number := int(text)) <= LARGEST else 0


def typed_number(typed: object) -> int:
    """Return the number that a person typed into a form, also as "#12345" or "0012345"; 0 if it is none."""
    return number_in(str(typed or "").strip().removeprefix("#").lstrip("0"))


def is_token(text: str) -> bool:
    """Return whether an address can have this as the secret of a link."""
    return _TOKEN.fullmatch(text) is not None


def is_guest_link(path: str) -> bool:
    """Return whether an address (without its language) is a link's, with a token, not one of a guest's own pages."""
    return path.startswith(GUEST_LINK) and path != GUEST_TICKETS and not path.startswith(GUEST_TICKET)


ARGUMENTS: Final[dict[str, Callable[[str], object]]] = {
    "number": number_in,
    "token": is_token,
    "slug": _SLUG.fullmatch,
}
"""What can stand in the place of an argument: by the name that it has in the address of a page."""


class Addressed(Protocol):
    """A page, as far as its address goes."""

    @property
    def path(self) -> str: ...
    @property
    def audience(self) -> Audience: ...
    @property
    def shows_session_over(self) -> bool: ...


@dataclass(frozen=True)
class Visit:
    """A page that was found at an address, and the arguments in it."""

    page: Addressed
    arguments: dict[str, str]

    @property
    def has_number(self) -> bool:
        """Whether it is the page of one ticket."""
        return "number" in self.arguments

    @property
    def number(self) -> int:
        """The ticket that the address names; 0 where it names none."""
        return number_in(self.arguments.get("number"))


class PageTable:
    """The pages by their addresses, without a language and without a slash at the end."""

    def __init__(self, pages: Iterable[Addressed]) -> None:
        """Compile the addresses, once."""
        known = list(pages)
        self._visits = {page.path: Visit(page, {}) for page in known if "[" not in page.path}
        self._patterns = [(re.compile(_pattern(page.path)), page) for page in known if "[" in page.path]
        private = (page.path for page in known if not RULES[page.audience].stored)
        unstored = [_pattern(path, "[^/]+") for path in private]
        self._unstored = re.compile(f"(?:{'|'.join(unstored)})(?:/.*)?" if unstored else "(?!)", re.DOTALL)

    def find(self, path: str) -> Visit | None:
        """Return the page at an address, whether or not such a ticket or link exists."""
        if visit := self._visits.get(path):
            return visit
        for pattern, page in self._patterns:
            if match := pattern.fullmatch(path):
                return Visit(page, match.groupdict())
        return None

    def is_stored(self, path: str) -> bool:
        """Return whether a browser may keep what is at an address: not if it is a private page, or below one."""
        return self._unstored.fullmatch(path) is None


def _pattern(path: str, argument: str = "(?P<{}>[^/]+)") -> str:
    """Return the expression for a page's address: `/tickets/[number]` → `/tickets/(?P<number>[^/]+)`."""
    parts = _ARGUMENT.split(path)
    return "".join(argument.format(part) if at % 2 else re.escape(part) for at, part in enumerate(parts))
