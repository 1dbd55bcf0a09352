"""Tickets that a customer sent before they had an account: the offer to add them, and to undo it."""

import reflex as rx

from ticket_portal.domain.accounts.codes import CodeStatus
from ticket_portal.domain.errors import TooMany, TooManyCodes, TooSoon
from ticket_portal.domain.guests import claims
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.session import SessionState, problem_in
from ticket_portal.wiring import portal

# What a try to send a code may have led to; nothing else is taken from the address.
_SENDING = (TooMany.code, TooManyCodes.code, TooSoon.code)


class ClaimState(SessionState):
    """The offer on My tickets."""

    found: int = 0
    added: int = 0
    undo_until: str = ""
    code_sent: bool = False
    resend_at: str = ""
    problem: str = ""
    problem_code: str = ""

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Look whether there is something to offer, and where this browser is with its code."""
        p, viewer = portal(), await self._viewer()
        # What a guest of this address does is told there; what the account itself writes changes nothing here.
        view = await p.hub.shared(f"list:{viewer.address}", "claims", lambda: p.read(claims.preview, viewer))
        code = CodeStatus()
        if view.found:
            code = await p.read(claims.code, viewer, self._credentials.browser)
        refusal = problem_in(self.rx_router_url.query_parameters)
        if refusal and refusal.code not in _SENDING:
            refusal = None
        refusal = code.refusal or refusal
        self._show(
            found=view.found,
            added=view.added,
            undo_until=view.undo_until,
            code_sent=code.sent,
            resend_at=code.resend_at.isoformat() if code.resend_at else "",
            problem=self._say(refusal) if refusal else "",
            problem_code=refusal.code if refusal else "",
        )
