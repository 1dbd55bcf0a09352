"""Where an account is signed in, as its owner sees it."""

import reflex as rx

from ticket_portal.domain import devices
from ticket_portal.domain.devices import DeviceView
from ticket_portal.states.session import ACCOUNTS, SessionState, open_to
from ticket_portal.wiring import portal


class DeviceState(SessionState):
    """The section of the settings."""

    devices: list[DeviceView] = []

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Show the sessions that are open."""
        self._show(devices=await portal().ask(devices.views, await self._viewer()))

    @rx.event
    @open_to(ACCOUNTS)
    async def end(self, key: str) -> None:
        """Sign one of them out."""
        await portal().tell(devices.end, await self._viewer(), str(key))
        await self.load()
