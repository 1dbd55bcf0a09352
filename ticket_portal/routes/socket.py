"""The guard of the websocket: who opens it, how fast it may speak, and when it must end.

The handshake's headers hold for a socket's whole life, so what ends a session must also end its sockets.
"""

import asyncio
import json
import re
import time
from collections import defaultdict
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal import measures
from ticket_portal.domain.sessions import Credentials
from ticket_portal.routes.cookies import credentials
from ticket_portal.routes.superseded import Superseded, ask_again
from ticket_portal.wiring import Portal

POLICY_VIOLATION = 1008
SESSION_ENDED = 4401
LARGEST_FRAME = 1_000_000

# What Engine.IO, Reflex and the states read of a handshake; the cookies are replaced by their hashes.
_READ_HEADERS = frozenset((b"connection", b"upgrade", b"origin", b"user-agent", b"sec-websocket-protocol"))


class Bucket:
    """A token bucket: `burst` at once, `rate` a second in the long run."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: int, burst: int) -> None:
        """Start full."""
        self._rate, self._burst = rate, burst
        self._left, self._at = float(burst), time.monotonic()

    def take(self) -> bool:
        """Take one; False when there is none."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate) - 1
        self._at = now
        return self._left >= 0


class SocketGuard:
    """ASGI layer around the socket: see the module."""

    def __init__(self, app: ASGIApp, sockets: ASGIApp, portal: Portal) -> None:
        """Watch for sessions that end. `sockets` answers what is a websocket, `app` everything else."""
        self._app, self._sockets = app, sockets
        self._settings = portal.settings
        self._superseded = Superseded()
        self._open: dict[str, set[Socket]] = defaultdict(set)
        self._portal = portal
        portal.hub.listeners += [self._superseded.hear, self._on_change]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a socket through with the hashes of its cookies instead of the cookies."""
        if scope["type"] != "websocket":
            return await self._app(scope, receive, send)
        found = credentials(scope, self._settings)
        s = self._settings
        socket = Socket(receive, send, Bucket(s.limit_socket_events_per_second, s.limit_socket_events_burst))
        if self._superseded.has(found):
            return await ask_again(scope, receive, send, SESSION_ENDED)
        holders = tuple({"", found.session, found.guest, found.browser})  # all sockets stand under ""
        for token_hash in holders:
            self._open[token_hash].add(socket)
        measures.OPEN_SOCKETS.inc()
        try:
            _keep_little(scope, found)
            await self._sockets(scope, socket.receive, socket.send)
        finally:
            measures.OPEN_SOCKETS.dec()
            await socket.close()
            for token_hash in holders:
                self._open[token_hash].discard(socket)
                if not self._open[token_hash]:
                    del self._open[token_hash]

    def drop_all(self) -> None:
        """Close every socket; browsers connect again by themselves (for the QA hook that drops them)."""
        for socket in tuple(self._open.get("", ())):
            socket.end_soon()

    def _on_change(self, topics: set[str]) -> None:
        if "sockets" in topics:
            self.drop_all()
        for topic in topics:
            kind, _, token_hash = topic.partition(":")
            if kind in ("session", "browser"):
                for socket in tuple(self._open.get(token_hash, ())):
                    socket.end_soon()


class Socket:
    """One open websocket."""

    __slots__ = ("_bucket", "_ended", "_gone", "_reader", "_receive", "_send")

    def __init__(self, receive: Receive, send: Send, bucket: Bucket) -> None:
        """Wrap the server's two ends of it."""
        self._receive, self._send, self._bucket = receive, send, bucket
        self._ended = 0
        self._gone: ConnectionResetError | None = None
        self._reader: asyncio.Task[object] | None = None

    def end_soon(self) -> None:
        """End it from the event loop; nothing that still arrives on it is heard."""
        self._end(SESSION_ENDED)

    async def receive(self) -> Message:
        """Pass on the next message, unless the socket has ended, speaks too fast or makes no sense.

        Raises ConnectionResetError when there is none any more. Engine.IO would raise an error of its own that nobody
        can get hold of, and whose traceback keeps the whole page in memory until garbage is looked for.
        """
        message = await self._next()
        if message and message["type"] == "websocket.receive" and not self._ended:
            text = message.get("text")
            if not (self._bucket.take() and isinstance(text, str) and makes_sense(text)):
                self._end(POLICY_VIOLATION)
        if message is None or self._ended or message["type"] == "websocket.disconnect":
            self._gone = ConnectionResetError()
            raise self._gone
        return message

    async def send(self, message: Message) -> None:
        """Pass on an answer, unless the socket has ended."""
        if not self._ended:
            await self._send(message)

    async def close(self) -> None:
        """Close it for the browser too, once nobody reads from it: granian can't while a read is open."""
        if self._ended:
            with suppress(Exception):  # it may be gone already
                await self._send({"type": "websocket.close", "code": self._ended})
        if self._gone:
            self._gone.__traceback__ = None

    def _end(self, code: int) -> None:
        if not self._ended:
            self._ended = code
            if self._reader:
                self._reader.cancel()

    async def _next(self) -> Message | None:
        """Return the next message; None when the socket is ended while waiting for it."""
        if self._ended:
            return None
        reader = self._reader = asyncio.current_task()
        try:
            return await self._receive()
        except asyncio.CancelledError:
            # By `_end`, which is no cancellation of who reads; by others too, or alone: it is one.
            if not self._ended or (reader and reader.uncancel()):
                raise
            return None
        finally:
            self._reader = None


def _keep_little(scope: Scope, found: Credentials) -> None:
    # In place: the server's end, the layers and Reflex all hold the scope for as long as the socket is open.
    # `authorization` is one of the headers that Reflex keeps from the browser; a client's own is thrown away.
    kept = [(name, value) for name, value in scope["headers"] if name in _READ_HEADERS]
    scope["headers"] = [*kept, (b"authorization", b"portal " + found.packed().encode())]


# Control frames of engine.io 4; then of socket.io 5: connect, disconnect, event.
_FRAME = re.compile(
    r"[1-36]|40/_event,(?P<proof>\{.*)?|41/_event,|42/_event,[0-9]{0,9}(?P<event>\[.*)", re.DOTALL
)


def makes_sense(frame: str) -> bool:
    """Whether a text is a frame as browsers send them: the libraries that read it next trust it to be one.

    They answer anything else with an exception, and each one goes into the log with its traceback.
    """
    found = _FRAME.fullmatch(frame) if len(frame) <= LARGEST_FRAME else None
    if found is None:
        return False
    try:
        proof, event = json.loads(found["proof"] or "{}"), json.loads(found["event"] or '[""]')
    except (ValueError, RecursionError):
        return False
    return isinstance(proof, dict) and bool(event) and isinstance(event[0], str)
