"""What one request of a stranger may cost: 50 ms of the server's CPU and 64 kB of its memory (docs/security.md).

Each route is asked with the largest inputs that it takes, over and over. The list of routes is the application's own:
one that is added is measured as well. What a socket may say is measured in `test_event_cost.py`.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.security.server import ROOT, Served, served
from ticket_portal.frontend.build import build as build_front_end
from ticket_portal.settings import Settings

MOST_CPU = 0.050
MOST_KEPT = 64 * 1024
AGAIN = 5
ROUNDS = 3  # the cheapest of them counts: the others shared a core; memory shows over many requests only
# Doors for insiders: not for strangers, and absent in production (tests/security/test_insiders.py).
INSIDERS = ("/test/", "/dev/", "/metrics")
_LISTED = """
import json
from ticket_portal.frontend import environment
environment.prepare_to_serve()
from starlette.routing import Mount
from ticket_portal.app import ROUTES
def listed(routes, before=""):
    for route in routes:
        if isinstance(route, Mount):
            yield from listed(route.routes, before + route.path)
        else:
            kind = "form" if route.endpoint.__module__.endswith(".doors") else ""
            for method in sorted(route.methods or ["GET"]):
                yield method, before + route.path, kind
print(json.dumps(list(listed(ROUTES))))
"""
_COUNTED = ("_per_hour", "_per_day", "_per_10_minutes", "_burst", "_per_second")
_numbers = count(1)


@dataclass(frozen=True)
class Ask:
    """One request."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


# What is slow in one way or another: long, many bytes a character, growing when normalised (U+FDFA becomes 18
# characters), digits, white space, one long word, an address without an end, and what parsers go back over.
TEXTS = (
    "x" * 4_096,
    "\ufdfa" * 1_300,
    "e\u0301" * 2_000,
    "0" * 4_096,
    " " * 4_096,
    "a@" * 2_000,
    "a." * 2_000 + "@example.com",
    "((((" * 1_000,
    "https://example.com/" + "%2f" * 1_300,
    "4111 1111 1111 1111 " * 200,
    " ".join(["vital", "usage", "valve", "metal"] * 12) + " zz " * 900,
)
FIELDS = (
    "email",
    "password",
    "current",
    "name",
    "code",
    "token",
    "next",
    "number",
    "language",
    "time_zone",
    "new",
    "text",
)


def plausible() -> dict[str, str]:
    """A form as somebody would fill it in who wants the most work done for it: nothing in it is refused early."""
    n = next(_numbers)
    return {
        "email": f"stranger{n}@example.com",
        "name": "N" * 80,
        "password": f"{n} Thirty-six violet herons " + "é" * 950,
        "current": "x" * 1_000,
        "code": "123456",
        "token": "A" * 43,
        "next": "/tickets/12345",
        "number": "12345",
        "language": "uk",
        "time_zone": "Europe/Kyiv",
        "article": "stay-safe",
        "helpful": "no",
    }


def forms() -> Iterator[dict[str, str]]:
    """Every kind of filled-in form."""
    yield plausible()
    for text in TEXTS:
        yield dict.fromkeys(FIELDS, text)
        yield {**plausible(), "email": text[:4_096]}
        yield {**plausible(), "password": text[:1_000]}


def _form(path: str) -> Iterator[Ask]:
    for given in forms():
        yield Ask(
            "POST", path, urlencode(given).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )


def _query(path: str) -> Iterator[Ask]:
    yield Ask("GET", path)
    yield Ask("GET", f"{path}?{'&'.join(f'p{n}=' + 'v' * 60 for n in range(100))}")
    yield Ask("GET", path, headers={"Cookie": "; ".join(f"c{n}={'v' * 60}" for n in range(100))})
    yield Ask("GET", path, headers={"Accept-Language": ",".join(f"x{n};q=0.{n}" for n in range(600))})
    yield Ask("GET", path, headers={"Cookie": f"portal_session={'A' * 43}; portal_guest={'B' * 43}"})


def _token(path: str) -> Iterator[Ask]:
    yield from _query(path)
    for token in ("A" * 43, "A" * 4_000, "%00" * 1_000, "%ef%b7%ba" * 400):
        yield Ask("GET", path.rsplit("/", 1)[0] + f"/{token}")


def _json_bodies(method: str, path: str, **headers: str) -> Iterator[Ask]:
    for body in (
        json.dumps({"subject": "s" * 150, "body": "b" * 10_000, "email": f"s{next(_numbers)}@example.com"}),
        "[" * 50_000,
        '{"a":' * 9_000 + "1" + "}" * 9_000,
        json.dumps({f"k{n}": "v" for n in range(9_000)}),
        '"' + "\\u00e9" * 15_000 + '"',
        "1" * 4_000,
    ):
        yield Ask(method, path, body.encode(), {"Content-Type": "application/json", **headers})


def _file(path: str) -> Iterator[Ask]:
    text = ("one,two,three\n" * 700_000)[:9_900_000].encode()
    for name, body in (
        ("notes.csv", text),
        ("notes.txt", b"hello"),
        ("x" * 3_000, b"hello"),
        ("film.mp4", text),
    ):
        form = uuid4()
        yield Ask(
            "POST",
            f"{path}?form={form}",
            body,
            {"X-File-Name": name, "Content-Type": "application/octet-stream"},
        )


