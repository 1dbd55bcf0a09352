"""`/notifications/not-me/<token>`: "this wasn't me", out of an e-mail or from a guest's verification page.

Following the link changes nothing, because mail scanners follow links; it shows a page with one button.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_portal.domain import locks
from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.domain.locks import Locking
from ticket_portal.i18n.catalogues import _, translate
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.routes.plain import invalid, page
from ticket_portal.wiring import portal

PATH = "/notifications/not-me/"


async def _look(request: Request) -> Response:
    """Ask whether the ticket should be locked."""
    return await _answer(request)


async def _lock(request: Request) -> Response:
    """Lock it. The signed token is the proof, as with muting: no cookie and no origin is asked for."""
    try:
        await portal().tell(locks.lock, request.path_params["token"])
    except LinkInvalid as error:
        return invalid(request, error)
    return await _answer(request)


async def _answer(request: Request) -> Response:
    try:
        locking = await portal().ask(locks.look, request.path_params["token"])
    except LinkInvalid as error:
        return invalid(request, error)
    # From a page it goes on in that page's language, from a mail in the mail's.
    chosen = request.query_params.get("language", "")
    language = chosen if chosen in LOCALES else locking.language
    return page(language, *_question(locking, language))


def _question(locking: Locking, language: str) -> tuple[str, str, str]:
    number = locking.number
    if locking.locked:
        heading = _("Thank you. Ticket {number} is locked")
        text = _("Its links no longer work, and you won't get any more emails about it. We've told our team.")
        return translate(language, heading, number=number), translate(language, text), _contact(language)
    heading = _("Didn't send ticket {number}?")
    text = _(
        "Then someone else entered your email address. We'll lock the ticket, its links will stop working, and "
        "you won't get any more emails about it. We'll tell our team."
    )
    label = escape(translate(language, _("This wasn't me")))
    form = f'<form method="post"><button>{label}</button></form>'
    return translate(language, heading, number=number), translate(language, text), form


def _contact(language: str) -> str:
    settings = portal().settings
    if not settings.contact:
        return ""
    text = escape(translate(language, _("If it was your ticket after all, you can reach us here:")))
    return f'<p>{text} <a href="{escape(settings.contact_link)}">{escape(settings.contact)}</a></p>'


routes = [
    Route(PATH + "{token}", _look),
    Route(PATH + "{token}", _lock, methods=["POST"]),
]
