"""`/test/…`: what QA engineers steer a running portal with. Only with PORTAL_TEST_MODE=1, never in production.

From this machine, or with PORTAL_TEST_TOKEN as a bearer token; everybody else is told that there is nothing here.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from math import ceil
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ticket_portal.delivery import outbox
from ticket_portal.delivery.faults import MAIL_DOWN, PUSH_GONE, SLOW_DATABASE
from ticket_portal.demo import scenarios
from ticket_portal.demo.scenarios import NoSuchScenario
from ticket_portal.domain.addresses import canonical
from ticket_portal.domain.errors import BadAddress
from ticket_portal.domain.operations import health, mailbox, pushbox, qa
from ticket_portal.routes.asgi.bodies import whole
from ticket_portal.routes.asgi.internal_access import may_enter
from ticket_portal.store.tables import CapturedMail, CapturedPush
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import portal

Endpoint = Callable[[Request], Awaitable[Response]]

LARGEST_BODY = 16 * 1024
LONGEST_WAIT = 20.0
MOST_STOPS = 60


class Advance(BaseModel):
    """How far the clock goes forward."""

    model_config = ConfigDict(extra="forbid", strict=True)

    advance_seconds: Annotated[int, Field(ge=0, le=qa.FURTHEST)]


class Troubles(BaseModel):
    """Which troubles begin or end; what is not named stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    mail_down: bool | None = None
    push_gone: bool | None = None
    slow_database_ms: Annotated[int, Field(ge=0, le=5_000)] | None = None
    drop_sockets: bool = False


class Refused(Exception):
    """The request can't be understood; the text says why."""


Model = TypeVar("Model", bound=BaseModel)


def for_testers(endpoint: Endpoint) -> Endpoint:
    """Let in testers alone."""

    async def guarded(request: Request) -> Response:
        settings = portal().settings
        if not settings.test_mode or not may_enter(request, settings, settings.test_token):
            return Response("Not Found", 404, media_type="text/plain")
        try:
            return await endpoint(request)
        except Refused as refusal:
            return JSONResponse({"detail": str(refusal)}, 422)

    return guarded


@for_testers
async def mails(request: Request) -> Response:
    """Return captured mail, the newest first; DELETE throws it away."""
    if request.method == "DELETE":
        await portal().write(mailbox.clear)
        return Response(status_code=204)
    found = await portal().read(mailbox.newest, _recipient(request))
    return _answer([_mail(mail) for mail in found])


@for_testers
async def pushes(request: Request) -> Response:
    """Return captured pushes, the newest first; DELETE throws them away."""
    if request.method == "DELETE":
        await portal().write(pushbox.clear)
        return Response(status_code=204)
    endpoint = request.query_params.get("endpoint", "")
    found = await portal().read(pushbox.newest, _recipient(request), endpoint)
    return _answer([_push(one) for one in found])


@for_testers
async def clock(request: Request) -> Response:
    """Move the clock forward; answer when all that became due is delivered.

    It stops where something is due, so that each thing happens at its own time: a reminder after three days is not
    one of seventeen days. With very many stops the rest is one jump.
    """
    if request.method == "GET":
        return _answer({"now": (await portal().read(_now)).isoformat()})
    asked = await _read(Advance, request)
    if not await portal().read(qa.may_advance, asked.advance_seconds):
        raise Refused("advance_seconds: the clock would be more than ten years ahead")
    left = asked.advance_seconds
    for _stop in range(MOST_STOPS):
        await _deliver()
        step = await portal().read(_seconds_to_next)
        if step is None or step >= left:
            break
        await portal().write(qa.advance, step)
        left -= step
    now = await portal().write(qa.advance, left)
    await _deliver()
    return _answer({"now": now.isoformat()})


@for_testers
async def list_scenarios(_request: Request) -> Response:
    """Return the names of the scenarios."""
    return _answer(list(scenarios.SCENARIOS))


