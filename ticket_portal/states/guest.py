"""The guest verification: what a link alone shows, and where this browser is with its code."""

from typing import Any

import reflex as rx

from ticket_portal.domain.accounts.codes import CodeStatus
from ticket_portal.domain.errors import DomainError, LinkMoved, NotFound, TooMany, TooManyCodes, TooSoon
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import masked
from ticket_portal.domain.permissions import can_read
from ticket_portal.domain.tickets import tickets
from ticket_portal.i18n.locales import bare, localized
from ticket_portal.states.session import EVERYBODY, SessionState, open_to, problem_in
from ticket_portal.wiring import portal

# What a try to send a code may have led to; nothing else is taken from the address.
_SENDING = {e.code: e for e in (TooMany, TooManyCodes, TooSoon)}


class GuestState(SessionState):
    """The verification of one link. The ticket itself is shown by `ConversationState`, to whoever proved the address.

    `stage`: "" until known, then invalid, verify, or open. `link` is the end of the address, to tell whether what is
    shown belongs to it: a link's token, or the number of a ticket of the guest's list, where a code is asked for when
    the session ran out.
    """

    link: str = ""
    stage: str = ""
    ticket: int = 0
    others: int = 0
    masked_address: str = ""
    signed_in_as: str = ""
    bounced: bool = False
    code_sent: bool = False
    resend_at: str = ""
    problem: str = ""
    problem_code: str = ""

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> Any:
        """Find out what the link leads to and who is here."""
        end = self._last_segment
        try:
            if bare(self._path).startswith("/guest/tickets/"):
                await self._look_at_own(end)
            else:
                await self._look_at_link(end)
        except LinkMoved as moved:
            there = localized(self._language, f"/tickets/{moved.values['number']}")
            return rx.redirect(there, replace=True)
        except NotFound:
            self._forget_private()
            self._show(link=end, stage="invalid")
        return None

    async def _look_at_link(self, token: str) -> None:
        viewer, guest = await self._viewer(), await self._guest()
        p = portal()
        opened = await p.read(access.open_link, token)
        view = await p.read(access.preview, token, self._credentials.browser)
        may = can_read(guest, opened.ticket) or (
            viewer.role == "customer" and can_read(viewer, opened.ticket)
        )
        self._show(
            link=token,
            ticket=view.number,
            signed_in_as=masked(viewer.address) if viewer.account_id and not may else "",
            bounced=view.bounced,
            others=await p.read(tickets.other_tickets_count, guest) if may and guest.address else 0,
        )
        self._show_code(view.masked_address, view.code, proved=may)

    async def _look_at_own(self, number: str) -> None:
        guest, p = await self._guest(), portal()
        self._show(link=number, ticket=int(number) if number.isdecimal() and len(number) <= 12 else 0)
        self._show(signed_in_as="", bounced=False)
        if guest.address:
            self._show(others=await p.read(tickets.other_tickets_count, guest))
            self._show_code(masked(guest.address), CodeStatus(), proved=True)
            return
        found = self._credentials
        view = await p.read(access.look_again, found.guest, found.browser)
        self._show_code(view.masked_address, view.code, proved=False)

    def _show_code(self, masked_address: str, code: CodeStatus, *, proved: bool) -> None:
        refusal = code.refusal or self._sending_problem()
        self._show(
            stage="open" if proved else "verify",
            masked_address=masked_address,
            code_sent=code.sent,
            resend_at=code.resend_at.isoformat() if code.resend_at else "",
            problem=self._say(refusal) if refusal else "",
            problem_code=refusal.code if refusal else "",
        )

    def _sending_problem(self) -> DomainError | None:
        found = problem_in(self.router.url.query_parameters)
        return found if found and found.code in _SENDING else None
