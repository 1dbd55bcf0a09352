"""What a browser may fetch at all: an address that needs a sign-in leads to it, a ticket not theirs is not there."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal.addresses import TICKET, TICKETS, PageTable, Visit
from ticket_portal.domain.errors import LinkMoved, NotFound
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import tickets
from ticket_portal.i18n.locales import bare, locale_of, localized
from ticket_portal.routes.asgi.cookies import credentials
from ticket_portal.sets.audiences import RULES, Audience
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import Portal

P = ParamSpec("P")


class PageGuard:
    """ASGI layer around the pages: see the module. Pages hold no secrets; this saves people a wrong first sight."""

    def __init__(self, app: ASGIApp, portal: Portal, pages: PageTable) -> None:
        """Ask this portal who is there, and the table which page is for whom."""
        self._app = app
        self._portal = portal
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, answer 404, or let through."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self._app(scope, receive, send)
        visit = self._pages.find(bare(scope["path"].rstrip("/") or "/"))
        if visit is None:
            return await self._app(scope, receive, send)
        if visit.page.audience == Audience.GUESTS:
            guest = await self._portal.viewer(credentials(scope, self._portal.settings).guest)
            if guest is NOBODY:
                return await self._as_nobody(visit.number, scope, receive, send)
            found = await self._is_theirs(guest, visit)
        elif visit.page.audience == Audience.LINK:
            try:
                found = await self._exists(access.look_up_link, visit.arguments["token"])
            except LinkMoved as moved:
                there = localized(locale_of(scope["path"]), f"{TICKET}{moved.values['number']}")
                return await _to(there)(scope, receive, send)
        elif RULES[visit.page.audience].sign_in:
            viewer = await self._reader(scope, visit)
            if viewer is NOBODY:
                return await _to_sign_in(scope)(scope, receive, send)
            found = await self._is_theirs(viewer, visit)
        else:
            return await self._app(scope, receive, send)
        return await self._app(scope, receive, send if found else _as_missing(send))

    async def _reader(self, scope: Scope, visit: Visit) -> Viewer:
        """Return who is signed in; where guests may read too, the guest who is here without an account."""
        found = credentials(scope, self._portal.settings)
        viewer = await self._portal.viewer(found.session)
        if viewer is NOBODY and visit.page.audience == Audience.READERS:
            return await self._portal.viewer(found.guest)
        return viewer

    async def _as_nobody(self, number: int, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a guest's own page without a guest: one whose session ran out may ask for a code there."""
        found = credentials(scope, self._portal.settings)
        if await self._exists(access.look_again, found.guest, found.browser):
            return await self._app(scope, receive, send)
        signed_in = await self._portal.viewer(found.session) is not NOBODY
        there = (f"{TICKET}{number}" if number else TICKETS) if signed_in else "/find-ticket"
        return await _to(localized(locale_of(scope["path"]), there))(scope, receive, send)

    async def _is_theirs(self, viewer: Viewer, visit: Visit) -> bool:
        if visit.page.audience == Audience.TEAM and not viewer.of_team:
            return False
        if not visit.has_number:
            return True
        return visit.number > 0 and await self._exists(tickets.look_up, viewer, visit.number)

    async def _exists(
        self, find: Callable[Concatenate[Work, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> bool:
        try:
            await self._portal.read(find, *args, **kwargs)
        except LinkMoved:
            raise
        except NotFound:
            return False
        return True


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})


def _to_sign_in(scope: Scope) -> RedirectResponse:
    query = scope["query_string"].decode("latin-1")
    here = scope["path"] + (f"?{query}" if query else "")
    sign_in = localized(locale_of(scope["path"]), "/sign-in")
    return _to(f"{sign_in}?next={quote(here)}")


def _as_missing(send: Send) -> Send:
    async def with_status(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in (200, 304):
            message = {**message, "status": 404}
        await send(message)

    return with_status
