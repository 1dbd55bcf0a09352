"""`/sitemap.xml` and `/robots.txt`: what search engines may list, each page with its other languages."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ticket_portal.i18n.locales import DEFAULT, LOCALES, localized
from ticket_portal.templates import render
from ticket_portal.wiring import portal

# Doors, files and streams: nothing to list. Private pages say "noindex" themselves, which only who may read them sees.
_NOT_FOR_ROBOTS = ("/api/", "/auth/", "/dev/", "/files/", "/notifications/", "/test/")


def routes(paths: Sequence[str]) -> list[Route]:
    """Make the routes for pages at these addresses (the English ones)."""

    async def sitemap(_request: Request) -> Response:
        return Response(_sitemap(portal().settings.public_url, paths), media_type="application/xml")

    return [Route("/sitemap.xml", sitemap), Route("/robots.txt", _robots)]


def _sitemap(site: str, paths: Sequence[str]) -> str:
    pages = [_entry(site, path, locale) for path in paths for locale in LOCALES]
    return render("sitemap.xml", pages=pages)


def _entry(site: str, path: str, locale: str) -> dict[str, Any]:
    others = [(other, site + localized(other, path)) for other in LOCALES]
    return {
        "address": site + localized(locale, path),
        "others": [*others, ("x-default", site + localized(DEFAULT, path))],
    }


async def _robots(_request: Request) -> Response:
    closed = "".join(f"Disallow: {path}\n" for path in _NOT_FOR_ROBOTS)
    site = portal().settings.public_url
    return PlainTextResponse(f"User-agent: *\n{closed}Sitemap: {site}/sitemap.xml\n")
