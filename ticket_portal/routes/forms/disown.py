"""`/notifications/not-me/<token>`: "this wasn't me", out of an e-mail or from a guest's verification page.

Following the link changes nothing, because mail scanners follow links; it shows a page with one button.
"""

from urllib.parse import parse_qsl

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_portal.addresses import GUEST_TICKET
from ticket_portal.domain.errors import DomainError, LinkInvalid
from ticket_portal.domain.guests import disown
from ticket_portal.domain.guests.disown import Locking
from ticket_portal.i18n.catalogues import translate
from ticket_portal.i18n.locales import LOCALES, localized
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.asgi.bodies import whole
from ticket_portal.routes.asgi.origin import refused
from ticket_portal.routes.forms.form_route import A_DAY, SubmittedForm, to
from ticket_portal.routes.forms.server_pages import invalid, page
from ticket_portal.wiring import portal

PATH = "/notifications/not-me/"
LONGEST_FORM = 1_000
SEND_CODE, UNLOCK = "send-code", "unlock"


async def _look(request: Request) -> Response:
    """Ask whether the ticket should be locked."""
    return await _answer(request)


async def _act(request: Request) -> Response:
    """Lock it, or unlock it with a code; the button says which.

    For locking the signed token is the proof, as with muting: no cookie and no origin is asked for.
    """
    typed = parse_qsl((await whole(request, LONGEST_FORM) or b"").decode("latin-1"))
    asked = SubmittedForm(request, FormData(dict(typed)))
    do = asked.text("do")
    try:
        if do in (SEND_CODE, UNLOCK):
            return await _unlock(request, asked)
        await portal().write(disown.lock, request.path_params["token"])
    except LinkInvalid as error:
        return invalid(request, error)
    return await _answer(request)


async def _unlock(request: Request, asked: SubmittedForm) -> Response:
    """Send the code, or take it and lead to the ticket; the code is bound to this browser. Raises LinkInvalid."""
    p, token = portal(), request.path_params["token"]
    if refusal := refused(request, p.settings):
        return refusal
    locking = await p.read(disown.preview, token)
    if not locking.locked:
        return await _answer(request)
    response, session, problem = None, "", None
    if asked.text("do") == UNLOCK:
        arrival = asked.arrival(asked.credentials.guest)
        session, problem = await p.write(
            disown.prove, token, asked.browser, asked.ip, asked.text("code"), arrival
        )
    else:
        try:
            await p.write(disown.send_code, token, asked.browser, asked.ip, _language(request, locking))
        except DomainError as error:
            problem = error
    if session:
        asked.arrived()
        response = to(localized(_language(request, locking), f"{GUEST_TICKET}{locking.number}"))
        cookies.keep(
            response, p.settings, cookies.GUEST, session, p.settings.guest_session_hours * 3600 + A_DAY
        )
    response = response or _code_page(request, locking, problem)
    asked.keep_browser(response)
    response.headers["Cache-Control"] = "no-store"
    return response


def _code_page(request: Request, locking: Locking, problem: DomainError | None) -> Response:
    """Show the field for the code, and what was wrong with the last one."""
    language, text = _language(request, locking), ""
    if problem:
        until = problem.values.get("until")
        values = {**problem.values, "until": f"{until:%H:%M} UTC" if until else ""}
        text = translate(language, problem.text, **values)
    return page(
        "disown_code", language, number=locking.number, problem=text, unlock=UNLOCK, send_code=SEND_CODE
    )


def _language(request: Request, locking: Locking) -> str:
    """From a page it goes on in that page's language, from a mail in the mail's."""
    chosen = request.query_params.get("language", "")
    return chosen if chosen in LOCALES else locking.language


async def _answer(request: Request) -> Response:
    try:
        locking = await portal().read(disown.preview, request.path_params["token"])
    except LinkInvalid as error:
        return invalid(request, error)
    settings = portal().settings
    return page(
        "disown",
        _language(request, locking),
        number=locking.number,
        locked=locking.locked,
        send_code=SEND_CODE,
        contact=settings.contact,
        contact_link=settings.contact_link if settings.contact else "",
    )


routes = [
    Route(PATH + "{token}", _look),
    Route(PATH + "{token}", _act, methods=["POST"]),
]
