"""The guard of the websocket: who opens it, what and how fast it may speak, and when it must end.

The handshake's headers hold for a socket's whole life, so what ends a session must also end its sockets.
"""

import asyncio
import json
import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any

from reflex_base.constants import Endpoint
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal import measures
from ticket_portal.domain import security_log
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.sessions import Credentials
from ticket_portal.routes.asgi.admission import Admission, Bucket, Holder, RightOfWay, Turns, holder_of
from ticket_portal.routes.asgi.cookies import credentials
from ticket_portal.routes.asgi.handshake import bound_token, is_from, keep_little, tab_token
from ticket_portal.routes.asgi.superseded import Superseded, ask_again
from ticket_portal.wiring import Portal

log = logging.getLogger(__name__)

EVENTS = str(Endpoint.EVENT)
POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013
SESSION_ENDED = 4401

LARGEST_FRAME = 65_536
"""In characters. A browser's largest is a draft of 20,000 characters; JSON writes each line end and quote as two."""
DEEPEST = 32
"""How deep lists and objects may be nested in an event; the libraries walk them by recursion."""
MOST_PARTS = 1_000
"""How many lists and objects there are in one; each is looked at by four libraries, and a frame has room for 20,000."""
HELLO_SECONDS = 30.0
"""A page says hello a few hundred milliseconds after its socket is open; one that never does is no page."""
TOLD_EVERY = 60.0
MOST_TOLD = 10_000
SOCKET_KEY = "portal.socket"
"""Where the scope of a websocket has its `Socket`, for what happens when it connects to the events (event_filter)."""


class SocketGuard:
    """ASGI layer around the socket: see the module."""

    def __init__(self, app: ASGIApp, sockets: ASGIApp, portal: Portal) -> None:
        """Watch for sessions that end. `sockets` answers what is a websocket, `app` everything else."""
        self._app, self._sockets = app, sockets
        self._settings = portal.settings
        self._superseded = Superseded()
        self._open: dict[str, set[Socket]] = defaultdict(set)
        self._admission: Admission[Socket] = Admission(portal.settings)
        self._turns = Turns()
        self._way = RightOfWay()
        self._told: dict[tuple[str, str], float] = {}
        self._portal = portal
        portal.hub.listeners += [self._superseded.hear, self._on_change]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a socket through with the hashes of its cookies instead of the cookies."""
        if scope["type"] != "websocket":
            # Engine.IO's polling is off; it would log what such a request says.
            wants_events = scope["type"] == "http" and f"{scope['path']}/".startswith(f"{EVENTS}/")
            app = Response(status_code=404) if wants_events else self._app
            return await app(scope, receive, send)
        found = credentials(scope, self._settings)
        token = tab_token(scope) if scope["path"].rstrip("/") == EVENTS else None
        if token is None:
            return await _refuse(receive, send)
        if not is_from(scope, self._settings.origins):
            self._tell(SecurityEvent.ORIGIN_REFUSED, found.ip)
            return await _refuse(receive, send)
        if self._superseded.has(found):
            return await ask_again(scope, receive, send, SESSION_ENDED)
        holder = await self._holder(found)
        if self._admission.opens_too_fast(holder):
            self._tell(SecurityEvent.SOCKET_REFUSED, found.ip, "opens_per_minute")
            return await _refuse(receive, send)
        if not self._admission.has_room(holder):
            self._tell(SecurityEvent.SOCKET_REFUSED, found.ip, "open_sockets")
            return await _refuse(receive, send)
        keep_little(scope, bound_token(token, found), found)
        return await self._serve(scope, receive, send, found, holder)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, found: Credentials, holder: Holder
    ) -> None:
        s = self._settings
        bucket = Bucket(s.limit_socket_events_per_second, s.limit_socket_events_burst)
        turns = None if holder.is_known else self._turns
        scope[SOCKET_KEY] = socket = Socket(receive, send, bucket, holder, self._way, turns)
        holders = tuple({"", found.session, found.guest, found.browser})  # every socket is also under ""
        for token_hash in holders:
            self._open[token_hash].add(socket)
        if pushed_out := self._admission.enter(holder, socket):
            pushed_out.end_soon(TRY_AGAIN_LATER)
        measures.OPEN_SOCKETS.inc()
        hello = asyncio.get_running_loop().call_later(HELLO_SECONDS, socket.end_if_silent)
        try:
            await self._sockets(scope, socket.receive, socket.send)
        finally:
            hello.cancel()
            measures.OPEN_SOCKETS.dec()
            self._admission.leave(holder, socket)
            await socket.close()
            del scope[SOCKET_KEY]
            for token_hash in holders:
                self._open[token_hash].discard(socket)
                if not self._open[token_hash]:
                    del self._open[token_hash]

    def drop_all(self) -> None:
        """Close every socket; browsers connect again by themselves (for the QA hook that drops them)."""
        for socket in tuple(self._open.get("", ())):
            socket.end_soon()

    async def _holder(self, found: Credentials) -> Holder:
        """Return who the socket counts for. An unknown cookie identifies no one."""
        return holder_of(await self._person(found.session), await self._person(found.guest), found.ip)

    async def _person(self, token_hash: str) -> Viewer:
        if not token_hash:
            return NOBODY
        try:
            return await self._portal.viewer(token_hash)
        except Exception:
            # The page comes to life all the same, and says what is wrong; until then it counts as a stranger's.
            log.exception("It could not be looked up whose a socket is.")
            return NOBODY

    def _tell(self, event: SecurityEvent, ip: str, limit: str = "") -> None:
        """Log a refusal, once a minute for each network: refused clients go on trying."""
        now = time.monotonic()
        if now - self._told.get((event, ip), -TOLD_EVERY) < TOLD_EVERY:
            return
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told[event, ip] = now
        security_log.refused(self._settings, event, ip=ip, limit=limit)

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

    __slots__ = (
        "_bucket",
        "_end_turn",
        "_ended",
        "_gone",
        "_reader",
        "_receive",
        "_send",
        "_stage",
        "_turns",
        "_way",
        "holder",
    )

    def __init__(
        self,
        receive: Receive,
        send: Send,
        bucket: Bucket,
        holder: Holder,
        way: RightOfWay,
        turns: Turns | None,
    ) -> None:
        """Wrap the server's two ends of it. `turns`: those that its page waits for, if it does."""
        self._receive, self._send, self._bucket, self.holder = receive, send, bucket, holder
        self._way = way
        self._ended = 0
        self._stage: Frame | None = None
        self._turns = turns
        self._end_turn: Callable[[], None] | None = None
        self._gone: ConnectionResetError | None = None
        self._reader: asyncio.Task[object] | None = None

    def end_soon(self, code: int = SESSION_ENDED) -> None:
        """End it from the event loop; nothing that still arrives on it is heard."""
        self._end(code)

    def end_if_silent(self) -> None:
        """End it unless it connected to the events."""
        if self._stage is None:
            self._end(POLICY_VIOLATION)

    async def receive(self) -> Message:
        """Pass on the next message, unless the socket has ended, speaks too fast or makes no sense.

        Raises ConnectionResetError when there is none any more. Engine.IO would raise an error of its own that no one
        can get hold of, and whose traceback keeps the whole page in memory until garbage is looked for.
        """
        message = await self._next()
        if message and message["type"] == "websocket.receive" and not self._ended:
            text = message.get("text")
            if not (self._bucket.take() and isinstance(text, str) and self._may_say(text)):
                self._end(POLICY_VIOLATION)
            elif text != Frame.PONG:
                await self._wait_for_turn()
        if message is None or self._ended or message["type"] == "websocket.disconnect":
            self._gone = ConnectionResetError()
            raise self._gone
        return message

    def _may_say(self, text: str) -> bool:
        """Whether a frame makes sense, and comes in its turn: connect once, then events, then disconnect."""
        frame = parse(text)
        if frame is Frame.PONG:
            return True
        if frame is None or self._stage is not _AFTER[frame]:
            return False
        if frame is not Frame.EVENT:
            self._stage = frame
        return True

    async def _wait_for_turn(self) -> None:
        """Let a stranger's frame wait for its turn; what somebody known says has the right of way until an answer."""
        if self.holder.is_known:
            self._finish_turn()
            self._end_turn = self._way.take()
            return
        await self._way.give()
        if self._turns and self._stage is Frame.CONNECT:
            self._end_turn = await self._turns.take()
            self._turns = None

    async def send(self, message: Message) -> None:
        """Pass on an answer, unless the socket has ended."""
        if self._end_turn and (message.get("text") or "").startswith(Frame.EVENT):
            self._finish_turn()
        if not self._ended:
            await self._send(message)

    def _finish_turn(self) -> None:
        if self._end_turn:
            self._end_turn()
            self._end_turn = None

    async def close(self) -> None:
        """Close it for the browser too, once no read is pending: granian can't before."""
        self._finish_turn()
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
            # Cancelled by `_end()`: swallow it. Cancelled by anyone else: re-raise.
            if not self._ended or (reader and reader.uncancel()):
                raise
            return None
        finally:
            self._reader = None


