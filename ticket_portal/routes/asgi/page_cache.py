"""The answers with prerendered pages, kept in memory: from the disk each takes two turns of a thread and five layers.

A page's file has nothing of anybody in it; who may see it is decided before (routes/asgi/guard.py).
"""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_PAGES = 96
LARGEST_PAGE = 131_072
LONGEST_ENCODING = 100
_COMPRESSED = (".br", ".gz", ".zst")
# Requests that are answered with less than the whole file, or by who asks from where.
_SPECIAL = frozenset(
    {b"range", b"origin", b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since"}
)


@dataclass(frozen=True, slots=True)
class _Page:
    """An answer, and when its file and the compressed ones were written: a new build may take their place."""

    written_at: tuple[int, ...]
    headers: list[tuple[bytes, bytes]]
    body: bytes


class PageCache:
    """ASGI layer around what serves the files: answers with the same headers and bytes as it does."""

    def __init__(self, app: ASGIApp, static: Path) -> None:
        self._app, self._static = app, static
        self._pages: OrderedDict[tuple[str, bytes], _Page] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory if the page is there; `scope["path"]` is the page's folder, as the edge found it."""
        encoding = _encoding(scope)
        written_at = self._written_at(scope["path"])
        if encoding is None:
            return await self._app(scope, receive, send)
        key = scope["path"], encoding
        page = self._pages.get(key)
        if page and page.written_at == written_at:
            self._pages.move_to_end(key)
            await send({"type": "http.response.start", "status": 200, "headers": list(page.headers)})
            return await send({"type": "http.response.body", "body": page.body})
        recorder = _Recorder(send)
        await self._app(scope, receive, recorder)
        if page := recorder.page(written_at):
            self._pages[key] = page
            if len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
        return None

    def _written_at(self, folder: str) -> tuple[int, ...]:
        return tuple(
            _written_at(f"{self._static}/{folder.strip('/')}/index.html{end}") for end in ("", *_COMPRESSED)
        )


def _written_at(file: str) -> int:
    try:
        return Path(file).stat().st_mtime_ns
    except OSError:
        return 0


def _encoding(scope: Scope) -> bytes | None:
    """Return which encodings a request takes, as it says it; None for one that needs an answer of its own."""
    if scope["method"] != "GET":
        return None
    encodings: list[bytes] = []
    for name, value in scope["headers"]:
        if name in _SPECIAL:
            return None
        if name == b"accept-encoding":
            encodings.append(value)
    encoding = b",".join(encodings)
    return encoding if len(encoding) <= LONGEST_ENCODING else None


class _Recorder:
    """Sends an answer on, and keeps it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | dict[str, Any] = {}
        self._parts: list[bytes] = []
        self._file = ""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.pathsend":
            self._file = message["path"]
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))
        await self._send(message)

    def page(self, written_at: tuple[int, ...]) -> _Page | None:
        """Return the whole answer; None where it is no page, or none that is worth to be kept."""
        if self._start.get("status") != 200:
            return None
        body = Path(self._file).read_bytes() if self._file else b"".join(self._parts)
        headers = [(bytes(name), bytes(value)) for name, value in self._start["headers"]]
        is_whole = dict(headers).get(b"content-length") == str(len(body)).encode()
        return _Page(written_at, headers, body) if is_whole and len(body) <= LARGEST_PAGE else None
