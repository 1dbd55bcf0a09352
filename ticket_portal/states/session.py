"""Who is at this browser. Every event passes the gate here before its handler runs.

Identity comes from the cookies of the socket's handshake alone: the guard in `routes/socket.py` turned them into
hashes in a header that Reflex never shows to the browser.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import quote

import reflex as rx
from reflex.event import Event, EventHandler
from reflex.state import BaseState, StateUpdate
from reflex_base.event.processor.base_state_processor import chain_updates
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import format_event_handler

from ticket_portal import measures
from ticket_portal.domain import accounts, qa, sessions
from ticket_portal.domain.accounts import SHORTEST_PASSWORD
from ticket_portal.domain.errors import DomainError, Invalid, TooMany, by_code
from ticket_portal.domain.people import NOBODY, Viewer, masked
from ticket_portal.domain.sessions import Credentials
from ticket_portal.i18n.catalogues import translate
from ticket_portal.i18n.dates import format_time
from ticket_portal.i18n.locales import LOCALES, locale_of, localized
from ticket_portal.states.unread import Followers
from ticket_portal.wiring import portal

F = TypeVar("F", bound=Callable[..., Any])
S = TypeVar("S", bound="SessionState")

EVERYBODY = "everybody"
READERS = "readers"  # a customer, a guest, one of the team: whoever proved something
ACCOUNTS = "accounts"
TEAM = "team"
TOUCH_EVERY = 60.0
SETTLE = 0.15
REFERENCE_LENGTH = 6

log = logging.getLogger(__name__)


def open_to(audience: str) -> Callable[[F], F]:
    """Mark an event handler with who may call it. One without the mark can't be called at all."""

    def mark(function: F) -> F:
        function._open_to = audience  # pyright: ignore[reportFunctionMemberAccess]
        return function

    return mark


class SessionState(rx.State):
    """The people at this browser; the base of every other state."""

    role: str = "nobody"
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
    guest_mail_problem: str = ""
    zone: str = ""

    _identity: str | None = None
    _loaded: str = ""

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
            await portal().tell(accounts.speak, viewer.account_id, code)

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
            self._show(clock_offset=float(await p.hub.shared("clock", "", lambda: p.ask(qa.offset))))

    def _say(self, error: DomainError) -> str:
        """Return an error's text in the language of the page."""
        return say(error, self._language, self.zone or self._credentials.zone)

    def _show(self, **values: Any) -> None:
        """Set what differs: an assignment is sent to the browser, and a whole list with it."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _forget_private(self) -> None:
        """Clear what only the session's owner may see; states that hold such things say how."""

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
    log.error("An event failed, reference %s.", reference, exc_info=problem)
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
        "least": SHORTEST_PASSWORD,
        "most": query.get("most", "") if query.get("most", "").isdecimal() else "",
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


def connected(token: str) -> bool:
    """Return whether a tab is still here, so that what watches for it should go on."""
    # The namespace's own `token_to_sid` copies the table of all tabs at each look.
    sockets = RegistrationContext.get().app.event_namespace
    return (
        not portal().hub.closing and sockets is not None and token in sockets._token_manager.token_to_socket
    )


async def _show_unread(token: str, count: int) -> None:
    app = RegistrationContext.get().app
    async with app.modify_state(rx.BaseStateToken(ident=token, cls=SessionState)) as root:
        (await root.get_state(SessionState))._show(unread=count)


followers = Followers(connected, _show_unread)


def behind(state: S) -> S:
    """Return what a background handler's `self` stands for; use it inside `async with self` alone.

    There nobody else may write, so the checks that its stand-in makes at every attribute find nothing, and cost a
    fifth of each update.
    """
    return state.__wrapped__  # pyright: ignore[reportAttributeAccessIssue]


async def keep_fresh(page: Any, token: str, topics: set[str]) -> None:
    """Let a page's `_refresh` read again whatever changes, while the tab is open; False from it is the end.

    `page`: the background handler's `self`. A burst of changes is one redrawing.
    """
    hub = portal().hub
    async with hub.subscription(topics) as changed:
        while connected(token):
            async with page:
                if not await behind(page)._refresh():
                    return
            if not await hub.wait(changed):
                return
            await asyncio.sleep(SETTLE)


def sign_in_path(path: str) -> str:
    """Return the sign-in page's address in the language of `path`, from where it leads back there."""
    return f"{localized(locale_of(path), '/sign-in')}?next={quote(path)}"


