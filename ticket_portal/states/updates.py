"""Updates: what a customer was told of in the last 90 days, live."""

import logging
from typing import Any, ClassVar

import reflex as rx

from ticket_portal.addresses import DESK
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import updates
from ticket_portal.domain.tickets.updates import UpdateRow
from ticket_portal.i18n.locales import bare, localized
from ticket_portal.sets.roles import Role
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.live_page import behind, keep_fresh
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal

log = logging.getLogger(__name__)

MOST_PAGES = 40


class UpdatesState(SessionState):
    """The newest entries, and the older ones that were asked for."""

    loaded: bool = False
    failed: bool = False
    rows: rx.Field[list[UpdateRow]] = rx.field(default_factory=list)
    more_rows: rx.Field[list[UpdateRow]] = rx.field(default_factory=list)
    has_more: bool = False

    _after: str = ""

    _not_private: ClassVar = frozenset({"loaded", "failed"})

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> Any:
        """Show the newest; the team is led to its queue."""
        if (await self._viewer()).of_team:
            return rx.redirect(localized(self._language, DESK), replace=True)
        self._show(more_rows=[], session_over=False)
        await self._refresh()
        return None

    @rx.event(background=True, supersedes=True)
    @open_to(ACCOUNTS)
    async def watch(self) -> None:
        """Keep them as they are in the database, for as long as the page is open."""
        async with self:
            state = behind(self)
            viewer, token = await state._viewer(), state.rx_router_session.client_token
        await keep_fresh(self, token, {f"list:{viewer.account_id}", f"session:{viewer.session}"})

    @rx.event
    @open_to(ACCOUNTS)
    async def show_more(self) -> None:
        """Add the next page below."""
        viewer = await self._viewer()
        if viewer.role == Role.CUSTOMER and self._after and len(self.more_rows) < MOST_PAGES * updates.PAGE:
            page = await portal().read(updates.mine, viewer, self._after)
            self._after = page.after
            self._show(more_rows=[*self.more_rows, *page.rows], has_more=bool(page.after))

    @rx.event
    @open_to(ACCOUNTS)
    async def read_all(self) -> None:
        """Count all as read that is shown here, and what came before it."""
        viewer = await self._viewer()
        if viewer.role == Role.CUSTOMER and self.rows:
            await portal().write(updates.read_all, viewer, max(row.id for row in self.rows))
            await self._refresh()

    @rx.event
    @open_to(ACCOUNTS)
    async def retry(self) -> None:
        """Try once more to read them."""
        await self._refresh()

    async def _refresh(self) -> bool:
        await self._follow_clock()
        viewer = await self._viewer()
        if viewer.account_id is None:
            self._forget_private()
            self._show(session_over=self.loaded)
            return False
        if viewer.of_team or bare(self._path) != "/updates":
            return False
        p = portal()
        topic = f"list:{viewer.account_id}"
        try:
            page = await p.hub.shared(topic, "updates", lambda: p.read(updates.mine, viewer))
            more = await self._older(viewer, page.after)
        except Exception:
            log.exception("What somebody was told of could not be read.")
            self._show(failed=True, loaded=True)
            return True
        self._show(rows=page.rows, more_rows=more, loaded=True, failed=False)
        if not more:
            self._after = page.after
            self._show(has_more=bool(page.after))
        return True

    async def _older(self, viewer: Viewer, after: str) -> list[UpdateRow]:
        """Read again what was opened below: what is new moved it, and reading changed it."""
        wanted, found = len(self.more_rows), list[UpdateRow]()
        while after and len(found) < wanted:
            page = await portal().read(updates.mine, viewer, after)
            found += page.rows
            self._after = after = page.after
            self._show(has_more=bool(after))
        return found
