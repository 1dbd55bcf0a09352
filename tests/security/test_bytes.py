"""What an open page is sent when something is added to a long conversation."""

import asyncio

from tests.cast import asks_about, says
from tests.security.client import Client
from tests.security.conftest import World, signed_in
from tests.security.server import Served
from ticket_portal.domain import accounts, messages, sessions, tickets
from ticket_portal.store.unit_of_work import Work

MOST = 2_048
LONG = 500


def test_one_message_more_sends_one_message(portal: Served, world: World) -> None:
    """However long the conversation is, and however many came before while the page was open."""

    def begin(work: Work) -> int:
        ana, linh = (
            sessions.of_account(account)
            for address in ("ana@example.com", "linh@example.com")
            if (account := accounts.find(work, address))
        )
        number = tickets.submit(work, ana, asks_about(ana, "A long conversation", "Message 1.")).number or 0
        for n in range(2, LONG + 1):
            messages.reply(work, linh if n % 2 else ana, number, says(f"Message {n} of {LONG}."))
        return number

    def add(work: Work, number: int, n: int) -> None:
        linh = accounts.find(work, "linh@example.com")
        assert linh is not None
        messages.reply(work, sessions.of_account(linh), number, says(f"One more, the {n}th of them."))

    async def watch() -> list[int]:
        number = portal.store.write(begin)
        sizes: list[int] = []
        async with Client(portal.url, signed_in(portal, "ana@example.com")) as tab:
            await tab.visit(f"/tickets/{number}")
            await tab.settled()
            assert "Message 500 of 500." in tab.seen
            for n in range(35):
                before = len(tab.frames)
                await asyncio.to_thread(portal.store.write, add, number, n)
                for _ in range(20):  # another process wrote it, so it may take a moment
                    if f"the {n}th" not in "\n".join(tab.frames[before:]):
                        await tab.settled()
                sent = [f for f in tab.frames[before:] if '["event"' in f]
                assert f"the {n}th" in "\n".join(sent)
                sizes.append(sum(len(f.encode()) for f in sent))
        return sizes

    sizes = asyncio.run(asyncio.wait_for(watch(), 60))
    assert max(sizes) <= MOST, sizes
