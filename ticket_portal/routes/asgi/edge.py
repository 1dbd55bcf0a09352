"""The outermost layer for addresses: which prerendered file answers, in which language, how long it may be kept."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal.addresses import ARGUMENTS, PageTable
from ticket_portal.frontend.plugins import NOT_FOUND, SAMPLE
from ticket_portal.i18n.locales import ALIASES, DEFAULT, bare, fold, locale_of, localized, negotiate
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.asgi.page_cache import PageCache

SERVED = "ticket_portal.served"
"""Key of the ASGI scope: this layer writes there which file answers, the headers (routes/asgi/headers.py) read it."""

_FOREVER = b"public, max-age=31536000, immutable"
_FRESH = b"no-cache"
_NEVER = b"no-store"
_OTHER_NAMES = {DEFAULT: DEFAULT, **ALIASES}
_CONDITIONAL = (b"if-none-match", b"if-modified-since")


@dataclass(frozen=True)
class Answer:
    """The folder of the prerendered page that answers an address, and the status."""

    file: str
    status: int = 200


class Files:
    """The prerendered pages of a build, found by address."""

    def __init__(self, static: Path) -> None:
        folders = (file.parent.relative_to(static).as_posix() for file in static.rglob("index.html"))
        names = sorted("/" + folder.removeprefix(".") for folder in folders)
        self._pages = {name for name in names if f"/{SAMPLE}" not in name}
        self._internal = {
            *names,
            *(f"/{file.relative_to(static).as_posix()}" for file in static.rglob("*.html")),
        }
        self._shells = [
            (_matching(name), name) for name in names if f"/{SAMPLE}" in name and not name.endswith(NOT_FOUND)
        ]

    def find(self, path: str) -> Answer | None:
        """The page for an address (without a trailing slash); None where no page has such an address."""
        if path in self._pages:
            return Answer(_folder(path))
        # "/x/../es" and "//" would reach a page's file past its own address (and past its own headers).
        if path in self._internal or not {"", ".", ".."}.isdisjoint(path[1:].split("/")):
            return self.missing(path)
        for pattern, shell in self._shells:
            if match := pattern.fullmatch(path):
                # What cannot exist is answered 404 at once: with the same page, not the page of unknown addresses. The
                # browser's router finds the real page for this address, and would show both, one under the other.
                can_exist = all(ARGUMENTS[name](value) for name, value in match.groupdict().items())
                return Answer(_folder(shell), 200 if can_exist else 404)
        return None

    def missing(self, path: str) -> Answer:
        """The page of unknown addresses, in the language of this one."""
        return Answer(_folder(localized(locale_of(path), NOT_FOUND)), 404)


def _folder(name: str) -> str:
    return name if name == "/" else f"{name}/"


def _matching(shell: str) -> re.Pattern[str]:
    parts = (
        f"(?P<{part.removeprefix(SAMPLE)}>[^/]+)" if part.startswith(SAMPLE) else re.escape(part)
        for part in shell.split("/")
    )
    return re.compile("/".join(parts))


class Edge:
    """ASGI layer around the portal: see the module."""

    def __init__(self, app: ASGIApp, static: Path, pages: PageTable) -> None:
        self._app = app
        self._pages = PageCache(app, static)
        self._files = Files(static)
        self._table = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self._app(scope, receive, send)
        path: str = scope["path"]
        if elsewhere := self._elsewhere(scope, path):
            return await elsewhere(scope, receive, send)
        answer = self._files.find(path)
        if answer:
            reply = _Reply(send, path, self._table, answer.status)
            return await self._pages(_at(scope, answer), receive, reply)
        reply = _Reply(send, path, self._table, catch_missing=True)
        await self._app(scope, receive, reply)
        if reply.missing:
            reply = _Reply(send, path, self._table, 404)
            await self._pages(_at(scope, self._files.missing(path)), receive, reply)
        return None

    def _elsewhere(self, scope: Scope, path: str) -> RedirectResponse | None:
        """Another address that answers this one: the canonical one, or the reader's language on "/"."""
        if path == "/":
            locale = preferred_language(scope)
            if locale == DEFAULT:
                return None
            kept = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
            return RedirectResponse(_with_query(scope, localized(locale, "/")), 302, headers=kept)
        first, _, rest = path[1:].partition("/")
        if first in _OTHER_NAMES:
            wanted = localized(_OTHER_NAMES[first], "/" + rest.strip("/"))
        elif path.endswith("/") and self._files.find(path.rstrip("/")):
            wanted = path.rstrip("/")
        else:
            return None
        return RedirectResponse(_with_query(scope, "/" + wanted.lstrip("/")), 301)


class _Reply:
    """Sends an answer on: with the page's status, with how long it may be kept, or not at all if nothing was found."""

    def __init__(
        self,
        send: Send,
        path: str,
        pages: PageTable,
        status: int | None = None,
        *,
        catch_missing: bool = False,
    ) -> None:
        self._send = send
        self._path = path
        self._table = pages
        self._status = status
        self._catch = catch_missing
        self.missing = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            is_page = headers.get("content-type", "").startswith(("text/html", "text/plain"))
            # Starlette's own "no such file". A route that has its own 404 page marks it as not to be stored.
            self.missing = (
                self._catch and message["status"] == 404 and is_page and "cache-control" not in headers
            )
            if self._status is not None and message["status"] == 200:
                message = {**message, "status": self._status}
            added = [] if "cache-control" in headers else [(b"cache-control", self._keep(message))]
            if self._path == "/":
                added.append((b"vary", b"Cookie, Accept-Language"))
            message = {**message, "headers": [*message["headers"], *added]}
        if not self.missing:
            await self._send(message)

    def _keep(self, message: Message) -> bytes:
        if not self._table.is_stored(bare(self._path)):
            return _NEVER
        hashed = self._path.startswith("/assets/") and message["status"] in (200, 304)
        return _FOREVER if hashed else _FRESH


def preferred_language(scope: Scope) -> str:
    """The language for "/": an earlier choice, else what the browser asks for."""
    chosen = cookies.given(scope).get(cookies.LANGUAGE, "")
    return fold(chosen) or negotiate(Headers(scope=scope).get("accept-language", ""))


def _at(scope: Scope, answer: Answer) -> Scope:
    scope.get(SERVED, {})["file"] = answer.file
    # A cached page must not be confirmed as "not modified" for an address where it was never found.
    dropped = _CONDITIONAL if answer.status == 404 else ()
    headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
    return {**scope, "path": answer.file, "raw_path": answer.file.encode(), "headers": headers}


def _with_query(scope: Scope, path: str) -> str:
    """A local address. Quoted, so that no backslash or second slash of the asker makes it another host's."""
    query = scope["query_string"].decode("latin-1")
    return quote(path) + (f"?{query}" if query else "")
