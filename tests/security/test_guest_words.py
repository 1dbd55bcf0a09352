"""A guest's two words: by them people know our mails, so whoever opens a ticket in their name must not learn them."""

import asyncio
from uuid import uuid4

import pytest
from sqlmodel import select

from tests.security.client import Client
from tests.security.conftest import ROBIN, World
from tests.security.server import Served
from ticket_portal.domain.alerts import phrases
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work


@pytest.mark.parametrize(("who", "learns"), [("nobody", False), ("guest", True)])
def test_only_a_browser_that_proved_the_address_is_told(
    portal: Served, world: World, handlers: dict[str, object], who: str, learns: bool
) -> None:
    """Robin's own browser reads them; a stranger's that types Robin's address reads nothing."""
    [submit] = [name for name in handlers if name.endswith("new_ticket_state.submit")]
    subject = f"Words {uuid4().hex}"
    typed = {
        "email": ROBIN.address,
        "name": "Robin",
        "subject": subject,
        "body": "Since Monday.",
        "client_id": str(uuid4()),
    }

    async def submits() -> str:
        async with Client(portal.url, world.cookies[who]) as tab:
            await tab.visit("/tickets/new")
            await tab.call(submit, {"typed": typed}, "/tickets/new")
            await tab.is_done("/tickets/new")
            return tab.seen

    def words(work: Work) -> str:
        ticket = work.session.exec(select(Ticket).where(Ticket.subject == subject)).one()
        return phrases.of_ticket(work.settings, ticket)

    seen = asyncio.run(submits())
    assert (portal.store.read(words) in seen) is learns
