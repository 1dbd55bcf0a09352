"""`/notifications/mute/<token>`: no more alerts about one ticket (RFC 8058).

The signed token is the proof: a mail program's one-click POST brings no cookie and no origin. Following the link
changes nothing, because mail scanners follow links; it shows a page with one button.
"""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.domain.tickets import muting
from ticket_portal.domain.tickets.muting import Muting
from ticket_portal.routes.asgi.bodies import whole
from ticket_portal.routes.forms.server_pages import invalid, page
from ticket_portal.wiring import portal

LONGEST_FORM = 1_000


async def _look(request: Request) -> Response:
    """Ask whether alerts about this ticket should stop."""
    try:
        found = await portal().read(muting.preview, request.path_params["token"])
    except LinkInvalid as error:
        return invalid(request, error)
    return _page(found)


async def _mute(request: Request) -> Response:
    """Mute the ticket (the form's, or a mail program's one click), or take it back."""
    change = muting.unmute_by_link if await _wants_them_again(request) else muting.mute_by_link
    try:
        await portal().write(change, request.path_params["token"])
        found = await portal().read(muting.preview, request.path_params["token"])
    except LinkInvalid as error:
        return invalid(request, error)
    return _page(found)


async def _wants_them_again(request: Request) -> bool:
    """Whether our own form's other button was pressed; whatever else is posted here means "stop"."""
    body = await whole(request, LONGEST_FORM) or b""
    return parse_qs(body.decode("latin-1")).get("emails") == ["on"]


def _page(found: Muting) -> Response:
    return page("mute", found.language, number=found.number, muted=found.muted)


routes = [
    Route("/notifications/mute/{token}", _look),
    Route("/notifications/mute/{token}", _mute, methods=["POST"]),
]
