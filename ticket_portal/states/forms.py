"""The account forms: what went wrong with the last one, as its address says in a stable code."""

import reflex as rx

from ticket_portal.domain.accounts import accounts, codes, credentials
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.errors import DomainError, Invalid
from ticket_portal.i18n.locales import bare, own_address
from ticket_portal.states.audiences import EVERYBODY, open_to
from ticket_portal.states.session import SessionState, problem_in
from ticket_portal.wiring import portal

NOTICES = (
    "password_changed",
    "browser_allowed",
    "links_sent",
    "signed_out",
    "address_changed",
    "deletion_cancelled",
)


class FormState(SessionState):
    """One of the forms that set cookies (sign in, sign up, a new password, find my ticket)."""

    problem: str = ""
    problem_code: str = ""
    field: str = ""
    notice: str = ""
    next_path: str = ""
    code_address: str = ""
    resend_at: str = ""
    ready: bool = False

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Read what the address says, and whether a code is on its way to this browser."""
        query = self.rx_router_url.query_parameters
        refusal = problem_in(query)
        notice = query.get("notice", "")
        self._show(
            problem=self._say(refusal) if refusal else "",
            problem_code=refusal.code if refusal else "",
            field=refusal.field if isinstance(refusal, Invalid) else "",
            notice=notice if notice in NOTICES else "",
            next_path=own_address(query.get("next", "")),
            code_address="",
            resend_at="",
        )
        path = bare(self._path)
        purpose = {"/sign-up/code": accounts.SIGN_UP, "/reset-password": accounts.RESET}.get(path)
        if path == "/settings/email/code":
            purpose = credentials.purpose(await self._viewer())
        if purpose:
            await self._look_at_code(purpose, refusal)
        self._show(ready=True)

    async def _look_at_code(self, purpose: str, refusal: DomainError | None) -> None:
        browser = self._credentials.browser
        address = await portal().read(codes.newest_address, purpose, browser)
        if not address:
            return
        status = await portal().read(codes.status, CodeScope(purpose, address, browser))
        self._show(
            code_address=address if status.sent else "",
            resend_at=status.resend_at.isoformat() if status.resend_at else "",
        )
        # What the database knows of the last try (how many are left) says more than the code in the address.
        if status.refusal and refusal and status.refusal.code.startswith("code_"):
            self._show(problem=self._say(status.refusal), problem_code=status.refusal.code)
