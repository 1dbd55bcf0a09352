"""What operators read at `/metrics`, of real servers: who may, that it moves, and that processes are one portal."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from tests.browser.portal import ROOT, Server, free_port
from tests.cast import ANA, MINH, asks_about
from tests.security.client import Client
from tests.security.server import SECRET_KEY, Served, served
from ticket_portal.cli import serving
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import new_ticket
from ticket_portal.frontend import environment
from ticket_portal.frontend.build import build as build_front_end
from ticket_portal.store.unit_of_work import Work

TOKEN = "a token of the operator"
CANARY = "canary"
ELSEWHERE = {"X-Forwarded-For": "203.0.113.9"}
LABELS = {"channel", "result", "le"}
PATIENCE = 20.0


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Mail leaves when a test says so."""
    build_front_end()
    with served(tmp_path_factory.mktemp("metrics"), worker=False, metrics_token=TOKEN) as running:
        yield running


def scraped(url: str, **headers: str) -> dict[str, float]:
    """What one scrape tells, as `name{label=value}`."""
    token = {"Authorization": f"Bearer {TOKEN}"}
    answer = httpx.get(f"{url}/metrics", headers=token | headers, timeout=20)
    assert answer.status_code == 200
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation, family.name
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def deliveries(url: str) -> dict[str, float]:
    """What came of the e-mails so far."""
    name = re.compile(r"portal_deliveries_total\{channel=email,result=(\w+)\}")
    return {match[1]: value for key, value in scraped(url).items() if (match := name.fullmatch(key))}


def outbox(url: str) -> dict[str, float]:
    """The e-mails that wait, and those that nobody takes."""
    numbers = scraped(url)
    return {n: numbers[f"portal_outbox_{n}{{channel=email}}"] for n in ("due", "later", "failed")}


def qa_does(portal: Served, door: str, **sent: Any) -> None:
    httpx.post(f"{portal.url}/test/{door}", json=sent, timeout=60).raise_for_status()


def listens(port: int) -> bool:
    """Whether there is somebody at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def minh_asks(portal: Served) -> None:
    """A guest's ticket; its confirmation is due at once."""
    form = asks_about(MINH, f"{CANARY} subject", f"{CANARY} body")
    portal.store.write(new_ticket.submit, NOBODY, form, "192.0.2.1")


async def settles(ask: Callable[[], float], value: float) -> float:
    """Wait until a number is this one; return what it is in the end."""

    def wait() -> float:
        latest = time.monotonic() + PATIENCE
        while (found := ask()) != value and time.monotonic() < latest:
            time.sleep(0.05)
        return found

    return await asyncio.to_thread(wait)


def sockets(url: str) -> float:
    return scraped(url)["portal_open_sockets"]


