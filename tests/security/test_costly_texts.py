"""The worst texts that a stranger may send, to the real server: little CPU, and everybody else is served meanwhile."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.cast import ANA, PASSWORD
from tests.security.client import Client
from tests.security.conftest import World
from tests.security.names import CONVERSATION, SESSION
from tests.security.server import Served, served
from ticket_portal.domain import limits
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.limits import Limit

NEW_TICKET = f"{SESSION}.ticket_portal___states___new_ticket____new_ticket_state"
LONGEST = 10_000
CARD = " 4111 1111 1111 1111"
WORST = [
    (" zz ".join([" ".join(["vital", "usage", "valve", "metal"] * 12)] * 60))[:9_960],
    " ".join(["vital", "usage", "valve", "metal"] * 400)[:9_960],
    ("a" + "\u0300\u0316" * 5_000)[:9_960],
    "\ufdfa" * 9_960,
    ("http://a.b/(" * 830)[:9_960],
    ("5" + "H" * 50 + " ") * 190,
    ("k " * 39 + "a" * 64 + " ") * 69,
    "4111111111111112 " * 580,
    "½ " * 4_980,
    "㋀" * 9_960,
]
SECONDS_EACH = 0.1  # of CPU, with all that comes along; measured 0.014. One such text took six seconds.


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server with the limits that people have."""
    with served(tmp_path_factory.mktemp("texts"), worker=False) as running:
        running.store.write(
            lambda work: accounts.create(work, ANA.address, "Ana", accounts.hasher.hash(PASSWORD))
        )
        yield running


def cpu(server: Served) -> float:
    """The CPU seconds of the server so far, all its processes together."""
    top = psutil.Process(server.process.pid)
    return sum(sum(one.cpu_times()[:2]) for one in (top, *top.children(recursive=True)))


def typed(body: str) -> dict[str, str]:
    """What the form for a new ticket sends."""
    return {"subject": "Help", "body": body, "email": f"{uuid4().hex}@example.com", "client_id": str(uuid4())}


def test_the_worst_texts_cost_little_and_nobody_waits_for_them(strict: Served) -> None:
    """Ten of them by a stranger, all at once; while they are there a customer signs in."""

    async def attack() -> tuple[float, int]:
        async with Client(strict.url) as tab, httpx.AsyncClient(base_url=strict.url, timeout=20) as customer:
            await tab.visit("/tickets/new")
            before = cpu(strict)
            for text in WORST:
                await tab.call(f"{NEW_TICKET}.submit", {"typed": typed(text + CARD)}, "/tickets/new")
            answer = await customer.post(
                "/auth/sign-in",
                data={"email": ANA.address, "password": PASSWORD},
                headers={"Origin": strict.url},
            )
            await tab.is_done("/tickets/new")
            assert tab.seen.count('"refusals') >= len(WORST)
            return cpu(strict) - before, answer.status_code

    took, status = asyncio.run(attack())
    assert status == 303
    assert took < SECONDS_EACH * len(WORST)


def test_a_customers_worst_texts_cost_as_little(portal: Served, world: World) -> None:
    path = f"/tickets/{world.budi_number}"

    async def send() -> float:
        async with Client(portal.url, world.cookies["customer"]) as tab:
            await tab.visit(path)
            before = cpu(portal)
            for text in WORST:
                item = {
                    "kind": "reply",
                    "number": world.budi_number,
                    "body": text + CARD,
                    "client_id": str(uuid4()),
                }
                await tab.call(f"{CONVERSATION}.send", {"item": item}, path)
            await tab.is_done(path)
            return cpu(portal) - before

    assert asyncio.run(send()) < SECONDS_EACH * len(WORST)


def test_refused_tickets_meet_the_limit_of_the_visitor(strict: Served) -> None:
    """Forty-five submits with a card from one address: after twenty in an hour no more is heard from it."""

    async def submit() -> str:
        async with Client(strict.url) as tab:
            await tab.visit("/tickets/new")
            for _ in range(45):
                await tab.call(f"{NEW_TICKET}.submit", {"typed": typed(CARD)}, "/tickets/new")
            await tab.is_done("/tickets/new")
            return tab.seen

    assert '"too_many"' in asyncio.run(submit())
    most = strict.settings.limit_guest_tickets_per_ip_per_hour
    rule = Limit("guest_tickets_ip", most)
    assert strict.store.read(limits.until, rule, "127.0.0.1") is not None
