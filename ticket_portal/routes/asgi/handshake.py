"""The request that opens a websocket: what a browser of ours sends, and nothing else.

A client may put anything into it, and what it puts there is kept for as long as the socket is open (Engine.IO, Reflex)
or written into the log (Reflex warns of a subprotocol and of a state schema that it does not know, in the client's own
words). So it is read here strictly, and replaced by what was read.
"""

import hashlib
import re
import uuid
from urllib.parse import parse_qsl

from starlette.types import Scope

from ticket_portal.domain.sessions import LONGEST_USER_AGENT, Credentials

# `socket.io-client` adds these two; the token is the tab's own, made by Reflex's client and kept in sessionStorage.
# It is bound to the cookies before it names anything (`bound_token`), so its shape only has to be harmless.
_PROTOCOL = {"EIO": "4", "transport": "websocket"}
_TOKEN = re.compile(r"[0-9A-Za-z_-]{1,64}")
_LONGEST_QUERY = 200
# Reflex's client offers its version as a subprotocol; a browser fails the connection unless one is chosen (RFC 6455).
_VERSION = re.compile(r"[0-9a-z.]{1,20}")


def tab_token(scope: Scope) -> str | None:
    """Return the token of the tab that opens a websocket; None when no browser of ours asks like this.

    Polling, other versions of Engine.IO, an existing session (`sid`) and repeated parameters are refused by it.
    """
    raw = scope.get("query_string") or b""
    if len(raw) > _LONGEST_QUERY or not raw.isascii():
        return None
    pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True)
    said = dict(pairs)
    token = said.pop("token", "")
    if len(pairs) != len(_PROTOCOL) + 1 or said != _PROTOCOL or not _TOKEN.fullmatch(token):
        return None
    return token


def is_from(scope: Scope, origins: list[str]) -> bool:
    """Whether a page of these origins opens the socket, or a program: that names none and has no visitor's cookies."""
    allowed = {origin.encode() for origin in origins}
    return all(value in allowed for name, value in scope["headers"] if name == b"origin")


def bound_token(token: str, found: Credentials) -> str:
    """Return the name of a tab's state: of this token with these cookies, shaped as Reflex's client makes tokens.

    Reflex keys a state by the client's token alone, and sends what an event changed to whichever socket has the token
    when the event ends. A stranger who knew a token (it is in the address of the socket) would be sent what belongs to
    its owner, without any cookie and without saying a word. With other cookies it names another state.
    """
    identity = f"{token}\n{found.session}\n{found.guest}\n{found.browser}"
    return str(uuid.UUID(bytes=hashlib.sha256(identity.encode()).digest()[:16], version=4))


def keep_little(scope: Scope, token: str, found: Credentials) -> None:
    """Leave what Engine.IO, Reflex and the states read of a handshake, its cookies replaced by their hashes.

    In place: the server's end, the layers and Reflex all hold the scope for as long as the socket is open.
    `authorization` is one of the headers that Reflex keeps from the browser; a client's own is thrown away.
    """
    given = dict(scope["headers"])
    kept = [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
    kept += [(b"origin", given[b"origin"])] if b"origin" in given else []
    kept += [(b"user-agent", given[b"user-agent"][:LONGEST_USER_AGENT])] if b"user-agent" in given else []
    scope["headers"] = [*kept, (b"authorization", b"portal " + found.packed().encode())]
    scope["query_string"] = f"EIO=4&transport=websocket&token={token}".encode()
    offered = scope.get("subprotocols") or []
    scope["subprotocols"] = [name for name in offered[:1] if _VERSION.fullmatch(name)]


def credentials_of(scope: Scope) -> Credentials:
    """Return what `keep_little` left of a handshake's cookies."""
    packed = dict(scope["headers"])[b"authorization"].decode()
    return Credentials.unpack(packed.removeprefix("portal "))
