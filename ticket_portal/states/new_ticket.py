"""Submitting a ticket, as a customer or as a guest."""

from typing import Any

import reflex as rx

from ticket_portal.domain import tickets
from ticket_portal.domain.errors import DomainError, Invalid
from ticket_portal.domain.people import masked
from ticket_portal.domain.tickets import TicketForm
from ticket_portal.i18n.locales import localized
from ticket_portal.states.session import EVERYBODY, SessionState, open_to
from ticket_portal.wiring import portal


class NewTicketState(SessionState):
    """The form for a new ticket; what is typed stays in the browser until it is sent."""

    problem: str = ""
    problem_code: str = ""
    field: str = ""
    refusals: int = 0
    sent: str = ""
    number_sent: int = 0
    sent_to: str = ""

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Begin with an empty form."""
        self._show(problem="", problem_code="", field="", sent="", number_sent=0, sent_to="")

    @rx.event
    @open_to(EVERYBODY)
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Open the ticket; the same client id again changes nothing. Customers are led to it."""
        viewer = await self._viewer()
        try:
            form = TicketForm.parse(viewer, typed, self._language)
            brought = self._credentials
            ticket = await portal().tell(tickets.submit, viewer, form, brought.ip, brought.browser)
        except DomainError as error:
            self.problem, self.problem_code = self._say(error), error.code
            self.field = error.field if isinstance(error, Invalid) else ""
            self.refusals += 1  # tells the browser that this try is over, also when the words are the same
            return None
        self._show(problem="", problem_code="", field="", sent=form.client_id, number_sent=ticket.number or 0)
        if viewer.account_id:
            return rx.redirect(localized(self._language, f"/tickets/{ticket.number}"))
        self.sent_to = masked(form.address)
        return None
