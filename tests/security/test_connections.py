"""Connections that say nothing, or never finish what they say: each ends by itself, and none keeps others out."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from tests.security.doors import DOORS
from tests.security.server import Served, served
from ticket_portal.routes.asgi.connections import Connection, Rules, Use
from ticket_portal.settings import Settings

MOST_PER_NETWORK = 60
ENDS_WITHIN = 20.0
OTHERS = ("/notifications/mute/x", "/notifications/not-me/x", "/devices/renew", "/webhooks/resend", "/api/v1/tickets",
          "/nothing-here", "/test/clock")  # fmt: skip
HEAD = "Host: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server with short limits, so that a test need not wait for half a minute."""
    chosen = {
        "limit_idle_seconds": 2,
        "limit_body_seconds": 1,
        "limit_connections_per_ip": MOST_PER_NETWORK,
        "worker": False,
    }
    with served(tmp_path_factory.mktemp("impatient"), **chosen) as running:
        yield running


def line_to(portal: Served, source: str = "127.0.0.2") -> socket.socket:
    """Open a connection, from an address of this machine that the test's other requests don't have."""
    parts = urlsplit(portal.url)
    return socket.create_connection((parts.hostname, parts.port or 80), ENDS_WITHIN, (source, 0))


def until_closed(line: socket.socket) -> bytes:
    """Return all that still comes; fails when the server doesn't close it."""
    heard = bytearray()
    try:
        while part := line.recv(65_536):
            heard += part
    except ConnectionResetError:
        pass
    return bytes(heard)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "G",
        "GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: ",
        "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /_event/?EIO=4 HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "POST /files HTTP/1.1\r\nHost: {host}\r\n",
    ],
    ids=["nothing", "a letter", "half a header", "an answer, then nothing", "HTTP/2", "half a handshake", "no body"],
)  # fmt: skip
def test_a_silent_connection_ends(impatient: Served, said: str) -> None:
    """Whatever was said before the silence."""
    with line_to(impatient) as line:
        line.sendall(said.format(host=urlsplit(impatient.url).netloc).encode())
        until_closed(line)


def test_a_body_that_never_comes_is_answered_408(impatient: Served) -> None:
    """Everywhere but at /files, whose bodies are large, the body must be there within seconds."""
    host = urlsplit(impatient.url).netloc
    with ExitStack() as opened:
        waiting: list[socket.socket] = []
        for address in (*DOORS, *OTHERS):
            for framing in ("Content-Length: 400\r\n\r\nemail=", "Transfer-Encoding: chunked\r\n\r\n"):
                line = opened.enter_context(line_to(impatient, f"127.0.0.{10 + len(waiting) % 9}"))
                line.sendall(f"POST {address} HTTP/1.1\r\n{HEAD.format(host=host)}{framing}".encode())
                waiting.append(line)
        for answer in map(until_closed, waiting):
            assert answer.startswith(b"HTTP/1.1 408 "), answer[:200]
            assert b"x-content-type-options: nosniff" in answer.lower()
    assert "Traceback" not in impatient.logged()


@pytest.mark.parametrize("address", [*DOORS, "/nothing-here", "/api/v1/tickets", "/devices/renew"])
def test_a_body_that_is_too_large_is_not_read(impatient: Served, address: str) -> None:
    """Also one whose length is not said."""
    own = {"Origin": impatient.url, "Content-Type": "application/x-www-form-urlencoded"}
    statuses = {
        httpx.post(impatient.url + address, content=content, headers=own).status_code
        for content in (b"a=" + b"b" * 300_000, (b"x" * 10_000 for _ in range(30)))
    }
    assert statuses <= {401, 404, 413}


def test_one_network_does_not_take_every_place(impatient: Served) -> None:
    """Hundreds of connections without a word: others are answered, and the idlest of these go first."""
    with ExitStack() as opened:
        lines = [opened.enter_context(line_to(impatient, "127.0.0.4")) for _ in range(600)]
        assert httpx.get(f"{impatient.url}/healthz", timeout=5).status_code == 200
        for line in lines[:-MOST_PER_NETWORK]:
            until_closed(line)


def test_the_longest_idle_go_first_and_open_pages_stay() -> None:
    """A network's share, then everyone's: what has no request and was silent the longest makes room."""
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        limit_connections=128,
        limit_connections_per_ip=3,
        limit_idle_seconds=30,
        trusted_proxies="10.0.0.5",
    )
    rules = Rules(settings)

    def held(host: str, silent: float, use: Use = Use.IDLE, *, stuck: bool = False) -> Connection:
        return Connection((host, 1), use, silent, stuck, lambda: None)

    silent = held("192.0.2.9", 31)
    working = held("192.0.2.9", 200, Use.REQUEST)
    unread = held("192.0.2.9", 31, Use.REQUEST, stuck=True)
    page, dead_page = held("192.0.2.9", 60, Use.WEBSOCKET), held("192.0.2.9", 76, Use.WEBSOCKET)
    assert rules.doomed([silent, working, unread, page, dead_page]) == [silent, unread, dead_page]

    ours = [held(f"2001:db8::{n}", 20 - n, Use.REQUEST if n == 1 else Use.IDLE) for n in range(1, 6)]
    assert rules.doomed(ours) == ours[1:3], "one /64 is one network; a request is worth more than silence"
    assert rules.doomed([held("10.0.0.5", 1) for _ in range(20)]) == [], "everyone comes through the proxy"

    crowd = [held(f"192.0.2.{n}", n / 10) for n in range(100)]
    assert {one.silent for one in rules.doomed(crowd)} == {9.9, 9.8, 9.7, 9.6}, (
        "a quarter of all places stays free"
    )
