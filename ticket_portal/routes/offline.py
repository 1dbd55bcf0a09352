"""`/offline/<language>`: the page that the service worker keeps for when there is no connection.

It is the same for everybody. What a person last saw of their tickets, assets/offline.js puts into it from what their
own browser kept (assets/js/seen.js).
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ticket_portal.i18n.catalogues import _, page_text, translate
from ticket_portal.i18n.locales import LOCALES, localized
from ticket_portal.wiring import portal

# The words of the pages (components/tickets.py).
STATUSES = {
    "new": "Received",
    "open": "In progress",
    "on_hold": "In progress",
    "waiting_customer": "Waiting for you",
    "resolved": "Resolved: please confirm",
    "closed": "Closed",
}


async def _offline(request: Request) -> Response:
    language = request.path_params["language"]
    if language not in LOCALES:
        return Response("Not Found", 404, media_type="text/plain")
    return HTMLResponse(_page(language), headers={"Cache-Control": "no-cache", "X-Robots-Tag": "noindex"})


def _page(language: str) -> str:
    def say(text: str) -> str:
        return escape(translate(language, text))

    company = escape(portal().settings.company)
    title = say(_("You're offline"))
    text = say(_("This page opens by itself as soon as there is a connection. What you wrote is kept."))
    statuses = "".join(
        f' data-{status.replace("_", "-")}="{escape(page_text(language, text))}"'
        for status, text in STATUSES.items()
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/plain.css"></head><body class="note offline"><main>'
        f'<p class="brand"><img src="/icon.svg" alt="" width="40" height="40"><b>{company} Support</b></p>'
        f"<h1>{title}</h1><p>{text}</p>"
        f'<form><button type="button" id="again">{say(_("Try again"))}</button></form>'
        f'<section id="seen" hidden data-tickets="{localized(language, "/tickets")}">'
        f"<h2>{say(_('Your tickets, as you last saw them'))}</h2>"
        f'<p><time id="at"></time></p><ul{statuses}></ul></section>'
        '</main><script src="/offline.js"></script></body></html>'
    )


routes = [Route("/offline/{language}", _offline)]
