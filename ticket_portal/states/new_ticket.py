"""Submitting a ticket, as a customer or as a guest."""

from functools import partial
from typing import Any

import reflex as rx

from ticket_portal.addresses import GUEST_LINK, TICKET, number_in
from ticket_portal.domain.addresses import masked
from ticket_portal.domain.alerts import phrases
from ticket_portal.domain.errors import DomainError, Invalid, NotFound
from ticket_portal.domain.files.attachments import parse_ids
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import duplicates, new_ticket, tickets, uploads
from ticket_portal.domain.tickets.duplicates import Duplicate
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.i18n.locales import localized
from ticket_portal.states.audiences import EVERYBODY, READERS, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.store.tables import Ticket
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
    phrase: str = ""
    follow_up: int = 0
    follow_up_subject: str = ""
    follow_up_guest: str = ""
    duplicates: rx.Field[list[Duplicate]] = rx.field(default_factory=list)

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Begin with an empty form, or with the subject of the ticket that the new one is to follow."""
        self._show(
            problem="",
            problem_code="",
            field="",
            sent="",
            number_sent=0,
            sent_to="",
            phrase="",
            duplicates=[],
        )
        viewer, followed = await self._followed()
        self._show(
            follow_up=followed.number or 0 if followed else 0,
            follow_up_subject=followed.subject if followed else "",
            follow_up_guest=masked(viewer.address) if followed and not viewer.account_id else "",
        )

    @rx.event
    @open_to(READERS)
    async def look_for_duplicates(self, typed: dict[str, Any]) -> None:
        """Offer the own open tickets on what is being written about. Guests have some once they proved who they are."""
        subject, body = (str(typed.get(name) or "") for name in ("subject", "body"))
        self._show(duplicates=await portal().read(duplicates.find, await self._writer(), subject, body))

    @rx.event
    @open_to(READERS)
    async def continue_there(self, there: dict[str, Any]) -> Any:
        """Lead to one of the own tickets, the form's files with it; a guest gets a new link to it."""
        viewer = await self._writer()
        try:
            form, files = str(there["form"]), parse_ids(there["files"])
            number = number_in(there["number"])
            await portal().write(uploads.carry_over, viewer, number, self._credentials.browser, form, files)
            if viewer.account_id:
                return rx.redirect(localized(self._language, f"{TICKET}{number}"))
            token = await portal().write(access.link_to_own, viewer, number)
        except (DomainError, KeyError, TypeError, ValueError, OverflowError):
            return None
        return rx.redirect(localized(self._language, f"{GUEST_LINK}{token}"))

    @rx.event
    @open_to(EVERYBODY)
    async def submit(self, typed: dict[str, Any]) -> Any:
        """Open the ticket; the same client id again changes nothing. Customers are led to it."""
        viewer, followed = await self._followed()
        if followed and not viewer.account_id:
            typed = {**typed, "email": viewer.address}
        try:
            follows = followed.number or 0 if followed else 0
            brought = self._credentials
            await portal().read(new_ticket.require_room, viewer, typed.get("client_id"), brought.ip)
            # Not on the event loop: it looks through the whole text.
            form = await portal().run(partial(TicketForm.parse, viewer, typed, self._language, follows))
            ticket = await portal().write(new_ticket.submit, viewer, form, brought.ip, brought.browser)
        except DomainError as error:
            self.problem, self.problem_code = self._say(error), error.code
            self.field = error.field if isinstance(error, Invalid) else ""
            self.refusals += 1  # tells the browser that this try is over, also when the words are the same
            return None
        self._show(problem="", problem_code="", field="", sent=form.client_id, number_sent=ticket.number or 0)
        if viewer.account_id:
            return rx.redirect(localized(self._language, f"{TICKET}{ticket.number}"))
        # Who opens a ticket in somebody else's name must not learn the words by which that person knows our mails. So
        # the mail says them first; a browser that proved the address may see them here.
        proved = (await self._guest()).address == form.address
        words = phrases.of_ticket(portal().settings, ticket) if proved else ""
        self._show(sent_to=masked(form.address), phrase=words)
        return None

    async def _followed(self) -> tuple[Viewer, Ticket | None]:
        """Return who writes, and the earlier ticket that the address names if it is theirs.

        A guest who proved an address writes as that address; everybody else as who they are signed in as.
        """
        viewer = await self._viewer()
        if number := number_in(self.rx_router_url.query_parameters.get("follow_up")):
            for reader in (viewer, await self._guest()):
                if reader is NOBODY or reader.of_team:
                    continue
                try:
                    return reader, await portal().read(tickets.find, reader, number)
                except NotFound:
                    continue
        return viewer, None

    async def _writer(self) -> Viewer:
        """Return who writes: the account, or else the guest who proved an address at this browser."""
        viewer = await self._viewer()
        return viewer if viewer.account_id else await self._guest()
