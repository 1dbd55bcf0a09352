"""The guest verification: what a link alone shows, and where this browser is with its code."""

import reflex as rx

from ticket_portal.domain import guests
from ticket_portal.domain.errors import DomainError, NotFound, TooMany, TooManyCodes, TooSoon
from ticket_portal.domain.people import masked
from ticket_portal.domain.permissions import can_read
from ticket_portal.states.session import EVERYBODY, SessionState, open_to, problem_in
from ticket_portal.wiring import portal

# What a try to send a code may have led to; nothing else is taken from the address.
_SENDING = {e.code: e for e in (TooMany, TooManyCodes, TooSoon)}


class GuestState(SessionState):
    """The verification of one link. The ticket itself is shown by `ConversationState`, to whoever proved the address.

    `stage`: "" until known, then invalid, verify, or open. `link` is the token of the address bar, to tell whether
    what is shown belongs to the address.
    """

    link: str = ""
    stage: str = ""
    ticket: int = 0
    masked_address: str = ""
    signed_in_as: str = ""
    code_sent: bool = False
    resend_at: str = ""
    problem: str = ""
    problem_code: str = ""

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Find out what the link leads to and who is here."""
        token = self._last_segment
        viewer, guest = await self._viewer(), await self._guest()
        p = portal()
        try:
            opened = await p.ask(guests.open_link, token)
            view = await p.ask(guests.look, token, self._credentials.browser)
        except NotFound:
            self._show(link=token, stage="invalid", ticket=0, masked_address="", code_sent=False, problem="")
            return
        may = can_read(guest, opened.ticket) or (
            viewer.role == "customer" and can_read(viewer, opened.ticket)
        )
        refusal = view.code.refusal or self._sending_problem()
        self._show(
            link=token,
            stage="open" if may else "verify",
            ticket=view.number,
            masked_address=view.masked_address,
            signed_in_as=masked(viewer.address) if viewer.account_id and not may else "",
            code_sent=view.code.sent,
            resend_at=view.code.resend_at.isoformat() if view.code.resend_at else "",
            problem=self._say(refusal) if refusal else "",
            problem_code=refusal.code if refusal else "",
        )

    def _sending_problem(self) -> DomainError | None:
        found = problem_in(self.router.url.query_parameters)
        return found if found and found.code in _SENDING else None
