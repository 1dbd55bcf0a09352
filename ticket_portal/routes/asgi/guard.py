"""What a browser may fetch at all: an address that needs a sign-in leads to it, a ticket not theirs is not there."""

import re
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal.domain.errors import LinkMoved, NotFound
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import tickets
from ticket_portal.i18n.locales import bare, locale_of, localized
from ticket_portal.routes.asgi.cookies import credentials
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import Portal

P = ParamSpec("P")

_NEEDS_SIGN_IN = re.compile(r"/tickets|/tickets/(?!new$)[^/]+|/settings(?:/[a-z/]+)?|/updates|/agent(/.*)?")
_TICKET = re.compile(r"(?:/agent)?/tickets/([1-9][0-9]{0,11})")
_GUEST = re.compile(r"/guest/([^/]+)")
_GUESTS_OWN = re.compile(r"/guest/tickets(?:/([1-9][0-9]{0,11}))?")


class PageGuard:
    """ASGI layer around the pages: see the module. Pages hold no secrets; this saves people a wrong first sight."""

    def __init__(self, app: ASGIApp, portal: Portal) -> None:
        """Ask this portal who is there."""
        self._app = app
        self._portal = portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, answer 404, or let through."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self._app(scope, receive, send)
        path = bare(scope["path"].rstrip("/") or "/")
        if own := _GUESTS_OWN.fullmatch(path):
            guest = await self._portal.viewer(credentials(scope, self._portal.settings).guest)
            if guest is NOBODY:
                return await self._as_nobody(own[1], scope, receive, send)
            found = own[1] is None or await self._exists(tickets.look_up, guest, int(own[1]))
        elif path.startswith("/guest/"):
            try:
                found = await self._link_is_valid(path)
            except LinkMoved as moved:
                there = localized(locale_of(scope["path"]), f"/tickets/{moved.values['number']}")
                return await _to(there)(scope, receive, send)
        elif _NEEDS_SIGN_IN.fullmatch(path):
            viewer = await self._portal.viewer(credentials(scope, self._portal.settings).session)
            if viewer is NOBODY:
                return await _to_sign_in(scope)(scope, receive, send)
            found = await self._is_theirs(viewer, path)
        else:
            return await self._app(scope, receive, send)
        return await self._app(scope, receive, send if found else _as_missing(send))

    async def _as_nobody(self, number: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a guest's own page without a guest: one whose session ran out may ask for a code there."""
        found = credentials(scope, self._portal.settings)
        if await self._exists(access.look_again, found.guest, found.browser):
            return await self._app(scope, receive, send)
        signed_in = await self._portal.viewer(found.session) is not NOBODY
        there = (f"/tickets/{number}" if number else "/tickets") if signed_in else "/find-ticket"
        return await _to(localized(locale_of(scope["path"]), there))(scope, receive, send)

    async def _link_is_valid(self, path: str) -> bool:
        match = _GUEST.fullmatch(path)
        return match is not None and await self._exists(access.look_up_link, match[1])

    async def _is_theirs(self, viewer: Viewer, path: str) -> bool:
        if path.startswith("/agent") and not viewer.of_team:
            return False
        match = _TICKET.fullmatch(path)
        return match is None or await self._exists(tickets.look_up, viewer, int(match[1]))

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
