"""Name and time zone of an account, as its owner chooses them."""

from typing import Any

import reflex as rx

from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.errors import DomainError, Invalid
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class ProfileState(SessionState):
    """The section of the settings."""

    field: str = ""
    problem: str = ""
    problem_code: str = ""
    refusals: int = 0
    saved: bool = False

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Forget what was said of an earlier try; what is chosen is the session's."""
        self._show(field="", problem="", problem_code="", saved=False)

    @rx.event
    @open_to(ACCOUNTS)
    async def save(self, typed: dict[str, Any]) -> None:
        """Keep what was typed."""
        viewer = await self._viewer()
        if not viewer.account_id:
            return
        try:
            await portal().write(
                accounts.update_profile,
                viewer.account_id,
                typed.get("name"),
                typed.get("time_zone"),
                self._credentials.zone,
            )
        except DomainError as error:
            field = error.field if isinstance(error, Invalid) else ""
            self._show(field=field, problem=self._say(error), problem_code=error.code, saved=False)
            self.refusals += 1
            return
        now = await self._viewer()
        self.name, self.zone = now.name, now.time_zone if now.zone_is_chosen else ""
        self._show(field="", problem="", problem_code="", saved=True)
