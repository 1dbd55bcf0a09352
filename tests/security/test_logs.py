"""The log of a real server: nothing that is sent makes a line of its own, a traceback or a flood."""

import asyncio
import json
import re
import socket
import stat
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.security.client import Client
from tests.security.conftest import World
from tests.security.doors import DOORS
from tests.security.names import SESSION
from tests.security.server import Served, served

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR|CRITICAL) [\w.]+ [\w-]+ [^\n]*"
)
FORGED = (
    "x\n2026-11-30T18:00:00.000Z CRITICAL ticket_portal - FORGED: admin signed in from 6.6.6.6\r\n\x1b[31m"
)
BODIES = [
    "/devices/renew",
    "/notifications/mute/" + "a" * 43,
    "/files?form=0190c0de-0000-7000-8000-000000000001",
]
WEBHOOK = "/webhooks/resend"
API = "/api/v1/tickets"
NEW_TICKET = f"{SESSION}.ticket_portal___states___new_ticket____new_ticket_state"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server with the limits that people have, whose security events are apart."""
    folder = tmp_path_factory.mktemp("logs")
    with served(
        folder,
        worker=False,
        log_format="json",
        security_log=str(folder / "security.log"),
        resend_webhook_secret="whsec_c2VjcmV0",
        metrics_token="metrics",
    ) as running:
        yield running


def lines(text: str) -> list[str]:
    """The lines of a log after the server's own greeting, which granian writes before the portal is there."""
    return [line for line in text.splitlines() if not line.startswith("[")]


def broken_off(server: Served, path: str, origin: str) -> None:
    """Begin a POST and go away in the middle of its body."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {origin}\r\nContent-Length: 5000\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nX-File-Name: a.txt\r\n\r\nemail=a"
        )
        connection.sendall(head.encode())


def failures(server: Served) -> float:
    """How many requests broke, by the server's own count."""
    told = httpx.get(f"{server.url}/metrics", headers={"Authorization": "Bearer metrics"}).text
    return float(re.search(r"^portal_http_failures_total (\S+)", told, re.MULTILINE)[1])  # pyright: ignore[reportOptionalSubscript]


def test_a_request_that_is_broken_off_is_no_traceback_and_no_failure(strict: Served) -> None:
    before, known = failures(strict), len(strict.logged())
    for path in (*DOORS, *BODIES, WEBHOOK, API):
        for _ in range(3):
            broken_off(strict, path, strict.url)
    httpx.get(f"{strict.url}/healthz")
    assert failures(strict) == before
    assert lines(strict.logged()[known:]) == []


def test_whatever_a_stranger_sends_makes_no_line_of_its_own(strict: Served) -> None:
    """Every field of a request and of a socket that the server reads, with line ends and escape codes in it."""
    quoted = FORGED.encode().decode("latin-1").replace("\r", "").replace("\n", "%0A")

    async def say() -> None:
        async with Client(strict.url) as tab:
            await tab.visit("/tickets/new")
            for where in ("pathname", "asPath", FORGED):
                await tab.call(f"{NEW_TICKET}.load", {}, "/tickets/new", **{where: FORGED})
            await tab.call(FORGED, {"x": FORGED})
            await tab.call(f"{NEW_TICKET}.{FORGED}", {})
            await tab.call(
                f"{NEW_TICKET}.submit", {"typed": {FORGED: FORGED, "email": FORGED, "subject": FORGED}}
            )
            await tab.call(f"{NEW_TICKET}.submit", {FORGED: 1})
            await tab.settled()

    asyncio.run(say())
    for path in (*DOORS, *BODIES, WEBHOOK, API, "/nowhere"):
        headers = {
            "Origin": strict.url,
            "User-Agent": quoted,
            "Cookie": f"portal_session={quoted}",
            "X-File-Name": quoted,
        }
        httpx.post(
            f"{strict.url}{path}", data={"email": FORGED, "password": FORGED, "code": FORGED}, headers=headers
        )
        httpx.post(f"{strict.url}{path}", headers=headers | {"Origin": "https://evil.example"})
        httpx.post(f"{strict.url}{path}?{quote(FORGED)}", headers=headers | {"Authorization": quoted})
    for logged in (strict.logged(), (strict.settings.data_dir / "security.log").read_text()):
        for line in lines(logged):
            assert line.isascii()
            assert line.isprintable()
            assert json.loads(line)["level"]
            assert "FORGED" not in json.loads(line)["message"]


def test_what_anybody_can_cause_is_told_once_a_minute(strict: Served) -> None:
    async def handshakes() -> None:
        for _ in range(20):
            async with Client(strict.url, Sec_WebSocket_Protocol=f"forged-{_}"):
                pass

    known = len(strict.logged())
    asyncio.run(handshakes())
    for _ in range(40):
        assert httpx.post(f"{strict.url}{WEBHOOK}", content=b"{}").status_code == 401
    told = [json.loads(line) for line in lines(strict.logged()[known:])]
    assert len([line for line in told if "webhook" in line["message"]]) <= 1
    assert len(told) <= 3


def test_security_events_are_in_their_own_file(strict: Served) -> None:
    """Which only its owner may read. A cross-site post is told by its route, and not without end."""
    file = strict.settings.data_dir / "security.log"
    for _ in range(200):
        httpx.post(f"{strict.url}/auth/sign-in", headers={"Origin": "https://evil.example"})
    told = [json.loads(line)["facts"] for line in file.read_text().splitlines()]
    refused = [facts for facts in told if facts["event"] == "origin_refused"]
    assert "ticket_portal.routes.forms.session.sign_in" in {facts["at"] for facts in refused}
    assert len(refused) <= 120
    assert "evil" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "origin_refused" not in strict.logged()


def test_a_line_of_text_has_time_level_logger_and_reference(portal: Served, world: World) -> None:
    """The other server writes text: every line of it begins like that, or is a traceback's and begins with blanks."""
    httpx.post(f"{portal.url}/auth/sign-in", headers={"Origin": "https://evil.example"})
    found = lines(portal.logged())
    assert any("event=origin_refused" in line for line in found)
    assert all(LINE.fullmatch(line) or line.startswith("    ") for line in found)
