"""The first layer: requests that no browser sends are refused before anything reads them.

A request without a Host, with two of them or with one that is no host name means one thing to a proxy, another to a
library, and a third one to our own code (RFC 9112, 3.2): the same bytes then pass one check and fail the next. All
code behind this layer may take `Host` for one name with an optional port.
"""

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"))
LONGEST_HOST = 255
LARGEST_PORT = 65_535

# RFC 3986, 3.2.2, without what no name in use has: percent-encoding, sub-delimiters, user names, zones.
_HOST = re.compile(
    r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?)(?::([1-9][0-9]{0,4}))?"
)
_REFUSAL = {"Cache-Control": "no-store", "Connection": "close"}


def host_of(scope: Scope) -> str | None:
    """Return the request's Host as it was sent; None unless it has exactly one, which is a name and maybe a port."""
    found = [value for name, value in scope["headers"] if name == b"host"]
    if len(found) != 1 or len(found[0]) > LONGEST_HOST:
        return None
    host = found[0].decode("latin-1")
    match = _HOST.fullmatch(host)
    return host if match and int(match[1] or 1) <= LARGEST_PORT else None


class WellFormed:
    """ASGI layer: see the module."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what has one proper Host and a known method; answer 400 or 501 to the rest."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] not in METHODS:
            # CONNECT asks a proxy for a tunnel, and this is none.
            return await PlainTextResponse("Not implemented.", 501, _REFUSAL)(scope, receive, send)
        if host_of(scope) is not None:
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
        return await PlainTextResponse("Bad Host header.", 400, _REFUSAL)(scope, receive, send)
