"""`/metrics`: the portal in numbers, for Prometheus, with PORTAL_METRICS_TOKEN as a bearer.

Outside production this machine needs no token; in production there is no such address without one.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_portal import measures
from ticket_portal.delivery.files import free_bytes
from ticket_portal.domain.alerts.kinds import Channel
from ticket_portal.domain.operations import health
from ticket_portal.domain.operations.health import MailQueue
from ticket_portal.routes.asgi.internal_access import may_enter
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import portal

log = logging.getLogger(__name__)

LONGEST_WAIT = 3.0
HEADERS = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
_OUTBOX = {
    "due": "Alerts that should have left by now.",
    "oldest_due_seconds": "How long the oldest of these has been due.",
    "later": "Alerts that leave later: held back, or to be tried again.",
    "failed": "Alerts that no carrier would take.",
}
Queues = dict[str, MailQueue]


class _Scrape(Collector):
    """What is told at one scrape."""

    def __init__(self, queues: Queues | None) -> None:
        self._queues = queues

    def collect(self) -> Iterable[Metric]:
        yield from measures.collect()
        yield GaugeMetricFamily(
            "portal_database_up",
            "Whether the database answered this scrape.",
            value=float(self._queues is not None),
        )
        with suppress(OSError):
            yield GaugeMetricFamily(
                "portal_data_free_bytes",
                "Free on the disk of the data folder; files are refused when little is left.",
                value=float(free_bytes(portal().settings)),
            )
        if self._queues is not None:
            yield from _outbox(self._queues)


async def metrics(request: Request) -> Response:
    """Tell all numbers. While the database is away those that are counted here are told alone."""
    settings = portal().settings
    if not may_enter(request, settings, settings.metrics_token):
        return Response("Not Found", 404, media_type="text/plain")
    scrape = _Scrape(await _queues())
    return Response(await asyncio.to_thread(generate_latest, scrape), headers=HEADERS)


async def _queues() -> Queues | None:
    try:
        return await asyncio.wait_for(portal().read(_look), LONGEST_WAIT)
    except (SQLAlchemyError, OSError, TimeoutError) as problem:
        log.warning("metrics without the database: %s", type(problem).__name__)
        return None


def _look(work: Work) -> Queues:
    return {channel: health.mail_queue(work, channel) for channel in Channel}


def _outbox(queues: Queues) -> Iterator[Metric]:
    told = {channel: asdict(queue) for channel, queue in queues.items()}
    for name, about in _OUTBOX.items():
        family = GaugeMetricFamily(f"portal_outbox_{name}", about, labels=["channel"])
        for channel, numbers in told.items():
            family.add_metric([channel], float(numbers[name]))
        yield family


class CountFailures:
    """ASGI layer that counts the requests that broke: answered with 500, or with nothing but an exception.

    One that its client broke off, in the middle of a body that we read, is no fault of ours: it is not counted, and its
    exception ends here. Else anybody could write tracebacks into the log and set off the operator's alarm.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        broken = False

        async def watched(message: Message) -> None:
            nonlocal broken
            broken = broken or message.get("status") == 500
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            broken = False
        except Exception:
            broken = True
            raise
        finally:
            if broken:
                measures.HTTP_FAILURES.inc()


routes = [Route("/metrics", metrics)]
