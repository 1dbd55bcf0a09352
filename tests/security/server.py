"""The production server in a process of its own, over a database of its own: as people and attackers meet it."""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.browser.portal import free_port
from ticket_portal.cli.serving import server_command
from ticket_portal.settings import Settings
from ticket_portal.store import migrations
from ticket_portal.store.unit_of_work import Store

ROOT = Path(__file__).parents[2]
START_SECONDS = 40
SECRET_KEY = "k7Qw2ZpX9vLrT4mBnJ8sYdHcF6gAeUoR3iVtNyWx"  # as a production server wants it


@dataclass
class Served:
    """A running portal, and the same database from outside of it: what is written here, another process wrote."""

    url: str
    store: Store
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def settings(self) -> Settings:
        """What it was started with."""
        return self.store.settings

    def logged(self) -> str:
        """Everything the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def served(
    folder: Path, *arguments: str, factory: str = "ticket_portal.asgi:create", **chosen: object
) -> Iterator[Served]:
    """Serve the portal from an empty database in `folder`; further settings by name, `env="production"`.

    The front end must be built. `arguments` go to the server; `factory` makes the application.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    given: dict[str, object] = {
        "port": port,
        "data_dir": folder,
        "secret_key": SECRET_KEY,
        "test_mode": True,
        **chosen,
    }
    settings = Settings(_env_file=None, **given)  # pyright: ignore[reportArgumentType, reportCallIssue]
    migrations.upgrade(settings)
    variables = {f"PORTAL_{name.upper()}": str(value) for name, value in given.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    command = [*server_command(settings, factory), "--workers-kill-timeout", "5", *arguments]
    log = folder / f"server-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**kept, **variables}, stdout=out, stderr=subprocess.STDOUT
        )
    store = Store(settings)
    portal = Served(f"http://127.0.0.1:{port}", store, log, process)
    try:
        _wait_for(portal)
        yield portal
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
        store.close()


def _wait_for(portal: Served) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and portal.process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{portal.url}/ping", timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{portal.logged()[-3000:]}")
