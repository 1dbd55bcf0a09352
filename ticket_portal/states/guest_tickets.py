"""All tickets of the address that a guest proved, live."""

from typing import Any, ClassVar

import reflex as rx

from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import tickets
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.i18n.locales import localized
from ticket_portal.states.audiences import EVERYBODY, open_to
from ticket_portal.states.live_page import behind, keep_fresh
from ticket_portal.states.paging import add_page, show_head
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class GuestTicketsState(SessionState):
    """The pages of a guest's list that were opened."""

    loaded: bool = False
    rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    more_rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    has_more: bool = False

    _after: str = ""

    _not_private: ClassVar = frozenset({"loaded"})

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> Any:
        """Show the list from its beginning; whoever proved no address finds their links first."""
        self._show(more_rows=[], session_over=False)
        if not await self._refresh() and not self.session_over:
            return rx.redirect(localized(self._language, "/find-ticket"), replace=True)
        return None

    @rx.event(background=True, supersedes=True)
    @open_to(EVERYBODY)
    async def watch(self) -> None:
        """Keep the list as it is in the database, for as long as the page is open."""
        async with self:
            state = behind(self)
            guest, token = await state._guest(), state.rx_router_session.client_token
        if guest is NOBODY:
            return
        await keep_fresh(self, token, {f"list:{guest.address}", f"session:{guest.session}"})

    @rx.event
    @open_to(EVERYBODY)
    async def show_more(self) -> None:
        """Add the next page of the list below."""
        guest = await self._guest()
        if guest is not NOBODY:
            await add_page(self, tickets.mine, guest)

    async def _refresh(self) -> bool:
        await self._follow_clock()
        guest = await self._guest()
        if guest is NOBODY:
            self._forget_private()
            self._show(session_over=self.loaded)
            return False
        show_head(self, await portal().read(tickets.mine, guest))
        return True
