"""What became of a ticket's alerts, for the team."""

import reflex as rx

from ticket_portal.addresses import number_in
from ticket_portal.domain.errors import DomainError
from ticket_portal.domain.tickets import deliveries
from ticket_portal.domain.tickets.deliveries import AlertView
from ticket_portal.states.audiences import TEAM, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class DeliveryState(SessionState):
    """The alerts of one ticket (`shown_of`), read when they are asked for."""

    shown_of: int = 0
    alerts: rx.Field[list[AlertView]] = rx.field(default_factory=list)
    requester_problem: str = ""

    @rx.event
    @open_to(TEAM)
    async def show(self, number: int) -> None:
        """Read them (again)."""
        try:
            found = await portal().read(deliveries.of_ticket, await self._viewer(), number_in(number))
        except DomainError:
            self._forget_private()
            return
        self._show(shown_of=number, alerts=found.alerts, requester_problem=found.mail_problem)
