"""A live list of tickets: its head is read again with every change, the pages below it are those that were opened."""

from collections.abc import Callable
from typing import Any

from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets.listing import PAGE, TicketPage
from ticket_portal.store.unit_of_work import Work
from ticket_portal.wiring import portal

MOST_PAGES = 40


def show_head(state: Any, page: TicketPage) -> None:
    """Show the head as it is now; what moved into it stands below no more."""
    moved = {r.number for r in page.rows}
    state._show(rows=page.rows, more_rows=[r for r in state.more_rows if r.number not in moved], loaded=True)
    if not state.more_rows:
        _end_with(state, page)


async def add_page(state: Any, read: Callable[[Work, Viewer, str], TicketPage], viewer: Viewer) -> None:
    """Add the next page below what is shown."""
    if not state._after or len(state.more_rows) >= MOST_PAGES * PAGE:
        return
    page = await portal().read(read, viewer, state._after)
    known = {r.number for r in (*state.rows, *state.more_rows)}
    state.more_rows = [*state.more_rows, *(r for r in page.rows if r.number not in known)]
    _end_with(state, page)


def _end_with(state: Any, page: TicketPage) -> None:
    state._after = page.after
    state._show(has_more=bool(page.after))
