"""The safety phrase of an account, as its owner chooses it."""

from typing import Any

import reflex as rx

from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.alerts import phrases
from ticket_portal.domain.errors import DomainError
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class SafetyState(SessionState):
    """The section of the settings; the phrase is shown to its owner alone."""

    phrase: str = ""
    field: str = ""
    problem: str = ""
    problem_code: str = ""
    refusals: int = 0
    saved: bool = False

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Show the phrase as it is kept."""
        self._show(field="", problem="", problem_code="", saved=False)
        viewer = await self._viewer()
        if viewer.account_id:
            self._show(phrase=await portal().read(phrases.of_account, viewer.account_id))

    @rx.event
    @open_to(ACCOUNTS)
    async def save(self, typed: dict[str, Any]) -> None:
        """Keep what was typed."""
        viewer = await self._viewer()
        if not viewer.account_id:
            return
        try:
            kept = await portal().write(
                accounts.choose_phrase, viewer.account_id, str(typed.get("phrase") or "")
            )
        except DomainError as error:
            self._show(field="phrase", problem=self._say(error), problem_code=error.code, saved=False)
            self.refusals += 1
            return
        self._show(phrase=kept, field="", problem="", problem_code="", saved=True)
