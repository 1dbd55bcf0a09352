"""Twenty strangers at their limits for some seconds, and a customer who goes on writing meanwhile.

How much slower her replies get is measured by `make bench --only abuse`; here is what must hold on any machine.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.bench import abuse
from tests.bench.client import Tab
from tests.cast import ANA, asks_about
from tests.security.conftest import signed_in
from tests.security.names import CONVERSATION
from tests.security.server import Served, served
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.tickets import new_ticket
from ticket_portal.store.unit_of_work import Work

SECONDS = 12
MOST_MEMORY = 400_000_000  # `make bench` measures it; this catches what grows without end


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server with the limits that people have; only the customer may write as much as she likes."""
    with served(tmp_path_factory.mktemp("attacked"), limit_messages_per_10_minutes=1_000_000) as running:
        yield running


def test_strangers_stop_nothing(attacked: Served) -> None:
    """Each of her replies is confirmed, the portal stays ready, its memory bounded, and the log without a traceback."""
    number = attacked.store.write(_her_ticket)
    cookies = signed_in(attacked, ANA.address)
    process = psutil.Process(attacked.process.pid)
    before = _memory(process)
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    attackers = context.Process(target=abuse.attack, args=(attacked.url, {}, SECONDS, said), daemon=True)
    attackers.start()
    confirmed = asyncio.run(_write_on(attacked.url, number, cookies))
    done = said.get(timeout=60)
    attackers.join()

    assert confirmed > 0
    assert sum(done.values()) > 0
    assert _memory(process) - before < MOST_MEMORY
    assert httpx.get(f"{attacked.url}/readyz").status_code == 200
    assert "Traceback" not in attacked.logged(), attacked.logged()[-3000:]


def _her_ticket(work: Work) -> int:
    account = accounts.create(work, ANA.address, ANA.name, accounts.hasher.hash("portal-demo-1"))
    viewer = sessions.of_account(account)
    return new_ticket.submit(work, viewer, asks_about(viewer, "Hello", "Are you there?")).number or 0


async def _write_on(url: str, number: int, cookies: dict[str, str]) -> int:
    """Write a reply again and again for as long as the attack lasts; return how many were confirmed, which all are."""
    tab = Tab(url, f"/tickets/{number}", cookies)
    await tab.open()
    end = asyncio.get_running_loop().time() + SECONDS
    count = 0
    while asyncio.get_running_loop().time() < end:
        word = uuid4().hex
        item = {"kind": "reply", "number": number, "body": word, "client_id": str(uuid4())}
        tab.forget()
        tab.say(f"{CONVERSATION}.send", item=item)
        await tab.until(lambda delta, word=word: word in str(delta))
        count += 1
        await asyncio.sleep(abuse.REPLY_EVERY)  # faster than a socket may speak, hers would be closed
    await tab.close()
    return count


def _memory(process: psutil.Process) -> int:
    return sum(one.memory_info().rss for one in [process, *process.children()])
