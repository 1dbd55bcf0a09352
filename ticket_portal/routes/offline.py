"""`/offline/<language>`: the page that the service worker keeps for when there is no connection.

It is the same for everybody, and one file with its style and script in it. What a person last saw of their tickets,
assets/offline.js puts into it from what their own browser kept (assets/js/seen.js).
"""

import base64
import hashlib
from functools import cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ticket_portal.addresses import TICKETS
from ticket_portal.frontend.build import ROOT
from ticket_portal.i18n.catalogues import page_text
from ticket_portal.i18n.locales import LOCALES, localized
from ticket_portal.sets.names import STATUS_NAMES
from ticket_portal.templates import raw, render
from ticket_portal.wiring import portal


async def _offline(request: Request) -> Response:
    language = request.path_params["language"]
    if language not in LOCALES:
        return Response("Not Found", 404, media_type="text/plain")
    style, script = _part("offline.css"), _part("offline.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {"Cache-Control": "no-cache", "X-Robots-Tag": "noindex", "Content-Security-Policy": policy}
    return HTMLResponse(_page(language, portal().settings.company, style, script), headers=headers)


@cache
def _part(name: str) -> str:
    return (ROOT / "assets" / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _page(language: str, company: str, style: str, script: str) -> str:
    statuses = [
        (status.replace("_", "-"), page_text(language, name)) for status, name in STATUS_NAMES.items()
    ]
    return render(
        "offline.html",
        language=language,
        company=company,
        style=raw(style),
        script=raw(script),
        icon=raw(_part("icon.svg")),
        tickets=localized(language, TICKETS),
        statuses=statuses,
    )


routes = [Route("/offline/{language}", _offline)]
