"""`/notifications/mute/<token>`: no more alerts about one ticket (RFC 8058).

The signed token is the proof: a mail program's one-click POST brings no cookie and no origin. Following the link
changes nothing, because mail scanners follow links; it shows a page with one button.
"""

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.domain.tickets import muting
from ticket_portal.domain.tickets.muting import Muting
from ticket_portal.i18n.catalogues import _, translate
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
    return page(found.language, *_question(found))


async def _mute(request: Request) -> Response:
    """Mute the ticket (the form's, or a mail program's one click), or take it back."""
    change = muting.unmute_by_link if await _wants_them_again(request) else muting.mute_by_link
    try:
        await portal().write(change, request.path_params["token"])
        found = await portal().read(muting.preview, request.path_params["token"])
    except LinkInvalid as error:
        return invalid(request, error)
    return page(found.language, *_question(found))


async def _wants_them_again(request: Request) -> bool:
    """Whether our own form's other button was pressed; whatever else is posted here means "stop"."""
    body = await whole(request, LONGEST_FORM) or b""
    return parse_qs(body.decode("latin-1")).get("emails") == ["on"]


def _question(found: Muting) -> tuple[str, str, str]:
    language = found.language
    if found.muted:
        heading = _("Alerts about ticket {number} are off")
        text = _("You can still read the ticket and reply to it. We'll still send codes that you ask for.")
        button, value = _("Send me alerts again"), "on"
    else:
        heading = _("Stop alerts about ticket {number}?")
        text = _("We won't tell you when there's a reply. We'll still send codes that you ask for.")
        button, value = _("Stop alerts"), "off"
    label = escape(translate(language, button))
    form = f'<form method="post"><button name="emails" value="{value}">{label}</button></form>'
    return translate(language, heading, number=found.number), translate(language, text), form


routes = [
    Route("/notifications/mute/{token}", _look),
    Route("/notifications/mute/{token}", _mute, methods=["POST"]),
]