class Gate(rx.Middleware):
    """Looks at every event before its handler: who calls, and may they? Unmarked handlers are refused."""

    _touched: ClassVar[dict[str, float]] = {}
    _noting: ClassVar[set[asyncio.Task[None]]] = set()

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Bind the state to who is there now; stop the event if it isn't open to them."""
        root = cast("rx.State", state._get_root_state())
        session = await root.get_state(SessionState)
        credentials = session._credentials
        viewer, guest = await session._viewer(), await session._guest()
        self._recognise(root, session, viewer, guest)
        session._show(
            name=viewer.name,
            zone=viewer.time_zone if viewer.zone_is_chosen else "",
            mail_problem=viewer.mail_problem,
            guest_mail_problem=guest.mail_problem,
        )
        await session._follow_clock()
        if event.name == _HYDRATE:
            token = root.rx_router_session.client_token
            session._show(failure="", unread=await followers.follow(token, viewer, guest))
            session._loaded = "" if await self._load(app, root, viewer, guest) else root.rx_router_url.href
        if event.name == _ON_LOAD:
            self._touch(credentials)
            return await self._show_page(app, root, session, viewer, guest)
        if event.name in _FRAMEWORK:
            return None
        audience = _audience(event.name)
        if audience == EVERYBODY or _belongs(audience, viewer, guest):
            self._touch(credentials)
            return None
        return StateUpdate(events=[Event(name=_NOTE_OVER, payload={})])

    @staticmethod
    def _recognise(root: rx.State, session: SessionState, viewer: Viewer, guest: Viewer) -> None:
        # The browser counts too: a tab of nobody may show where a code is on its way to.
        # And the address: after a change of it, what is kept of a form speaks of the old one.
        identity = (
            f"{viewer.session} {viewer.role} {viewer.address} {guest.session} {session._credentials.browser}"
        )
        if session._identity == identity:
            return
        if session._identity is not None:
            # Another person on the same tab: nothing of the one before may stay.
            hydrated = root.is_hydrated
            root.reset()
            root.is_hydrated = hydrated
        session._identity = identity
        session._bind(viewer, guest)

    async def _show_page(
        self, app: rx.App, root: "rx.State", session: SessionState, viewer: Viewer, guest: Viewer
    ) -> StateUpdate:
        """Load the page and begin to watch it, all in this one event: Reflex would make an event of each handler."""
        # For another address somebody was quicker than their first page, and is elsewhere by now.
        is_loaded = session._loaded == root.rx_router_url.href
        then = [] if is_loaded else await self._load(app, root, viewer, guest)
        session._loaded = ""
        root.is_hydrated = True
        watching = [handler for handler, name in _handlers(app, root) if not name.endswith(".load")]
        await chain_updates([*then, *watching], "Gate", root_state=root)
        return StateUpdate()

    @staticmethod
    async def _load(app: rx.App, root: "rx.State", viewer: Viewer, guest: Viewer) -> list[Any]:
        """Let the page's states load, as far as they may for who is here; return what is to follow, as a redirect.

        On a connection this is before the state is sent for the first time. Reflex would send the empty state and load
        after it: after a reconnect a page that shows a conversation would turn into its skeleton and back.
        """
        then: list[Any] = []
        for _handler, name in _handlers(app, root):
            if not name.endswith(".load"):
                continue
            audience = _audience(name)
            if audience != EVERYBODY and not _belongs(audience, viewer, guest):
                session = await root.get_state(SessionState)
                return [
                    _redirect(sign_in_path(session._path))
                    if viewer is NOBODY
                    else Event(name=_NOTE_OVER, payload={})
                ]
            registered = RegistrationContext.get().event_handlers[name]
            try:
                found = await registered.handler.fn(await root.get_state(registered.states[0]))
            except Exception as problem:  # noqa: BLE001 - the page must still come to life, to say so
                (await root.get_state(SessionState)).failure = log_failure(problem)
            else:
                then += [found] if found else []
        return then

    def _touch(self, credentials: Credentials) -> None:
        """Note that a person does something here, once a minute; what they do waits for nothing."""
        now = time.monotonic()
        for token_hash in filter(None, (credentials.session, credentials.guest)):
            if now - self._touched.get(token_hash, 0) > TOUCH_EVERY:
                if len(self._touched) > 50_000:
                    self._touched.clear()
                self._touched[token_hash] = now
                noting = asyncio.create_task(self._note_seen(token_hash))
                self._noting.add(noting)  # the loop keeps no hold of it
                noting.add_done_callback(self._noting.discard)

    @staticmethod
    async def _note_seen(token_hash: str) -> None:
        try:
            await portal().tell(sessions.seen, token_hash)
        except Exception:
            log.exception("It could not be noted that a session is in use.")


def _belongs(audience: str, viewer: Viewer, guest: Viewer) -> bool:
    if audience == TEAM:
        return viewer.of_team
    if audience == ACCOUNTS:
        return viewer.account_id is not None
    return audience == READERS and (viewer.account_id is not None or guest.role == "guest")


def _audience(event_name: str) -> str:
    registered = RegistrationContext.get().event_handlers.get(event_name)
    return getattr(registered.handler.fn, "_open_to", "") if registered else ""


def _handlers(app: rx.App, root: BaseState) -> list[tuple[EventHandler, str]]:
    """Return what a page does as it opens, with the names that the events of it have."""
    found = app.get_load_events(root.rx_router_url.path)
    return [(h, format_event_handler(h)) for h in found if isinstance(h, EventHandler)]


def _redirect(path: str) -> Event:
    return Event(name="_redirect", payload={"path": path, "external": False, "replace": True, "popup": False})


_ROOT = rx.State.get_full_name()
_NOTE_OVER = f"{SessionState.get_full_name()}.note_session_over"


_HYDRATE = f"{_ROOT}.hydrate_and_load"
_ON_LOAD = f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal"
_FRAMEWORK = frozenset(
    {
        _HYDRATE,
        f"{_ROOT}.hydrate",
        f"{_ROOT}.reflex___state____on_load_internal_state.set_is_hydrated",
        f"{_ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
    }
)
