"""Small pages that the server writes by itself, for links in e-mails: a sentence and at most one button.

They need no script and no socket, and tell nothing of where they were opened from.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.i18n.catalogues import translate
from ticket_portal.i18n.locales import localized, negotiate
from ticket_portal.templates import render

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def invalid(request: Request, error: LinkInvalid) -> HTMLResponse:
    """Answer for a link that leads nowhere, in the browser's language: whose it was is not known."""
    language = negotiate(request.headers.get("accept-language", ""))
    return page("link_invalid", language, status=404, text=translate(language, error.text))


def page(template: str, language: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Make such a page of a template in `templates/notes`."""
    home = localized(language, "/")
    return HTMLResponse(
        render(f"notes/{template}.html", language=language, home=home, **values), status, headers=_HEADERS
    )
