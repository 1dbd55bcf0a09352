"""The gate: every event passes here before its handler runs. Who calls, and may they? And it opens pages."""

import asyncio
import logging
import time
from typing import Any, ClassVar, cast
from urllib.parse import quote

import reflex as rx
from reflex.event import Event, EventHandler
from reflex.state import BaseState, StateUpdate
from reflex_base.event.processor.base_state_processor import chain_updates
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import format_event_handler

from ticket_portal.addresses import PageTable
from ticket_portal.domain import security_log, sessions
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.sessions import Credentials
from ticket_portal.i18n.locales import bare, locale_of, localized
from ticket_portal.sets.audiences import RULES, Audience
from ticket_portal.sets.roles import Role
from ticket_portal.states.live_page import connected
from ticket_portal.states.session import SessionState, log_failure
from ticket_portal.states.unread import Followers
from ticket_portal.wiring import portal

log = logging.getLogger(__name__)

TOUCH_EVERY = 60.0


async def _show_unread(token: str, count: int) -> None:
    app = RegistrationContext.get().app
    async with app.modify_state(rx.BaseStateToken(ident=token, cls=SessionState)) as root:
        (await root.get_state(SessionState))._show(unread=count)


followers = Followers(connected, _show_unread)


class Gate(rx.Middleware):
    """Looks at every event before its handler: who calls, and may they? Unmarked handlers are refused."""

    def __init__(self, pages: PageTable) -> None:
        """Take the table that says which page is for whom."""
        self._pages = pages

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
            new_sign_in=viewer.new_sign_in,
            guest_mail_problem=guest.mail_problem,
        )
        # The front end is built once, with no knowledge of this setting: pages are told it at run time.
        settings = portal().settings
        session._show(contact=settings.contact, contact_link=settings.contact_link)
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
        if _belongs(_audience(event.name), viewer, guest):
            self._touch(credentials)
            return None
        # A name that is no handler of ours is the client's own words.
        name = event.name if event.name in RegistrationContext.get().event_handlers else "unknown"
        security_log.refused(
            portal().settings,
            SecurityEvent.EVENT_REFUSED,
            address=viewer.address or guest.address,
            ip=credentials.ip,
            rule=name.rpartition("___")[2],
            role=viewer.role,
        )
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

    async def _load(self, app: rx.App, root: "rx.State", viewer: Viewer, guest: Viewer) -> list[Any]:
        """Let the page's states load, as far as they may for who is here; return what is to follow, as a redirect.

        On a connection this is before the state is sent for the first time. Reflex would send the empty state and load
        after it: after a reconnect a page that shows a conversation would turn into its skeleton and back.
        """
        then: list[Any] = []
        session = await root.get_state(SessionState)
        visit = self._pages.find(bare(session._path))
        page = visit.page if visit else None
        is_closed = page is not None and RULES[page.audience].sign_in and not page.shows_session_over
        is_refused = is_closed and page is not None and not _belongs(page.audience, viewer, guest)
        for _handler, name in _handlers(app, root):
            if not name.endswith(".load"):
                continue
            if is_refused or not _belongs(_audience(name), viewer, guest):
                return [
                    _redirect(sign_in_path(session._path))
                    if viewer is NOBODY
                    else Event(name=_NOTE_OVER, payload={})
                ]
            registered = RegistrationContext.get().event_handlers[name]
            try:
                found = await registered.handler.fn(await root.get_state(registered.states[0]))
            except Exception as problem:  # noqa: BLE001 - the page must still come to life, to say so
                session.failure = log_failure(problem)
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
            await portal().write(sessions.seen, token_hash)
        except Exception:
            log.exception("It could not be noted that a session is in use.")


def _belongs(audience: Audience | None, viewer: Viewer, guest: Viewer) -> bool:
    match audience:
        case Audience.EVERYBODY:
            return True
        case Audience.READERS:
            return viewer.account_id is not None or guest.role == Role.GUEST
        case Audience.ACCOUNTS:
            return viewer.account_id is not None
        case Audience.TEAM:
            return viewer.of_team
        case _:  # a handler without a mark
            return False


def _audience(event_name: str) -> Audience | None:
    registered = RegistrationContext.get().event_handlers.get(event_name)
    return getattr(registered.handler.fn, "_open_to", None) if registered else None


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


def sign_in_path(path: str) -> str:
    """Return the sign-in page's address in the language of `path`, from where it leads back there."""
    return f"{localized(locale_of(path), '/sign-in')}?next={quote(path)}"