PAGES = (
    "/",
    "/es",
    "/sign-in",
    "/uk/tickets",
    "/tickets/new",
    "/tickets/12345",
    "/guest/AAAA",
    "/help/alerts",
    "/vi/agent",
)
PAGES += ("/nothing/here", "/assets/nothing.js", "/check-message", "/share", "/updates", "/ping")


def asks(method: str, path: str, kind: str) -> Iterator[Ask]:
    """Yield the largest inputs of a route."""
    if kind == "form":
        yield from _form(path)
    elif (method, path) == ("POST", "/files"):
        yield from _file(path)
    elif path.startswith(("/api/", "/webhooks/", "/devices/")) and method in ("POST", "PUT", "PATCH"):
        filled = path.replace("{number}", "12345")
        yield from _json_bodies(method, filled, Authorization="Bearer " + "A" * 43)
    else:
        filled = path.replace("{number}", "1" * 4_000).replace("{file_id}", "f" * 4_000)
        for ask in _token(filled) if "{" in path else _query(filled):
            yield Ask(method, ask.path, ask.body, ask.headers)


@pytest.fixture(scope="module")
def listed() -> list[tuple[str, str, str]]:
    """Return the application's own routes: method, path, whether it takes a browser's form."""
    command = [sys.executable, "-c", _LISTED]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [tuple(route) for route in json.loads(found.stdout.strip().splitlines()[-1])]


@pytest.fixture(scope="module")
def costly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve with limits so wide that each request is worked on: what a limit refuses costs nothing to measure."""
    build_front_end()
    wide = [name for name in Settings.model_fields if name.startswith("limit_") and name.endswith(_COUNTED)]
    secret = "whsec_" + base64.b64encode(bytes(24)).decode()
    chosen = dict.fromkeys(wide, 1_000_000) | {"worker": False, "resend_webhook_secret": secret}
    with served(tmp_path_factory.mktemp("cost"), **chosen) as running:
        yield running


def test_a_request_costs_a_stranger_more_than_us(costly: Served, listed: list[tuple[str, str, str]]) -> None:
    """Ask every route for the most that it can be asked for: no request takes 50 ms of CPU or keeps 64 kB."""
    routes = [route for route in listed if not route[1].startswith(INSIDERS)]
    routes += [("GET", page, "") for page in PAGES]
    found: dict[str, float] = {}
    with httpx.Client(base_url=costly.url, headers={"Origin": costly.url}, timeout=60) as stranger:
        meter = Meter(costly, stranger)
        for round_number in range(ROUNDS):
            if round_number == 1:  # what is loaded at the first use belongs to no request
                meter.begin()
            for method, path, kind in routes:
                for at, ask in enumerate(asks(method, path, kind)):
                    name = f"{method} {path} #{at}"
                    found[name] = min(found.get(name, 9.0), meter.cpu_of(ask))
        # What others compute beside it makes the same work dearer (caches, clock): the dear ones are asked again.
        for _ in range(AGAIN):
            for method, path, kind in routes:
                if any(
                    cpu > MOST_CPU and name.startswith(f"{method} {path} #") for name, cpu in found.items()
                ):
                    for at, ask in enumerate(asks(method, path, kind)):
                        name = f"{method} {path} #{at}"
                        found[name] = min(found[name], meter.cpu_of(ask))
    dear = {name: round(cpu, 3) for name, cpu in found.items() if cpu > MOST_CPU}
    assert not dear
    assert meter.kept() < MOST_KEPT, f"{meter.kept():.0f} bytes a request"
    assert "Traceback" not in costly.logged(), costly.logged()[-4000:]


class Meter:
    """Counts what requests cost a server."""

    def __init__(self, server: Served, client: httpx.Client) -> None:
        """Measure from now on."""
        self._processes = [psutil.Process(server.process.pid)]
        self._processes += self._processes[0].children()  # granian's worker; not those that look into files
        self._client = client
        self._requests = 0
        self._memory = 0

    def begin(self) -> None:
        """Count what is kept from now on."""
        self._requests, self._memory = 0, self._resident()

    def cpu_of(self, ask: Ask) -> float:
        """Return the CPU seconds of one request; its answer is read, and no answer is one of ours failing."""
        before = self._cpu()
        self._requests += 1
        with suppress(
            httpx.RemoteProtocolError, httpx.WriteError
        ):  # too large: the connection goes, unanswered
            answer = self._client.request(ask.method, ask.path, content=ask.body, headers=ask.headers)
            assert answer.status_code < 500, (ask.method, ask.path, answer.text[:300])
        return self._cpu() - before

    def kept(self) -> float:
        """Return the bytes that were kept of each request."""
        return (self._resident() - self._memory) / self._requests

    def _cpu(self) -> float:
        return sum(_cpu_seconds(process.pid) for process in self._processes)

    def _resident(self) -> int:
        return sum(process.memory_info().rss for process in self._processes)


def _cpu_seconds(pid: int) -> float:
    """Return what a process has computed, exactly: its threads' run times in nanoseconds (Linux)."""
    return (
        sum(int(stat.read_text().split()[0]) for stat in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
    )
