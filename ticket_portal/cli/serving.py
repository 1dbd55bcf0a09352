"""Running the servers: granian for the web, the outbox's loop for a worker of its own."""

import asyncio
import errno
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ticket_portal import logs
from ticket_portal.frontend import environment
from ticket_portal.settings import Settings

# Open sockets would keep a worker alive; after this it is ended. Also, a SIGTERM in the second after the start is only
# survived by granian when this is set.
KILL_AFTER_SECONDS = 3
# How long a request's header may take to come, and an idle connection waits for the next one.
HEADER_MILLISECONDS = 20_000
FACTORY = "ticket_portal.asgi:create"


def replace_this_process(settings: Settings) -> NoReturn:
    """Become the web server: what was loaded to get here is given back, and signals reach it directly."""
    command = server_command(settings)
    sys.stdout.flush()
    sys.stderr.flush()
    metrics = new_metrics_folder() if settings.processes > 1 else None
    os.execve(sys.executable, command, environment.for_server(metrics))  # noqa: S606 - fixed words, and no shell


def server_command(settings: Settings, factory: str = FACTORY) -> list[str]:
    """Return the web server's command line; `factory` makes the application."""
    # Every open page holds a connection; granian's own limit is 1,024 in all.
    most = str(settings.limit_connections)
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--factory", factory),
        *("--host", settings.host, "--port", str(settings.port)),
        *("--workers", str(settings.processes)),
        *("--workers-kill-timeout", str(KILL_AFTER_SECONDS)),
        *("--backlog", most, "--backpressure", most),
        # Nothing speaks HTTP/2 without TLS to us; where granian waits to see which one it is, it waits for ever.
        *("--http", "1", "--http1-header-read-timeout", str(HEADER_MILLISECONDS)),
        *("--log-level", "warning", "--log-config", str(logs.GRANIAN_CONFIG)),
    ]
    return [*command, "--respawn-failed-workers"] if settings.env == "production" else command


def new_metrics_folder() -> Path:
    """Make the folder that the web processes share their metrics in, and clear away those of servers that ended.

    Not in the data folder, which may be shared with other machines, where the numbers of processes mean others.
    """
    from ticket_portal.measures import runs

    me = os.getpid()  # and the server's: it takes the place of this process
    for old in Path(tempfile.gettempdir()).glob("portal-metrics-*"):
        server = re.fullmatch("portal-metrics-([1-9][0-9]{0,8})-.*", old.name)
        if server and (int(server[1]) == me or not runs(int(server[1]))):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"portal-metrics-{me}-"))


def port_problem(host: str, port: int) -> str:
    """Return why the port can't be taken, in a line that says what to do; "" when it is free."""
    # granian would share a taken port with its owner (SO_REUSEPORT), and requests would go to either.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return (
                f"Port {port} needs more rights than this user has. Choose one above 1023: PORTAL_PORT=3001"
            )
        except socket.gaierror:
            return f"There is no address {host} on this machine. Check PORTAL_HOST."
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} is taken by another program. End it, or choose another: PORTAL_PORT={port + 1}"
            return f"Can't listen at {host}:{port}: {error.strerror}. Check PORTAL_HOST and PORTAL_PORT."
    return ""


def work() -> None:
    """Deliver what is due until SIGINT or SIGTERM; the delivery in hand is finished."""
    with suppress(asyncio.CancelledError):
        asyncio.run(_work())


async def _work() -> None:
    from ticket_portal.wiring import portal

    parts = portal()
    me = asyncio.current_task()
    assert me is not None
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, me.cancel)
    # The hub tells of what web processes write, so that mail leaves at once and not at the next look.
    async with parts.hub.running():
        await parts.work()