async def _refuse(receive: Receive, send: Send) -> None:
    """Refuse a handshake: nothing of it is kept, and the browser tries again later and later."""
    with suppress(Exception):  # it may be gone already
        await receive()
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})


class Frame(StrEnum):
    """What a browser of ours says on its socket."""

    PONG = "3"
    CONNECT = "40/_event,"
    DISCONNECT = "41/_event,"
    EVENT = "42/_event,"


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_AFTER = {Frame.CONNECT: None, Frame.EVENT: Frame.CONNECT, Frame.DISCONNECT: Frame.CONNECT}


def parse(text: str) -> Frame | None:
    """Return which frame of ours a text is; None for any other. The libraries that read it next trust it to be one.

    They answer what they can't read with an exception, which goes into the log with its traceback, and they call a
    handler by whatever name a client says: "connect", with a handshake of its own making, was one of them. So an event
    is `["event", {…}]` or `["ping"]`; there are no acknowledgements, no other namespaces, and nothing is binary.
    """
    if text == Frame.PONG:
        return Frame.PONG
    if text == Frame.DISCONNECT:
        return Frame.DISCONNECT
    if len(text) > LARGEST_FRAME:
        return None
    if text.startswith(Frame.EVENT):
        said = _parse_json(text[len(Frame.EVENT) :], "[")
        is_event = (
            isinstance(said, list) and len(said) == 2 and said[0] == "event" and isinstance(said[1], dict)
        )
        return Frame.EVENT if is_event or said == ["ping"] else None
    if text.startswith(Frame.CONNECT):
        rest = text[len(Frame.CONNECT) :]
        return Frame.CONNECT if not rest or isinstance(_parse_json(rest, "{"), dict) else None
    return None


def _parse_json(text: str, begins_with: str) -> Any:
    """Return what a text says; None when it is not JSON that begins like this, or goes too deep."""
    if not text.startswith(begins_with):
        return None
    parts = _count_parts(text)
    # Brackets in what people write count; only where there are very many is it worth to leave out what is in quotes.
    if parts > MOST_PARTS and _count_parts(_QUOTED.sub("", text)) > MOST_PARTS:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if parts <= DEEPEST or _is_shallow(said) else None


def _count_parts(text: str) -> int:
    return text.count("[") + text.count("{")


def _is_shallow(said: Any) -> bool:
    level = [said]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False
