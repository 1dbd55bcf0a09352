"""What one event of a stranger may cost: 50 ms of the server's CPU, with the largest input that is accepted."""

import asyncio
import itertools
from typing import Any
from uuid import uuid4

import psutil
import pytest

from tests.security.client import Client
from tests.security.conftest import Handler, World
from tests.security.server import Served

CPU_SECONDS = 0.05
REPEATS = 5
OPEN_TO_STRANGERS = ("everybody", "readers")
_addresses = itertools.count(1)
# The worst text that is known for the search for recovery phrases in messages (domain/text/secrets).
PHRASES = (
    " zz ".join([" ".join(["vital", "usage", "valve", "metal"] * 12)] * 60)[:9_960] + " 4111 1111 1111 1111"
)


def largest(argument: str, n: int, body: str, room: int) -> list[Any]:
    """Values for an argument, each as large as a frame lets it be (`room` characters) or as its handler takes it."""
    lines = "\n".join(["> *a* [b](https://example.com/c?d=e) `f` <g> & \U0001f642"] * 1_000)
    form = {
        "subject": "Subject " * 10, "body": body, "email": f"cost{n}@example.com", "name": "x" * 80,
        "client_id": str(uuid4()),
        "kind": "reply", "mode": "reply", "place": "new", "topic": "other", "files": [], "number": 1, "age": 0,
        "reference": "ABCD-EFGH-JKLM", "q": "word " * 40,
    }  # fmt: skip
    return [
        form,
        lines[: room // 3],
        "x" * room,
        {"body": lines[: room // 3]},
        [{"value": "x" * 40}] * (room // 80),
        n,
        argument,
    ]


def cpu(worker: psutil.Process) -> float:
    """Seconds of CPU that the server has taken so far."""
    times = worker.cpu_times()
    return times.user + times.system


async def cost(portal: Served, cookies: dict[str, str], handler: Handler, body: str, repeats: int) -> float:
    """Return the CPU seconds of the costliest input of a handler, per call."""
    (worker,) = psutil.Process(portal.process.pid).children()
    worst = 0.0
    async with Client(portal.url, cookies) as tab:
        await tab.visit("/tickets/new")
        room = 48_000 // max(1, len(handler.arguments))
        for index in range(7 if handler.arguments else 1):
            before = cpu(worker)
            for _ in range(repeats):
                n = next(_addresses)
                payload = {name: largest(name, n, body, room)[index] for name in handler.arguments}
                await tab.call(handler.name, payload, "/tickets/new")
            await tab.is_heard("/tickets/new")
            worst = max(worst, (cpu(worker) - before) / repeats)
    return worst


@pytest.mark.parametrize("who", ["nobody", "guest"])
def test_what_strangers_may_call_costs_little(
    portal: Served, world: World, handlers: dict[str, Handler], who: str
) -> None:
    """Every handler that is open to them, each with values of all kinds."""

    async def measure() -> dict[str, float]:
        called = [h for h in handlers.values() if h.framework or h.audience in OPEN_TO_STRANGERS]
        assert len(called) > 20
        plain = "word and another word. " * 430
        return {h.name: await cost(portal, world.cookies[who], h, plain, REPEATS) for h in called}

    costs = asyncio.run(measure())
    print(
        "\n".join(
            f"{seconds * 1000:7.1f} ms {name}"
            for name, seconds in sorted(costs.items(), key=lambda c: -c[1])[:8]
        )
    )
    assert {name: seconds for name, seconds in costs.items() if seconds > CPU_SECONDS} == {}


def test_a_message_of_phrases_costs_little(
    portal: Served, world: World, handlers: dict[str, Handler]
) -> None:
    """The worst text for the shield, in the form for a new ticket."""
    (submit,) = [h for h in handlers.values() if h.name.endswith("new_ticket_state.submit")]
    assert asyncio.run(cost(portal, {}, submit, PHRASES, 1)) <= CPU_SECONDS
