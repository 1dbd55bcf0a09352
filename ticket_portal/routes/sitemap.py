"""`/sitemap.xml` and `/robots.txt`: what search engines may list, each page with its other languages."""

from collections.abc import Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ticket_portal.i18n.locales import DEFAULT, LOCALES, localized
from ticket_portal.wiring import portal

# Doors, files and streams: nothing to list. Private pages say "noindex" themselves, which only who may read them sees.
_NOT_FOR_ROBOTS = ("/api/", "/auth/", "/dev/", "/files/", "/notifications/", "/test/")
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def routes(paths: Sequence[str]) -> list[Route]:
    """Make the routes for pages at these addresses (the English ones)."""

    async def sitemap(_request: Request) -> Response:
        return Response(_sitemap(portal().settings.public_url, paths), media_type="application/xml")

    return [Route("/sitemap.xml", sitemap), Route("/robots.txt", _robots)]


def _sitemap(site: str, paths: Sequence[str]) -> str:
    pages = "".join(_entry(site, path, locale) for path in paths for locale in LOCALES)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMESPACES}>\n{pages}</urlset>\n'


def _entry(site: str, path: str, locale: str) -> str:
    others = [(other, localized(other, path)) for other in LOCALES] + [
        ("x-default", localized(DEFAULT, path))
    ]
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(site + address)}"/>'
        for code, address in others
    )
    return f"<url><loc>{escape(site + localized(locale, path))}</loc>{links}</url>\n"


async def _robots(_request: Request) -> Response:
    closed = "".join(f"Disallow: {path}\n" for path in _NOT_FOR_ROBOTS)
    site = portal().settings.public_url
    return PlainTextResponse(f"User-agent: *\n{closed}Sitemap: {site}/sitemap.xml\n")
