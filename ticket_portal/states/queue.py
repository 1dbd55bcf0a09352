"""The team's queue, live."""

import reflex as rx

from ticket_portal.domain import tickets
from ticket_portal.domain.tickets import TicketRow
from ticket_portal.states.session import TEAM, SessionState, behind, keep_fresh, open_to
from ticket_portal.wiring import portal

MOST_PAGES = 40


class QueueState(SessionState):
    """The head of the queue, and the pages below it that were opened."""

    loaded: bool = False
    rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    more_rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    has_more: bool = False

    _after: str = ""

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
        if not self._after or len(self.more_rows) >= MOST_PAGES * tickets.PAGE:
            return
        page = await portal().ask(tickets.queue, await self._viewer(), self._after)
        known = {r.number for r in (*self.rows, *self.more_rows)}
        self.more_rows = [*self.more_rows, *(r for r in page.rows if r.number not in known)]
        self._after = page.after
        self.has_more = bool(page.after)

    async def _refresh(self) -> bool:
        await self._follow_clock()
        p, viewer = portal(), await self._viewer()
        if not viewer.of_team:
            self._show(rows=[], more_rows=[], has_more=False, session_over=self.loaded)
            return False
        # Everybody of the team sees the same queue, so it is read once for all of them.
        page = await p.hub.shared("queue", "", lambda: p.ask(tickets.queue, viewer))
        moved = {r.number for r in page.rows}
        self._show(
            rows=page.rows, more_rows=[r for r in self.more_rows if r.number not in moved], loaded=True
        )
        if not self.more_rows:
            self._after = page.after
            self._show(has_more=bool(page.after))
        return True
