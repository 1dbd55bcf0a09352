"""What operators watch in numbers, counted where it happens and told by `/metrics` (routes/metrics.py).

Web processes that share a port share a folder: each keeps its numbers in files there, and whichever is asked adds
all of them up. Labels are from closed sets: nothing that people type, no ticket's number, no address.
"""

import operator
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
    make_wsgi_app,
)
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from ticket_portal.domain.alerts.kinds import Channel
from ticket_portal.frontend import environment

SENT, FAILED, RETRY, GONE = "sent", "failed", "retry", "gone"

STARTED = "process_start_time_seconds"

disable_created_metrics()  # a timestamp beside every counter, which is not needed
_ours = CollectorRegistry()

OPEN_SOCKETS = Gauge(
    "portal_open_sockets",
    "Websockets that are open: one for each open page.",
    registry=_ours,
    multiprocess_mode="livesum",
)
PAGE_STATES = Gauge(
    "portal_page_states",
    "States of pages in memory: of open ones, and of those that were closed a short while ago.",
    registry=_ours,
    multiprocess_mode="livesum",
)
WRITE_SECONDS = Histogram(
    "portal_write_seconds",
    "Time from asking for a write transaction until it was committed, with all waits and retries.",
    registry=_ours,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
EVENT_FAILURES = Counter(
    "portal_event_failures",
    "Event handlers that failed; each is in the log with a reference.",
    registry=_ours,
)
HTTP_FAILURES = Counter(
    "portal_http_failures", "Requests that were answered with status 500.", registry=_ours
)
_deliveries = Counter(
    "portal_deliveries",
    "Tries to deliver an alert, by what came of them: sent, failed (for good), retry (later), gone (the device).",
    ["channel", "result"],
    registry=_ours,
)
# There from the start, at 0: a rate can't tell of a first one otherwise.
_settled = {(c, r): _deliveries.labels(c, r) for c in Channel for r in (SENT, FAILED, RETRY, GONE)}
_platform = PlatformCollector(registry=None)


def settled(channel: Channel, result: str) -> None:
    """Count what came of a try to deliver."""
    _settled[channel, result].inc()


def tell_at(port: int) -> None:
    """Answer Prometheus on this machine, in a process that is no web server. Raises OSError."""
    everything = CollectorRegistry()
    everything.register(_Everything())
    # A web page whose name was given this machine's address (DNS rebinding) comes under that name.
    own = {f"127.0.0.1:{port}", f"localhost:{port}"}
    tell = make_wsgi_app(everything)

    def to_this_machine(environ: dict[str, Any], start: Any) -> Any:
        if environ.get("HTTP_HOST") not in own:
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"Not Found"]
        return tell(environ, start)

    server = make_server("127.0.0.1", port, to_this_machine, ThreadingWSGIServer, handler_class=_Silent)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Keep no access log."""


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        return collect()


def collect() -> Iterator[Metric]:
    """Give the numbers of this process, or of all that share its port. Reads their files, if there are several."""
    folder = environment.metrics_folder()
    if folder is None:
        yield from _ours.collect()
        yield from _of_processes(["self"])
    else:
        running = _running(folder)
        yield from MultiProcessCollector(None, str(folder)).collect()
        yield from _of_processes(running)
    yield from _platform.collect()


def runs(process: int) -> bool:
    """Whether a process of this machine is still there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _running(folder: Path) -> list[int]:
    """The processes that are there; what was true only while others were (their open sockets) is forgotten."""
    known = {int(file.stem.rpartition("_")[2]) for file in folder.glob("*.db")}
    running = [process for process in known if runs(process)]
    for ended in known.difference(running):
        with suppress(FileNotFoundError):  # another scrape does the same
            mark_process_dead(ended, str(folder))
    return running


def _of_processes(processes: Iterable[int | str]) -> Iterator[Metric]:
    """Memory, time and files of the processes together, and when the youngest of them started."""
    together: dict[str, Metric] = {}
    for process in processes:
        for metric in ProcessCollector(pid=lambda process=process: process, registry=None).collect():
            known = together.setdefault(metric.name, metric)
            if known is not metric:
                add = max if metric.name == STARTED else operator.add
                known.samples = [
                    old._replace(value=add(old.value, new.value))
                    for old, new in zip(known.samples, metric.samples, strict=True)
                ]
    yield from together.values()
