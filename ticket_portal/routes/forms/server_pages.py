"""Small pages that the server writes by itself, for links in e-mails: a sentence and at most one button.

They need no script and no socket, and tell nothing of where they were opened from.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.i18n.catalogues import _, translate
from ticket_portal.i18n.locales import localized, negotiate

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def invalid(request: Request, error: LinkInvalid) -> HTMLResponse:
    """Answer for a link that leads nowhere, in the browser's language: nobody knows whose it was."""
    language = negotiate(request.headers.get("accept-language", ""))
    return page(language, translate(language, _("Link not valid")), translate(language, error.text), "", 404)


def page(language: str, heading: str, text: str, form: str, status: int = 200) -> HTMLResponse:
    """Make such a page; `form` is HTML, everything else is text."""
    home = escape(localized(language, "/"))
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(heading)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="/favicon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/plain.css"></head>'
        f'<body class="note"><main><h1>{escape(heading)}</h1><p>{escape(text)}</p>{form}'
        f'<p><a href="{home}">{escape(translate(language, _("Go to the help center")))}</a></p></main></body></html>',
        status,
        headers=_HEADERS,
    )
