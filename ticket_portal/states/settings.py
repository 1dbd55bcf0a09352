"""The settings of an account."""

import reflex as rx

from ticket_portal.domain.privacy import erasure
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class SettingsState(SessionState):
    """The settings page; what it shows is the session's, but for when the account will be deleted."""

    deletion_at: str = ""

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Open to accounts only: the gate leads everybody else to the sign-in."""
        at = await portal().read(erasure.planned, await self._viewer())
        self._show(deletion_at=at.isoformat() if at else "")
