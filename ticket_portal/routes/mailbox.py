"""`/dev/mailbox`: the captured mail, for developers and QA; never in production."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ticket_portal.domain.operations import mailbox
from ticket_portal.routes.asgi.internal_access import may_enter
from ticket_portal.store.tables import CapturedMail
from ticket_portal.templates import framed, render
from ticket_portal.wiring import portal

Endpoint = Callable[[Request], Awaitable[Response]]

# A mail is shown as a mail program shows it: styles yes, scripts and anything from elsewhere no. The sandbox lets its
# links open in new tabs.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)
_PRIVATE = {"Cache-Control": "no-store"}


def insiders_only(endpoint: Endpoint) -> Endpoint:
    """Let in developers and QA alone, and no one in production."""

    async def guarded(request: Request) -> Response:
        settings = portal().settings
        if settings.env == "production" or not may_enter(request, settings, settings.test_token):
            return Response("Not Found", 404, media_type="text/plain")
        return await endpoint(request)

    return guarded


@insiders_only
async def _box(request: Request) -> Response:
    """The list, the newest first."""
    address = request.query_params.get("to", "").strip().lower()
    return _page(await portal().read(mailbox.newest, address), address)


@insiders_only
async def _mail(request: Request) -> Response:
    """One mail, beside the list."""
    address = request.query_params.get("to", "").strip().lower()
    mail = await portal().read(mailbox.find, request.path_params["mail_id"])
    if mail is None:
        return Response("Not Found", 404, media_type="text/plain")
    return _page(await portal().read(mailbox.newest, address), address, mail)


@insiders_only
async def _html(request: Request) -> Response:
    """The HTML part alone, for the frame in the page."""
    mail = await portal().read(mailbox.find, request.path_params["mail_id"])
    if mail is None:
        return Response("Not Found", 404, media_type="text/plain")
    return HTMLResponse(framed(mail.html), headers=mail_headers())


def mail_headers() -> dict[str, str]:
    """Return the headers of a mail's HTML in a frame of ours."""
    return {**_PRIVATE, "Content-Security-Policy": _MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}


def _page(mails: list[CapturedMail], address: str, opened: CapturedMail | None = None) -> HTMLResponse:
    query = f"?to={quote(address)}" if address else ""
    return HTMLResponse(
        render("dev/mailbox.html", mails=mails, address=address, query=query, opened=opened), headers=_PRIVATE
    )


routes = [
    Route("/dev/mailbox", _box),
    Route("/dev/mailbox/{mail_id:int}", _mail),
    Route("/dev/mailbox/{mail_id:int}/html", _html),
]
