"""The settings of an account."""

import reflex as rx

from ticket_portal.states.session import ACCOUNTS, SessionState, open_to


class SettingsState(SessionState):
    """The settings page; what it shows is the session's."""

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Open to accounts only: the gate leads everybody else to the sign-in."""
