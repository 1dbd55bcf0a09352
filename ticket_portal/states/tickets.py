"""My tickets: a customer's own, live."""

import asyncio
from typing import Any

import reflex as rx

from ticket_portal.domain import tickets
from ticket_portal.domain.tickets import TicketPage, TicketRow
from ticket_portal.i18n.locales import localized
from ticket_portal.states.session import ACCOUNTS, SessionState, behind, connected, open_to
from ticket_portal.wiring import portal

SETTLE = 0.15
MOST_PAGES = 40


class TicketsState(SessionState):
    """The pages of the list that were opened, each read again when a ticket changes."""

    loaded: bool = False
    rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    more_rows: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    has_more: bool = False

    _after: str = ""

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> Any:
        """Show the newest state of the list from its beginning; the team is led to its queue."""
        if (await self._viewer()).of_team:
            return rx.redirect(localized(self._language, "/agent"), replace=True)
        self._show(more_rows=[], session_over=False)
        await self._refresh()
        return None

    @rx.event(background=True, supersedes=True)
    @open_to(ACCOUNTS)
    async def watch(self) -> None:
        """Keep the list as it is in the database, for as long as the page is open."""
        hub = portal().hub
        async with self:
            state = behind(self)
            viewer, token = await state._viewer(), state.rx_router_session.client_token
        async with hub.subscription({f"list:{viewer.account_id}", f"session:{viewer.session}"}) as changed:
            while connected(token):
                async with self:
                    if not await behind(self)._refresh():
                        return
                await hub.wait(changed)
                await asyncio.sleep(SETTLE)  # a burst of changes is one redrawing

    @rx.event
    @open_to(ACCOUNTS)
    async def show_more(self) -> None:
        """Add the next page of the list below."""
        if not self._after or len(self.more_rows) >= MOST_PAGES * tickets.PAGE:
            return
        page = await portal().ask(tickets.mine, await self._viewer(), self._after)
        known = {r.number for r in (*self.rows, *self.more_rows)}
        self.more_rows = [*self.more_rows, *(r for r in page.rows if r.number not in known)]
        self._after = page.after
        self.has_more = bool(page.after)

    async def _refresh(self) -> bool:
        await self._follow_clock()
        viewer = await self._viewer()
        if viewer.account_id is None:
            self._show(rows=[], more_rows=[], has_more=False, session_over=self.loaded)
            return False
        if viewer.of_team:
            return False
        page = await self._page(viewer.account_id)
        moved = {r.number for r in page.rows}
        self._show(
            rows=page.rows,
            more_rows=[r for r in self.more_rows if r.number not in moved],
            loaded=True,
        )
        if not self.more_rows:
            self._after = page.after
            self._show(has_more=bool(page.after))
        return True

    async def _page(self, account_id: int) -> TicketPage:
        p, viewer = portal(), await self._viewer()
        return await p.hub.shared(f"list:{account_id}", "", lambda: p.ask(tickets.mine, viewer))
