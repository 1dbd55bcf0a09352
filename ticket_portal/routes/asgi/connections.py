"""Connections that only take up room: found by what the kernel knows of them, and ended.

The server ends one that sends half a header, or nothing after an answer, but it doesn't count whose they are, and it
takes no new ones once it has its most: 8,300 connections without a word, opened from one address in a fifth of a
second, would keep everyone else out (OWASP ASVS 15.1.3, CWE-400). Here each network has its share, the connection that
was idle the longest goes first, and one on which nothing moves goes by itself.

Linux only (`/proc`, `TCP_INFO`). Elsewhere it is not used (asgi.py), and a proxy in front must limit connections.
"""

import fcntl
import ipaddress
import logging
import os
import resource
import socket
import stat
import struct
import sys
import termios
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Self, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from ticket_portal.domain.networks import network
from ticket_portal.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 0.1
"""How soon it looks again after there were too many: an attacker goes on opening them."""

LARGEST_SHARE = 0.05
"""What share of the time looking may take at most: a look costs by the connection, and there may be thousands."""

BREATH_EVERY, BREATH_SECONDS = 32, 0.001
"""After so many connections the interpreter is given back for a moment, or open pages would wait for a whole look."""

SILENT_SOCKET_SECONDS = 75
"""Websockets are pinged every ten seconds; the other end of one that has been silent for so long is gone."""

SILENT_REQUEST_SECONDS = 300
"""A request may take long to answer (a file waits to be looked into), but not for ever."""

BUSY_SHARE = 0.75
"""From which share of all connections on idle ones make room, so that the server never stops taking new ones."""

SPARE_FILES = 256
"""Open files that are not connections: the database, logs, people's files."""

_FDS = Path("/proc/self/fd")
_ESTABLISHED, _CLOSE_WAIT = 1, 8
_TCP_INFO = struct.Struct("=B43xI4xI")  # linux/tcp.h: state, last_data_sent, last_data_recv (milliseconds)
_INT = struct.Struct("i")

T = TypeVar("T")
Peer = tuple[str, int]


class Use(IntEnum):
    """What a connection is used for; what has less of a use is ended first."""

    IDLE = 0
    REQUEST = 1
    WEBSOCKET = 2


@dataclass(frozen=True)
class Connection:
    """One connection of this process, as it was a moment ago. `end` closes it, and no other one."""

    peer: Peer
    use: Use
    silent: float
    stuck: bool
    end: Callable[[], None]


