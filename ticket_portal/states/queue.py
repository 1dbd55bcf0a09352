"""The team's queue, live."""

from typing import ClassVar

import reflex as rx

from ticket_portal.domain.tickets import queue
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.states.audiences import TEAM, open_to
from ticket_portal.states.live_page import behind, keep_fresh
from ticket_portal.states.paging import add_page, show_head
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class QueueState(SessionState):
    """The head of the queue, and the pages below it that were opened."""

    loaded: bool = False
    rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    more_rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    has_more: bool = False

    _after: str = ""

    _not_private: ClassVar = frozenset({"loaded"})

    @rx.event
    @open_to(TEAM)
    async def load(self) -> None:
        """Show the queue from its head."""
        self._show(more_rows=[], session_over=False)
        await self._refresh()

    @rx.event(background=True, supersedes=True)
    @open_to(TEAM)
    async def watch(self) -> None:
        """Keep the queue as it is in the database, for as long as the page is open."""
        async with self:
            state = behind(self)
            viewer, token = await state._viewer(), state.rx_router_session.client_token
        await keep_fresh(self, token, {"queue", f"session:{viewer.session}"})

    @rx.event
    @open_to(TEAM)
    async def show_more(self) -> None:
        """Add the next page of the queue below."""
        await add_page(self, queue.page, await self._viewer())

    async def _refresh(self) -> bool:
        await self._follow_clock()
        p, viewer = portal(), await self._viewer()
        if not viewer.of_team:
            self._forget_private()
            self._show(session_over=self.loaded)
            return False
        # Everybody of the team sees the same queue, so it is read once for all of them.
        show_head(self, await p.hub.shared("queue", "", lambda: p.read(queue.page, viewer)))
        return True