def test_prometheus_on_this_machine_reads_its_own_format(portal: Served):
    answer = httpx.get(f"{portal.url}/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    numbers = scraped(portal.url)
    assert numbers["portal_database_up"] == 1
    assert numbers["portal_data_free_bytes"] > 1_000_000
    assert numbers["process_resident_memory_bytes"] > 10_000_000
    assert 0 < numbers["process_open_fds"] < numbers["process_max_fds"]
    assert abs(numbers["process_start_time_seconds"] - time.time()) < 3600
    assert numbers["portal_deliveries_total{channel=push,result=gone}"] == 0  # there before the first one


@pytest.mark.parametrize(
    "headers",
    [
        ELSEWHERE,
        {"Via": "1.1 proxy"},
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        ELSEWHERE | {"Authorization": "Bearer wrong"},
        ELSEWHERE | {"Authorization": TOKEN},
    ],
    ids=str,
)
def test_others_are_told_that_nothing_is_here(portal: Served, headers: dict[str, str]):
    refused = httpx.get(f"{portal.url}/metrics", headers=headers)

    assert refused.status_code == 404
    assert "process_" not in refused.text
    assert refused.text == httpx.get(f"{portal.url}/nothing", headers=headers).text


def test_who_has_the_token_may_read_from_anywhere(portal: Served):
    assert scraped(portal.url, **ELSEWHERE, Authorization=f"Bearer {TOKEN}")["portal_database_up"] == 1


def test_an_open_page_is_counted_until_it_is_closed(portal: Served):
    async def look() -> list[float]:
        seen = [await settles(lambda: sockets(portal.url), 0)]
        async with Client(portal.url), Client(portal.url):
            seen.append(await settles(lambda: sockets(portal.url), 2))
        return [*seen, await settles(lambda: sockets(portal.url), 0)]

    assert asyncio.run(look()) == [0, 2, 0]


def test_a_mail_is_due_tried_again_and_sent_and_nobody_reads_whose_it_was(portal: Served):
    before, writes = deliveries(portal.url), scraped(portal.url)["portal_write_seconds_count"]
    minh_asks(portal)
    assert outbox(portal.url) == {"due": 1, "later": 0, "failed": 0}
    qa_does(portal, "faults", mail_down=True)
    qa_does(portal, "clock", advance_seconds=0)
    assert outbox(portal.url) == {"due": 0, "later": 1, "failed": 0}
    assert deliveries(portal.url) == before | {"retry": before["retry"] + 1}

    qa_does(portal, "faults", mail_down=False)
    qa_does(portal, "clock", advance_seconds=60)

    assert outbox(portal.url) == {"due": 0, "later": 0, "failed": 0}
    assert deliveries(portal.url) == before | {"retry": before["retry"] + 1, "sent": before["sent"] + 1}
    numbers = scraped(portal.url)
    assert numbers["portal_write_seconds_count"] > writes
    assert numbers["portal_write_seconds_bucket{le=+Inf}"] == numbers["portal_write_seconds_count"]
    said = httpx.get(f"{portal.url}/metrics").text
    assert CANARY not in said
    assert "@" not in said
    of_ours = (f for f in text_string_to_metric_families(said) if f.name.startswith("portal_"))
    assert {label for family in of_ours for sample in family.samples for label in sample.labels} == LABELS


def test_a_mail_that_is_given_up_has_failed(portal: Served):
    before, failed = deliveries(portal.url), outbox(portal.url)["failed"]
    qa_does(portal, "faults", mail_down=True)
    minh_asks(portal)
    qa_does(portal, "clock", advance_seconds=2 * 86_400)
    qa_does(portal, "faults", mail_down=False)
    qa_does(portal, "clock", advance_seconds=0)

    after = deliveries(portal.url)
    assert (after["failed"], after["sent"]) == (before["failed"] + 1, before["sent"])
    assert after["retry"] > before["retry"]
    assert outbox(portal.url)["failed"] == failed + 1


def test_what_waits_says_since_when(portal: Served):
    minh_asks(portal)
    time.sleep(1.1)
    assert scraped(portal.url)["portal_outbox_oldest_due_seconds{channel=email}"] >= 1
    qa_does(portal, "clock", advance_seconds=0)
    assert scraped(portal.url)["portal_outbox_oldest_due_seconds{channel=email}"] == 0


def test_what_breaks_is_counted(portal: Served):
    """Without the table of tickets a page can't load and the API can't answer."""

    def begin(work: Work) -> str:
        return sessions.begin(work, accounts.create(work, ANA.address, ANA.name, "", "customer"))

    cookies = {"portal_session": portal.store.write(begin)}
    before = scraped(portal.url)

    async def look() -> None:
        async with Client(portal.url, cookies) as tab:
            await tab.visit("/tickets")

    portal.store.write(lambda work: work.session.execute(text("ALTER TABLE ticket RENAME TO gone")))
    try:
        asyncio.run(look())
        broken = httpx.get(f"{portal.url}/tickets/12345", cookies=cookies)
    finally:
        portal.store.write(lambda work: work.session.execute(text("ALTER TABLE gone RENAME TO ticket")))

    after = scraped(portal.url)
    assert broken.status_code == 500
    assert after["portal_http_failures_total"] == before["portal_http_failures_total"] + 1
    assert after["portal_event_failures_total"] > before["portal_event_failures_total"]
    assert "An event failed, reference" in portal.logged()


def test_without_its_database_the_portal_still_tells_the_rest(portal: Served):
    portal.store.write(lambda work: work.session.execute(text("ALTER TABLE alert RENAME TO gone")))
    try:
        numbers = scraped(portal.url)
    finally:
        portal.store.write(lambda work: work.session.execute(text("ALTER TABLE gone RENAME TO alert")))

    assert numbers["portal_database_up"] == 0
    assert "portal_open_sockets" in numbers
    assert not [name for name in numbers if name.startswith("portal_outbox")]
    assert scraped(portal.url)["portal_database_up"] == 1


def test_processes_that_share_a_port_are_counted_together(
    tmp_path: Path, postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
):
    """Whichever is asked; also when one of them ends and another one takes its place."""
    build_front_end()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    public = "https://support.example.com"
    chosen = {
        "env": "production",
        "test_mode": 0,
        "base_url": public,
        "secret_key": SECRET_KEY,
        "mail": "smtp",
        "smtp_url": "smtp://127.0.0.1:9",
        "metrics_token": TOKEN,
    }
    server = Server(tmp_path, database_url=postgres(), processes=2, worker=False, **chosen)

    async def look() -> None:
        async with AsyncExitStack() as opened:
            tabs = [await opened.enter_async_context(Client(server.url, Origin=public)) for _ in range(8)]
            told = [await asyncio.to_thread(scraped, server.url) for _ in range(12)]
            assert {numbers["portal_open_sockets"] for numbers in told} == {8}
            assert len({numbers["portal_write_seconds_count"] for numbers in told}) == 1
            assert {numbers["portal_database_up"] for numbers in told} == {1}

            first, second = processes()
            os.kill(first, signal.SIGKILL)
            assert await settles(lambda: len(processes()), 3) == 3  # with the one that was ended
            left = sum([await tab.ended(within=0.1) is None for tab in tabs])
            assert await settles(lambda: sockets(server.url), left) == left
            told = [await asyncio.to_thread(scraped, server.url) for _ in range(6)]
            assert {numbers["portal_open_sockets"] for numbers in told} == {left}

            await asyncio.to_thread(somebody_tidies_up)
            os.kill(second, signal.SIGKILL)
            assert await settles(lambda: len(processes()), 1) == 1  # the next one starts all the same

    def somebody_tidies_up() -> None:
        for folder in tmp_path.glob("portal-metrics-*"):
            shutil.rmtree(folder)

    def processes() -> list[int]:
        found = tmp_path.glob("portal-metrics-*/counter_*.db")
        return [int(file.stem.removeprefix("counter_")) for file in found]

    server.start()
    try:
        asyncio.run(look())
        server.stop()
        server.start()
        assert len(list(tmp_path.glob("portal-metrics-*"))) == 1, "what the first server left is gone"
        assert scraped(server.url)["portal_open_sockets"] == 0
    finally:
        server.stop()


def test_a_worker_of_its_own_tells_what_it_delivers(portal: Served):
    """To this machine; a port that is taken ends it with a line."""
    port = free_port()
    command = [sys.executable, "-m", "ticket_portal", "worker", "--metrics-port", str(port)]
    variables = os.environ | {
        "PORTAL_DATA_DIR": str(portal.settings.data_dir),
        "PORTAL_SECRET_KEY": portal.settings.secret.decode(),
        "PORTAL_TEST_MODE": "1",  # the clock of the portal, which other tests have moved
    }
    worker = subprocess.Popen(command, cwd=ROOT, env=variables)
    try:
        assert asyncio.run(settles(lambda: listens(port), 1)) == 1
        for host in (
            f"evil.example:{port}",
            "127.0.0.1:1",
            "",
        ):  # a page that has this machine's address (DNS rebinding)
            refused = httpx.get(f"http://127.0.0.1:{port}/metrics", headers={"Host": host})
            assert (refused.status_code, refused.text) == (404, "Not Found")
        minh_asks(portal)
        assert asyncio.run(settles(lambda: deliveries(f"http://127.0.0.1:{port}")["sent"], 1)) == 1
        refused = subprocess.run(
            command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False
        )
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith(f"Can't listen at 127.0.0.1:{port}: Address already in use.")
    finally:
        worker.terminate()
        assert worker.wait(10) == 0


def test_folders_of_servers_that_run_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = [f"portal-metrics-{n}-x" for n in (os.getppid(), os.getpid(), ended.pid)] + [
        "portal-metrics-other"
    ]
    for name in names:
        (tmp_path / name).mkdir()

    made = serving.new_metrics_folder()

    assert {folder.name for folder in tmp_path.iterdir()} == {names[0], names[3], made.name}
    assert made.stat().st_mode & 0o077 == 0


def test_one_process_needs_no_files(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "/of/another/program")
    assert "PROMETHEUS_MULTIPROC_DIR" not in environment.for_server(None)
