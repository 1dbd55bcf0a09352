"""What strangers can have kept: open sockets, states of tabs, the tables behind them. And whom they can't shut out."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import httpx
import psutil
import pytest

from tests.security.client import ROOT, Client, Refused
from tests.security.conftest import signed_in
from tests.security.server import Served, served
from ticket_portal.domain.accounts import accounts
from ticket_portal.routes.asgi.admission import BURST_SHARE

SOCKETS, IN_ALL, OPENS = 5, 8, 12


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server with few places, behind a proxy on this machine that says whose address it is."""
    limits = {
        "limit_sockets": IN_ALL,
        "limit_sockets_per_ip": SOCKETS,
        "limit_socket_opens_per_ip_per_minute": OPENS * BURST_SHARE,
    }
    folder = tmp_path_factory.mktemp("small")
    with served(folder, worker=False, trusted_proxies="127.0.0.1", **limits) as running:
        running.store.write(lambda work: accounts.create(work, "ana@example.com", "Ana", "unused") and None)
        yield running


async def enter(
    stack: AsyncExitStack, portal: Served, ip: str, cookies: dict[str, str] | None = None
) -> Client:
    return await stack.enter_async_context(Client(portal.url, cookies, x_forwarded_for=ip))


def test_strangers_have_so_many_sockets_a_network_and_shut_no_customer_out(small: Served) -> None:
    """A cookie that is nobody's makes nobody known; another address of the same /64 is the same network."""
    cookies = signed_in(small, "ana@example.com")

    async def crowd() -> str:
        async with AsyncExitStack() as stack:
            for n in range(SOCKETS):
                await enter(stack, small, f"2001:db8:1:1::{n}")
            for forged in ({}, {"portal_session": "forged"}, {"portal_guest": "forged"}):
                with pytest.raises(Refused):
                    await enter(stack, small, "2001:db8:1:1:ffff::1", forged)
            customer = await enter(stack, small, "2001:db8:1:1::1", cookies)
            await enter(stack, small, "2001:db8:1:2::1")
            await customer.visit("/tickets")
            return customer.seen

    assert "ana@example.com" in asyncio.run(crowd())
    assert "2001:db8" not in small.logged()


def test_a_full_process_takes_from_the_network_that_has_most(small: Served) -> None:
    """Few strangers can't fill a process for all others."""

    async def crowd() -> tuple[int | None, int | None]:
        async with AsyncExitStack() as stack:
            many = [await enter(stack, small, "192.0.2.1") for _ in range(SOCKETS)]
            others = [await enter(stack, small, "192.0.2.2") for _ in range(IN_ALL - SOCKETS)]
            newcomer = await enter(stack, small, "192.0.2.3")
            await newcomer.visit("/sign-in")
            await others[0].settled(quiet=0.05)
            assert not others[0]._reader.done()
            return await many[-1].ended(), await many[0].ended(within=0.1)

    assert asyncio.run(crowd()) == (1013, None)


def test_sockets_are_opened_so_fast_a_network(small: Served) -> None:
    """One after the other, each closed again."""
    cookies = signed_in(small, "ana@example.com")

    async def knock() -> int:
        opened = 0
        try:
            for _ in range(3 * OPENS):
                async with Client(small.url, x_forwarded_for="192.0.2.9"):
                    opened += 1
        except Refused:
            async with Client(small.url, cookies, x_forwarded_for="192.0.2.9"):
                return opened
        return 0

    assert OPENS <= asyncio.run(knock()) <= OPENS + 3


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server whose strangers' states go after half a second, and which tells what it keeps."""
    limits = {"limit_socket_opens_per_ip_per_minute": 1_000_000, "limit_states_per_ip": 60}
    with served(
        tmp_path_factory.mktemp("counted"), worker=False, factory="tests.security.counted:create", **limits
    ) as running:
        yield running


def kept(portal: Served) -> dict[str, int]:
    return httpx.get(f"{portal.url}/kept", timeout=30).json()


def kept_at_last(portal: Served, wanted: dict[str, int]) -> dict[str, int]:
    """What is kept when it is no more than wanted, or after twenty seconds."""
    latest = time.monotonic() + 20
    while (found := kept(portal)) != wanted and time.monotonic() < latest:
        time.sleep(0.1)
    return found


async def visits(portal: Served, count: int, *, ending: str = "") -> None:
    """Open tabs, each with a token of its own, and leave."""

    async def visit() -> None:
        async with Client(portal.url) as tab:
            await tab.call(f"{ROOT}.hydrate_and_load", {"vars": {}}, "/tickets/new")
            await tab.sees('"is_hydrated_rx_state_":true')
            if ending:
                await tab.say(ending)
                await tab.ended()

    for _ in range(count // 10):
        await asyncio.gather(*(visit() for _ in range(10)))


@pytest.mark.parametrize("ending", ["", '42/_event,["connect",{"QUERY_STRING":"token=a"}]'])
def test_nothing_of_closed_sockets_is_kept(counted: Served, ending: str) -> None:
    """No table of the libraries grows with sockets that were; a forged connect grew them for ever."""
    nothing = kept_at_last(counted, dict.fromkeys(kept(counted), 0))
    asyncio.run(visits(counted, 40, ending=ending))
    assert kept_at_last(counted, nothing) == nothing == dict.fromkeys(nothing, 0)


def test_states_of_a_network_are_so_many(counted: Served) -> None:
    """Open and closed ones: those that were closed first go."""

    async def open_many() -> int:
        async with AsyncExitStack() as stack:
            for _ in range(60):
                tab = await stack.enter_async_context(Client(counted.url))
            await tab.visit("/sign-in")
            with pytest.raises(Refused):
                await stack.enter_async_context(Client(counted.url))
            return (await asyncio.to_thread(kept, counted))["states"]

    kept_at_last(counted, dict.fromkeys(kept(counted), 0))
    assert asyncio.run(open_many()) == 60


def test_a_closed_tab_of_nobody_leaves_less_than_64_kb(counted: Served) -> None:
    """The rule of docs/security.md, on the memory of the process: after its state went."""
    nothing = dict.fromkeys(kept(counted), 0)
    (worker,) = psutil.Process(counted.process.pid).children()
    asyncio.run(visits(counted, 60))
    kept_at_last(counted, nothing)
    before = worker.memory_info().rss
    asyncio.run(visits(counted, 120))
    assert kept_at_last(counted, nothing) == nothing
    assert (worker.memory_info().rss - before) / 120 < 64 * 1024
