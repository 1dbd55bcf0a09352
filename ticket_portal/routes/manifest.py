"""`/manifest.webmanifest`, one per language: what makes the portal an app on a phone's home screen."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ticket_portal.addresses import NEW_TICKET, TICKETS
from ticket_portal.frontend.palette import palette
from ticket_portal.i18n.catalogues import page_text
from ticket_portal.i18n.locales import LOCALES, locale_of, localized
from ticket_portal.sets.file_kinds import ENDINGS, MEDIA_TYPES
from ticket_portal.wiring import portal

NAME = "/manifest.webmanifest"
# The page's ground: what is seen before the first page is.
GROUND = palette()["bg"].light


async def _manifest(request: Request) -> Response:
    language = locale_of(request.url.path)
    return JSONResponse(
        _content(language, portal().settings.company),
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


def _content(language: str, company: str) -> dict[str, Any]:
    def at(path: str) -> str:
        return localized(language, path)

    def say(text: str) -> str:
        return page_text(language, text, company=company)

    return {
        # The same app in every language: who changes the language does not install it twice.
        "id": "/",
        "name": f"{company} Support",
        "short_name": company,
        "description": say("Get help from {company}: submit a ticket and follow the replies."),
        "lang": language,
        "dir": "ltr",
        "start_url": at("/"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "categories": ["business", "utilities"],
        "icons": [
            {"src": "/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/icon-512.png", "sizes": "512x512", "type": "image/png"},
            # Its drawing lies within the middle four fifths; systems may cut the rest off.
            {"src": "/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": say("My tickets"), "url": at(TICKETS), "icons": _SMALL},
            {"name": say("Submit a ticket"), "url": at(NEW_TICKET), "icons": _SMALL},
        ],
        "share_target": {
            "action": at("/share"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "files", "accept": [*MEDIA_TYPES, *(f".{ending}" for ending in ENDINGS)]}],
            },
        },
    }


_SMALL = [{"src": "/icon-192.png", "sizes": "192x192", "type": "image/png"}]

routes = [Route(localized(language, NAME), _manifest) for language in LOCALES]
