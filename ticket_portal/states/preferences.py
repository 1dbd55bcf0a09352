"""How a customer wants to be told, as the settings page shows and changes it."""

from typing import Any

import reflex as rx

from ticket_portal.domain.alerts import preferences
from ticket_portal.domain.errors import DomainError
from ticket_portal.sets.roles import Role
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.live_page import behind, connected
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal

LATEST = 2**53


class PreferencesState(SessionState):
    """What was chosen. `answered` is the browser's own number of the last choice that was kept or refused."""

    loaded: bool = False
    choices: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    email_may_be_off: bool = False
    answered: int = 0
    problem: str = ""
    problem_code: str = ""

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Show what was chosen; the team gets no alerts."""
        self._show(problem="", problem_code="")
        await self._refresh()

    @rx.event(background=True, supersedes=True)
    @open_to(ACCOUNTS)
    async def watch(self) -> None:
        """Follow what is chosen in another tab, for as long as the page is open."""
        hub = portal().hub
        async with self:
            state = behind(self)
            viewer, token = await state._viewer(), state.rx_router_session.client_token
        async with hub.subscription({f"preferences:{viewer.account_id}"}) as changed:
            while connected(token):
                async with self:
                    if not await behind(self)._refresh():
                        return
                if not await hub.wait(changed):
                    return

    @rx.event
    @open_to(ACCOUNTS)
    async def choose(self, item: dict[str, Any]) -> None:
        """Keep one choice, or say why not."""
        name, value, number = item.get("name"), item.get("value"), item.get("n")
        if not (isinstance(name, str) and isinstance(value, str) and isinstance(number, int)):
            return
        viewer, zone = await self._viewer(), self._credentials.zone
        try:
            await portal().write(preferences.choose, viewer, name[:40], value[:80], zone)
        except DomainError as error:
            self._show(problem=self._say(error), problem_code=error.code)
        else:
            self._show(problem="", problem_code="")
        await self._refresh()
        self._show(answered=max(0, min(number, LATEST)))

    async def _refresh(self) -> bool:
        viewer = await self._viewer()
        if viewer.role != Role.CUSTOMER:
            self._forget_private()
            return False
        view = await portal().read(preferences.view, viewer, self._credentials.zone)
        self._show(loaded=True, choices=view.choices, email_may_be_off=view.email_may_be_off)
        return True
