"""The layer that reads bodies: whole, small and in time, before any route begins.

A form takes a browser one packet. A body that is announced and never comes, or comes by one byte a second, would hold
a connection and its memory for as long as its sender likes (slow-body attacks, "R.U.D.Y."; OWASP ASVS 15.1.3). What
people upload is not read here: `/files` has limits of its own.
"""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal.settings import Settings

KB = 1_024
FILES = "/files"


@dataclass(frozen=True)
class BodyRule:
    """How large the body of a request to addresses that begin like this may be.

    `answers`: the route refuses larger ones in its own words; it is handed the beginning, which is over its limit.
    """

    prefix: str
    most: int
    answers: bool = False


_RULES = (
    BodyRule("/api/", 64 * KB, answers=True),
    BodyRule("/webhooks/", 256 * KB, answers=True),
    BodyRule("/devices/", 8 * KB, answers=True),
    BodyRule("/notifications/", 1 * KB, answers=True),
)
FORM = BodyRule("/", 64 * KB)
"""Everything else: twelve fields of 4 KB and what encoding adds, far more than any form of ours sends."""

_REFUSAL = {"Cache-Control": "no-store", "Connection": "close"}


class BodyLimit:
    """ASGI layer: see the module."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._seconds = settings.limit_body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on with its body read; answer 408 to one that is late, 413 to one that is too large."""
        if scope["type"] != "http" or not _has_body(scope) or _is_file(scope["path"]):
            return await self._app(scope, receive, send)
        rule = rule_for(scope["path"])
        try:
            async with asyncio.timeout(self._seconds):
                body = await _read(receive, rule.most)
        except ClientDisconnect:
            return None  # the client is gone
        except TimeoutError:
            return await _refusal("The request took too long.", 408)(scope, receive, send)
        if len(body) > rule.most and not rule.answers:
            return await _refusal("Too large.", 413)(scope, receive, send)
        return await self._app(scope, _Replay(body, receive), send)


def rule_for(path: str) -> BodyRule:
    """Return the rule of an address."""
    return next((rule for rule in _RULES if path.startswith(rule.prefix)), FORM)


class _Replay:
    """Gives the body that was read, then whatever the client does next (it leaves)."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._first: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._receive = receive

    async def __call__(self) -> Message:
        if first := self._first:
            self._first = None
            return first
        while (message := await self._receive())["type"] == "http.request":
            pass  # the rest of one that is too large
        return message


async def _read(receive: Receive, most: int) -> bytes:
    """Return the body, or so much of it that it is over the limit. Raises ClientDisconnect."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")[: most + 1 - len(body)]
        if len(body) > most or not message.get("more_body"):
            return bytes(body)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip() not in ("", "0")


def _is_file(path: str) -> bool:
    return path == FILES or path.startswith(f"{FILES}/")


def _refusal(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, _REFUSAL)
