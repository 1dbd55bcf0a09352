"""The guest verification: what a link alone shows, and where this browser is with its code."""

from typing import Any

import reflex as rx

from ticket_portal.addresses import TICKET
from ticket_portal.domain.accounts.codes import CodeStatus
from ticket_portal.domain.errors import DomainError, LinkMoved, NotFound, TooMany, TooManyCodes, TooSoon
from ticket_portal.i18n.locales import localized
from ticket_portal.states.audiences import EVERYBODY, open_to
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.devices import DeviceState
from ticket_portal.states.session import SessionState, problem_in

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
        """Find out what the address leads to and who is here; show the code, or the conversation."""
        conversation, end = await self.get_state(ConversationState), self._last_segment
        try:
            page = await conversation._arrive()
        except LinkMoved as moved:
            await conversation._begin(moved)
            there = localized(self._language, f"{TICKET}{moved.values['number']}")
            return rx.redirect(there, replace=True)
        except NotFound as refusal:
            self._forget_private()
            self._show(link=end, stage="invalid")
            return await conversation._begin(refusal if conversation._named.is_link else None)
        self._show(
            link=end,
            ticket=page.number,
            signed_in_as=page.signed_in_as,
            bounced=page.bounced,
            others=page.others,
        )
        self._show_code(page.masked_address, page.code, proved=page.proved)
        (await self.get_state(DeviceState))._begin(page.devices)
        return await conversation._begin(page.opening)

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
        found = problem_in(self.rx_router_url.query_parameters)
        return found if found and found.code in _SENDING else None
