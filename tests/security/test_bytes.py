"""What an open page is sent when something is added to a long conversation."""

import asyncio
from itertools import pairwise

from tests.cast import asks_about, says
from tests.security.client import Client
from tests.security.conftest import World, signed_in
from tests.security.server import Served
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.tickets import messages, new_ticket
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
        number = (
            new_ticket.submit(work, ana, asks_about(ana, "A long conversation", "Message 1.")).number or 0
        )
        for n in range(2, LONG + 1):
            messages.reply(work, linh if n % 2 else ana, number, says(f"Message {n} of {LONG}."))
        return number

    def add(work: Work, number: int, n: int) -> None:
        linh = accounts.find(work, "linh@example.com")
        assert linh is not None
        messages.reply(work, sessions.of_account(linh), number, says(f"One more, the {n}th of them."))

    async def watch() -> list[int]:
        number = portal.store.write(begin)
        until: list[int] = []
        async with Client(portal.url, signed_in(portal, "ana@example.com")) as tab:
            await tab.visit(f"/tickets/{number}")
            await tab.settled()
            assert "Message 500 of 500." in tab.seen
            until.append(len(tab.frames))
            for n in range(35):
                await asyncio.to_thread(portal.store.write, add, number, n)
                await tab.sees(f"the {n}th of them")
                assert f"the {n}th of them" in tab.seen
                until.append(len(tab.frames))
            until[-1] = len(await tab.settled())
        # What comes after a message was shown counts with the next one.
        parts = [tab.frames[one:other] for one, other in pairwise(until)]
        return [sum(len(f.encode()) for f in part if '["event"' in f) for part in parts]

    sizes = asyncio.run(asyncio.wait_for(watch(), 60))
    assert len(sizes) == 35
    assert max(sizes) <= MOST, sizes
