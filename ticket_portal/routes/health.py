"""`/healthz`: the process is alive. `/readyz`: it can serve people, so a load balancer may send them here."""

import asyncio
import logging
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ticket_portal.domain.alerts.kinds import Channel
from ticket_portal.domain.operations import health
from ticket_portal.store import migrations
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import portal

log = logging.getLogger(__name__)

LONGEST_WAIT = 3.0
NO_STORE = {"Cache-Control": "no-store"}


async def healthz(_request: Request) -> Response:
    """Say that the process answers; nothing else is asked, so that a slow database restarts no process."""
    return JSONResponse({"status": "alive"}, headers=NO_STORE)


async def readyz(_request: Request) -> Response:
    """Say whether people can be served, part by part. Waiting mail is reported but is no failure."""
    database, shared = await asyncio.gather(_database(), _redis())
    ready = database["status"] == "ok" and shared["status"] in ("ok", "unused")
    mail = {"carrier": portal().settings.mail, **database.pop("mail", {})}
    push = {"key": bool(portal().settings.vapid_key), **database.pop("push", {})}
    content = {
        "status": "ready" if ready else "unavailable",
        "database": database,
        "redis": shared,
        "mail": mail,
        "push": push,
    }
    return JSONResponse(content, 200 if ready else 503, headers=NO_STORE)


async def _database() -> dict[str, Any]:
    try:
        return await asyncio.wait_for(portal().read(_look), LONGEST_WAIT)
    except (SQLAlchemyError, OSError, TimeoutError) as problem:
        # What exactly is wrong (addresses, users) is for the log, not for the client.
        log.warning("not ready, database: %s", type(problem).__name__)
        return {"status": "unreachable"}


def _look(work: Work) -> dict[str, Any]:
    if not migrations.is_current(work):
        return {"status": "not migrated"}
    mail, push = health.mail_queue(work), health.mail_queue(work, Channel.PUSH)
    return {"status": "ok", "mail": asdict(mail), "push": asdict(push)}


async def _redis() -> dict[str, Any]:
    address = portal().settings.redis_url
    if not address:
        return {"status": "unused"}
    from redis import asyncio as redis  # a large library, for those who use it
    from redis.exceptions import RedisError

    try:
        waits = {"socket_timeout": LONGEST_WAIT, "socket_connect_timeout": LONGEST_WAIT}
        async with redis.from_url(address, **waits) as client:  # pyright: ignore[reportUnknownMemberType]
            await client.execute_command("PING")  # pyright: ignore[reportUnknownMemberType]
    except (RedisError, OSError, TimeoutError, ValueError) as problem:
        log.warning("not ready, redis: %s", type(problem).__name__)
        return {"status": "unreachable"}
    return {"status": "ok"}


routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
