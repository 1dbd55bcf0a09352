"""Who is at this browser, and what every page of theirs has.

Identity comes from the cookies of the socket's handshake alone: the guard in `routes/asgi/socket.py` turned them into
hashes in a header that Reflex never shows to the browser.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any, ClassVar, cast

import reflex as rx

from ticket_portal import measures
from ticket_portal.addresses import number_in
from ticket_portal.domain.accounts import accounts, passwords
from ticket_portal.domain.addresses import masked
from ticket_portal.domain.errors import DomainError, Invalid, TeamPasswordTooShort, TooMany, by_code
from ticket_portal.domain.operations import qa
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.sessions import Credentials
from ticket_portal.i18n.catalogues import translate
from ticket_portal.i18n.dates import format_time
from ticket_portal.i18n.locales import LOCALES, locale_of
from ticket_portal.sets.roles import Role
from ticket_portal.states.audiences import EVERYBODY, open_to
from ticket_portal.wiring import portal

REFERENCE_LENGTH = 6

log = logging.getLogger(__name__)


class SessionState(rx.State):
    """The people at this browser; the base of every other state."""

    role: str = Role.NOBODY
    name: str = ""
    account: str = ""
    guest_address: str = ""
    viewer_key: str = ""
    guest_key: str = ""
    clock_offset: float = 0.0
    unread: int = 0
    session_over: bool = False
    failure: str = ""
    known: bool = False
    mail_problem: str = ""
    new_sign_in: bool = False
    guest_mail_problem: str = ""
    contact: str = ""
    contact_link: str = ""
    zone: str = ""

    _identity: str | None = None
    _loaded: str = ""

    _not_private: ClassVar[frozenset[str]] = frozenset()

    @rx.event
    @open_to(EVERYBODY)
    def note_session_over(self) -> None:
        """Show that the session ended, instead of what only its owner may see."""
        self.session_over = True

    @rx.event
    @open_to(EVERYBODY)
    async def choose_language(self, code: str) -> None:
        """Remember the language that was chosen by hand as the account's: alerts come in it too."""
        viewer = await self._viewer()
        if viewer.account_id and code in LOCALES:
            await portal().write(accounts.set_language, viewer.account_id, code)

    @rx.event
    @open_to(EVERYBODY)
    def note_failure(self, reference: str) -> None:
        """Show that something went wrong on our side, with the reference under which it stands in the log."""
        self.failure = reference[:REFERENCE_LENGTH] if reference.isalnum() else ""

    @property
    def _credentials(self) -> Credentials:
        header = self.router_data.get("headers", {}).get("authorization", "")
        return Credentials.unpack(header.removeprefix("portal "))

    @property
    def _path(self) -> str:
        # Not `self.router`: that builds a view over all of it at each look.
        return self.rx_router_url.path.rstrip("/") or "/"

    @property
    def _language(self) -> str:
        return locale_of(self._path)

    @property
    def _last_segment(self) -> str:
        return self._path.rsplit("/", 1)[-1]

    async def _viewer(self) -> Viewer:
        """Return who is signed in at this browser, asked anew; NOBODY if nobody is."""
        return await portal().viewer(self._credentials.session)

    async def _guest(self) -> Viewer:
        """Return the guest whose address was proved at this browser."""
        return await portal().viewer(self._credentials.guest)

    async def _follow_clock(self) -> None:
        """Let the page's times follow the testers' clock."""
        p = portal()
        if p.settings.test_mode:
            self._show(clock_offset=float(await p.hub.shared("clock", "", lambda: p.read(qa.offset))))

    def _say(self, error: DomainError) -> str:
        """Return an error's text in the language of the page."""
        return say(error, self._language, self.zone or self._credentials.zone)

    def _show(self, **values: Any) -> None:
        """Set what differs: an assignment is sent to the browser, and a whole list with it."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _forget_private(self) -> None:
        """Reset what only the session's owner may see: all that a state and those below it hold, but `_not_private`."""
        self._show(
            **{
                name: field.default_value()
                for name, field in type(self).__fields__.items()
                if (owner := field._owner)
                and owner not in SessionState.mro()
                and name not in owner._not_private
            }
        )
        for below in self.substates.values():
            cast("SessionState", below)._forget_private()

    def _bind(self, viewer: Viewer, guest: Viewer) -> None:
        self.known = True
        self.role = viewer.role
        self.account = viewer.address
        self.guest_address = masked(guest.address) if guest.address else ""
        self.viewer_key = viewer.key
        self.guest_key = guest.key if guest.address else ""


def log_failure(problem: Exception) -> str:
    """Log what nobody expected; return the reference that people may tell us."""
    reference = secrets.token_hex(REFERENCE_LENGTH // 2).upper()
    measures.EVENT_FAILURES.inc()
    log.error("An event failed, reference %s.", reference, exc_info=problem, extra={"reference": reference})
    return reference


def say(error: DomainError, language: str, zone: str = "UTC") -> str:
    """Return an error's text in a language, its moments as the time of day in a zone."""
    values = {
        k: format_time(language, v, zone) if isinstance(v, datetime) else v for k, v in error.values.items()
    }
    return translate(language, error.text, **values)


def problem_in(query: Mapping[str, str]) -> DomainError | None:
    """Return the refusal that an address names (`problem`, `field`, `until`); only such that the domain knows."""
    kind = by_code(query.get("problem", ""))
    if kind is None:
        return None
    try:
        until = datetime.fromisoformat(query.get("until", ""))
        until = (
            until if MINYEAR < until.year < MAXYEAR else None
        )  # at the calendar's ends no zone can show it
    except ValueError:
        until = None
    values: dict[str, Any] = {
        "least": passwords.SHORTEST_OF_TEAM if kind is TeamPasswordTooShort else passwords.SHORTEST,
        "most": number_in(query.get("most")) or "",
        "length": "",
        "left": 1,
        "until": until or "",
    }
    if issubclass(kind, TooMany) and until is None:
        return None
    error = kind(**values)
    if isinstance(error, Invalid):
        error.field = query.get("field", "")[:20]
    return error
