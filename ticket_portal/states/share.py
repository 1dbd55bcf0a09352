"""Sharing from another app: which of the own tickets it may belong to. What is shared stays in the browser."""

import reflex as rx

from ticket_portal.domain.tickets import tickets
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.sets.roles import Role
from ticket_portal.sets.statuses import FINAL
from ticket_portal.states.audiences import EVERYBODY, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal

MOST_OFFERED = 6


class ShareState(SessionState):
    """The open tickets of who is signed in; nobody's for others."""

    offered: rx.Field[list[TicketRow]] = rx.field(default_factory=list)
    loaded: bool = False

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Show the tickets with the last activity."""
        viewer = await self._viewer()
        rows: list[TicketRow] = []
        if viewer.role == Role.CUSTOMER:
            rows = (await portal().read(tickets.mine, viewer)).rows
        self._show(offered=[r for r in rows if r.status not in FINAL][:MOST_OFFERED], loaded=True)