@for_testers
async def load_scenario(request: Request) -> Response:
    """Empty the database and set up a scenario; answer with its numbers and addresses."""
    p = portal()
    try:
        found = await p.run(partial(scenarios.load, p.store, request.path_params["name"]))
    except NoSuchScenario:
        known = ", ".join(scenarios.SCENARIOS)
        return _answer({"detail": f"There is no such scenario. There are: {known}."}, 404)
    await p.write(_end_troubles)
    if p.faults:
        p.faults.mail_down = p.faults.push_gone = False
        p.faults.slow_database_ms = 0
    await _deliver()
    return _answer(found)


@for_testers
async def faults(request: Request) -> Response:
    """Begin or end troubles; answer which ones there are."""
    p = portal()
    assert p.faults is not None  # it is there in test mode
    if request.method == "POST":
        asked = await _read(Troubles, request)
        topics = _topics(asked)
        p.faults.hear(topics)
        await p.write(_tell, topics)
    there = p.faults
    return _answer(
        {
            "mail_down": there.mail_down,
            "push_gone": there.push_gone,
            "slow_database_ms": there.slow_database_ms,
        }
    )


async def _deliver() -> None:
    """Deliver all that is due; what another process has in hand is waited for."""
    p = portal()
    latest = time.monotonic() + LONGEST_WAIT
    await p.run(p.outbox.deliver_due)
    while await p.read(_is_due) and time.monotonic() < latest:
        await asyncio.sleep(0.02)
        await p.run(p.outbox.deliver_due)


def _topics(asked: Troubles) -> set[str]:
    topics = {"sockets"} if asked.drop_sockets else set[str]()
    if asked.mail_down is not None:
        topics.add(f"{MAIL_DOWN}{int(asked.mail_down)}")
    if asked.push_gone is not None:
        topics.add(f"{PUSH_GONE}{int(asked.push_gone)}")
    if asked.slow_database_ms is not None:
        topics.add(f"{SLOW_DATABASE}{asked.slow_database_ms}")
    return topics


def _tell(work: Work, topics: set[str]) -> None:
    work.publish(*topics)


def _end_troubles(work: Work) -> None:
    work.publish(f"{MAIL_DOWN}0", f"{PUSH_GONE}0", f"{SLOW_DATABASE}0")


def _now(work: Work) -> Any:
    return work.now


def _is_due(work: Work) -> bool:
    return health.mail_queue(work).due > 0 or _seconds_to_next(work) == 0


def _seconds_to_next(work: Work) -> int | None:
    due = outbox.next_due_at(work)
    return max(0, ceil((due - work.now).total_seconds())) if due else None


async def _read(model: type[Model], request: Request) -> Model:
    body = await whole(request, LARGEST_BODY)
    if body is None:
        raise Refused("the body is too large")
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False, include_context=False)
        raise Refused("; ".join(f"{'.'.join(map(str, m['loc']))}: {m['msg']}" for m in mistakes)) from None


def _mail(mail: CapturedMail) -> dict[str, Any]:
    return {
        "to": mail.address,
        "subject": mail.subject,
        "kind": mail.kind,
        "locale": mail.language,
        "headers": mail.headers,
        "text": mail.plain,
        "html": mail.html,
        "link": mail.link or None,
        "code": mail.code or None,
        "created_at": mail.created_at.isoformat(),
    }


def _push(push: CapturedPush) -> dict[str, Any]:
    return {
        "to": push.address,
        "endpoint": push.endpoint,
        "kind": push.kind,
        "locale": push.language,
        "headers": push.headers,
        **push.payload,
        "created_at": push.created_at.isoformat(),
    }


def _recipient(request: Request) -> str:
    """Return whose captured news is asked for; "" for everybody's. Raises Refused."""
    address = request.query_params.get("to", "").strip()
    try:
        return canonical(address) if address else ""
    except BadAddress:
        raise Refused("to: not an email address") from None


def _answer(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


routes = [
    Route("/test/mailbox", mails, methods=["GET", "DELETE"]),
    Route("/test/push", pushes, methods=["GET", "DELETE"]),
    Route("/test/clock", clock, methods=["GET", "POST"]),
    Route("/test/scenarios", list_scenarios),
    Route("/test/scenarios/{name}", load_scenario, methods=["POST"]),
    Route("/test/faults", faults, methods=["GET", "POST"]),
]
