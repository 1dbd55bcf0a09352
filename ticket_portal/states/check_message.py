"""Is this message really from us? Anybody may ask, by the reference in it."""

from typing import Any

import reflex as rx

from ticket_portal.domain.alerts import verify
from ticket_portal.domain.errors import DomainError
from ticket_portal.states.audiences import EVERYBODY, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class CheckMessageState(SessionState):
    """The question and its answer. `answer`: "" until asked, then `ours` or `unknown`."""

    answer: str = ""
    reference: str = ""
    kind: str = ""
    sent_at: str = ""
    sent_to: str = ""
    ticket: int = 0
    field: str = ""
    problem: str = ""
    problem_code: str = ""
    refusals: int = 0

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Begin with an empty form."""
        self._answer("", "")
        self._show(field="", problem="", problem_code="")

    @rx.event
    @open_to(EVERYBODY)
    async def check(self, typed: dict[str, Any]) -> None:
        """Look the reference up."""
        asked = str(typed.get("reference") or "")
        try:
            found = await portal().write(verify.check, asked, self._credentials.ip)
        except DomainError as error:
            self._answer("", "")
            self._show(field="reference", problem=self._say(error), problem_code=error.code)
            self.refusals += 1
            return
        self._show(field="", problem="", problem_code="")
        self._answer("ours" if found else "unknown", verify.grouped(verify.spelled(asked)))
        if found:
            self._show(
                kind=found.kind,
                sent_at=found.at.isoformat(),
                sent_to=found.masked_address,
                ticket=found.number or 0,
            )

    def _answer(self, answer: str, reference: str) -> None:
        self._show(answer=answer, reference=reference, kind="", sent_at="", sent_to="", ticket=0)
