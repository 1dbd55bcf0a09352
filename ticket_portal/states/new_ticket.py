"""Submitting a ticket, as a customer or as a guest."""

from typing import Any

import reflex as rx

from ticket_portal.domain import duplicates, guests, tickets
from ticket_portal.domain.duplicates import Duplicate
from ticket_portal.domain.errors import DomainError, Invalid
from ticket_portal.domain.people import Viewer, masked
from ticket_portal.domain.tickets import TicketForm
from ticket_portal.i18n.locales import localized
from ticket_portal.states.session import EVERYBODY, READERS, SessionState, open_to
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
    duplicates: rx.Field[list[Duplicate]] = rx.field(default_factory=list)

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Begin with an empty form."""
        self._show(problem="", problem_code="", field="", sent="", number_sent=0, sent_to="", duplicates=[])

    @rx.event
    @open_to(READERS)
    async def look_for_duplicates(self, typed: dict[str, Any]) -> None:
        """Offer the own open tickets on what is being written about. Guests have some once they proved who they are."""
        subject, body = (str(typed.get(name) or "") for name in ("subject", "body"))
        self._show(duplicates=await portal().ask(duplicates.find, await self._writer(), subject, body))

    @rx.event
    @open_to(READERS)
    async def continue_there(self, number: int) -> Any:
        """Lead to one of the own tickets; a guest gets a new link to it."""
        viewer = await self._writer()
        try:
            if viewer.account_id:
                ticket = await portal().ask(tickets.find, viewer, int(number))
                return rx.redirect(localized(self._language, f"/tickets/{ticket.number}"))
            token = await portal().tell(guests.link_to_own, viewer, int(number))
        except (DomainError, TypeError, ValueError, OverflowError):
            return None
        return rx.redirect(localized(self._language, f"/guest/{token}"))

    @rx.event
    @open_to(EVERYBODY)
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Open the ticket; the same client id again changes nothing. Customers are led to it."""
        viewer = await self._viewer()
        try:
            form = TicketForm.parse(viewer, typed, self._language)
            ticket = await portal().tell(tickets.submit, viewer, form, self._credentials.ip)
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

    async def _writer(self) -> Viewer:
        """Return who writes: the account, or else the guest who proved an address at this browser."""
        viewer = await self._viewer()
        return viewer if viewer.account_id else await self._guest()