class Connections:
    """ASGI layer that knows which connections have a request, and the watcher that ends those without."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Nothing is watched before `watch`."""
        self._app = app
        self._uses: dict[Peer, Use] = {}
        self._rules = Rules(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note for what the connection is used while the request lasts."""
        if scope["type"] == "lifespan" or not scope.get("client"):
            return await self._app(scope, receive, send)
        peer = _peer(*scope["client"][:2])
        self._uses[peer] = Use.WEBSOCKET if scope["type"] == "websocket" else Use.REQUEST
        try:
            return await self._app(scope, receive, send)
        finally:
            self._uses.pop(peer, None)

    def watch(self) -> None:
        """Begin to look after this process's connections, in a thread that ends with the process."""
        self._rules.most = min(self._rules.most, _file_limit() - SPARE_FILES)
        threading.Thread(target=self._watch, name="connections", daemon=True).start()

    def _watch(self) -> None:
        seconds = LOOK_SECONDS
        while True:
            time.sleep(seconds)
            began = time.thread_time()
            try:
                ended = self.look()
            except Exception:
                log.exception("the connections can't be looked at")  # and the next look may go better
                ended = 0
            rest = (time.thread_time() - began) / LARGEST_SHARE
            seconds = max(LOOK_AGAIN_SECONDS if ended else LOOK_SECONDS, rest)

    def look(self) -> int:
        """End what must end now; return how many these were."""
        with _Held() as held:
            doomed = self._rules.doomed(list(held.connections(self._uses)))
            for connection in doomed:
                connection.end()
        return len(doomed)


class Rules:
    """Which connections must end."""

    def __init__(self, settings: Settings) -> None:
        self.most = settings.limit_connections
        self._most_per_network = settings.limit_connections_per_ip
        self._idle_seconds = settings.limit_idle_seconds
        self._trusted = _Trusted(settings.trusted_proxies)

    def doomed(self, connections: list[Connection]) -> list[Connection]:
        """Return the connections to end: silent for too long, too many of a network, too many in all."""
        silent = [one for one in connections if one.silent > self._patience(one)]
        left = [one for one in connections if one.silent <= self._patience(one)]
        surplus: list[Connection] = []
        for ours in _by_network(left, self._trusted).values():
            surplus += _least_used(ours)[: max(0, len(ours) - self._most_per_network)]
        gone = {id(one) for one in surplus}
        idle = [one for one in left if id(one) not in gone and one.use is Use.IDLE]
        too_many = len(left) - len(surplus) - int(self.most * BUSY_SHARE)
        return [*silent, *surplus, *_least_used(idle)[: max(0, too_many)]]

    def _patience(self, one: Connection) -> float:
        if one.use is Use.WEBSOCKET:
            return SILENT_SOCKET_SECONDS
        # An answer that its reader doesn't take needs no more time of ours.
        return SILENT_REQUEST_SECONDS if one.use is Use.REQUEST and not one.stuck else self._idle_seconds


def _by_network(connections: list[Connection], trusted: "_Trusted") -> dict[str, list[Connection]]:
    """Group by the network they come from; open pages have limits of their own (routes/asgi/socket.py)."""
    found: dict[str, list[Connection]] = defaultdict(list)
    for one in connections:
        if one.use is not Use.WEBSOCKET and one.peer[0] not in trusted:
            found[network(one.peer[0])].append(one)
    return found


def _least_used(connections: list[Connection]) -> list[Connection]:
    return sorted(connections, key=lambda one: (one.use, -one.silent))


class _Trusted:
    """The proxies: everyone's connections come from their addresses."""

    def __init__(self, listed: str) -> None:
        names = [name.strip() for name in listed.split(",") if name.strip()]
        self._all = "*" in names
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for name in names:
            with suppress(ValueError):  # a name; granian compares these as they are, and peers have none
                self._networks.append(ipaddress.ip_network(name, strict=False))

    def __contains__(self, host: str) -> bool:
        return self._all or any(ipaddress.ip_address(host) in each for each in self._networks)


class _Held:
    """Duplicates of this process's connections.

    The server may close a connection, and give its number to another one, between our look at it and its end. A
    duplicate stays the same connection whatever becomes of the number: what is checked is what is ended.
    """

    def __init__(self) -> None:
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        for one in self._open:
            one.close()

    def connections(self, uses: dict[Peer, Use]) -> Iterator[Connection]:
        """Yield the connections that came in; others, as those to the database, have no listener on their port."""
        for fd in _breathing(os.listdir(_FDS)):  # noqa: PTH208 - numbers, not files
            if held := _duplicate(int(fd)):
                self._open.append(held)
        ports = {one.getsockname()[1] for one in self._open if _listens(one)}
        for one in _breathing(self._open):
            with suppress(OSError):  # gone in the meantime
                if one.getsockname()[1] in ports and (connection := _connection(one, uses)):
                    yield connection


def _breathing(items: list[T]) -> Iterator[T]:
    for number, item in enumerate(items, 1):
        yield item
        if number % BREATH_EVERY == 0:
            time.sleep(BREATH_SECONDS)


def _duplicate(fd: int) -> socket.socket | None:
    """Return a duplicate of a TCP socket, None for anything else."""
    try:
        if not stat.S_ISSOCK(os.fstat(fd).st_mode):
            return None
        copy = os.dup(fd)
    except OSError:
        return None  # closed since it was listed
    if not stat.S_ISSOCK(os.fstat(copy).st_mode):
        # The number became a file's between two lines. The duplicate must stay open: closing any descriptor of a
        # database file gives up SQLite's locks on it (POSIX, fcntl).
        return None
    one = socket.socket(fileno=copy)
    if one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM:
        return one
    one.close()
    return None


def _listens(one: socket.socket) -> bool:
    return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _connection(one: socket.socket, uses: dict[Peer, Use]) -> Connection | None:
    state, sent, received = _TCP_INFO.unpack(
        one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
    )
    if state not in (_ESTABLISHED, _CLOSE_WAIT):
        return None
    peer = _peer(*one.getpeername()[:2])
    (unread,) = _INT.unpack(fcntl.ioctl(one.fileno(), termios.TIOCOUTQ, _INT.pack(0)))

    def end() -> None:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)

    return Connection(peer, uses.get(peer, Use.IDLE), min(sent, received) / 1_000, unread > 0, end)


def _peer(host: str, port: int | str) -> Peer:
    if ":" not in host:
        return host, int(port)
    found = ipaddress.ip_address(host.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found), int(port)


def _file_limit() -> int:
    """Return how many files this process may open, after asking for all that it can have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return soft if soft != resource.RLIM_INFINITY else sys.maxsize
