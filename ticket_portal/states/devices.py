"""The devices that get notifications: of the account, or of the guest whose page this is."""

import asyncio
from typing import Any

import reflex as rx

from ticket_portal.addresses import GUEST_LINK
from ticket_portal.delivery import vapid
from ticket_portal.domain.alerts import devices, notifications
from ticket_portal.domain.alerts.devices import DeviceForm, DeviceView
from ticket_portal.domain.errors import DomainError
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import Viewer
from ticket_portal.i18n.locales import bare
from ticket_portal.states.audiences import EVERYBODY, READERS, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal

LOOK_EVERY = 0.25
MOST_LOOKS = 40
LARGEST_ID = 10**9


class DeviceState(SessionState):
    """Which devices there are. `push_key` is what a browser subscribes with; "" where the portal sends no pushes."""

    push_key: str = ""
    devices: rx.Field[list[DeviceView]] = rx.field(default_factory=list)
    listed: bool = False
    tested: int = 0
    outcome: str = ""
    problem: str = ""
    problem_code: str = ""

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Show the devices of whoever this page is for."""
        self._begin(await portal().read(devices.mine, await self._owner()))

    @rx.event
    @open_to(READERS)
    async def add(self, subscription: dict[str, Any]) -> None:
        """Tell this person on this browser from now on."""
        try:
            agent = str(self.router.headers.user_agent)
            form = DeviceForm.parse(portal().settings, subscription, agent, self._language)
            await portal().write(devices.add, await self._owner(), form, self._credentials.browser)
        except DomainError as error:
            self._refused(error)
        else:
            self._show(problem="", problem_code="")
        await self._list()

    @rx.event
    @open_to(READERS)
    async def remove(self, device_id: int) -> None:
        """Tell them there no more."""
        if 0 < device_id < LARGEST_ID:
            try:
                await portal().write(devices.remove, await self._owner(), device_id)
            except DomainError as error:
                self._refused(error)
        self._show(tested=0, outcome="")
        await self._list()

    @rx.event(background=True)
    @open_to(READERS)
    async def test(self, device_id: int) -> None:
        """Send a notification to one of them, and say what its push service made of it."""
        if not 0 < device_id < LARGEST_ID:
            return
        async with self:
            self._show(tested=device_id, outcome="waiting", problem="", problem_code="")
            owner = await self._owner()
        try:
            key = await portal().write(notifications.about_test, owner, device_id)
        except DomainError as error:
            async with self:
                self._refused(error)
                self._show(tested=0, outcome="")
            return
        found = ""
        for _ in range(MOST_LOOKS):
            found = await portal().read(notifications.outcome, key)
            if found not in ("waiting", "sending"):
                break
            await asyncio.sleep(LOOK_EVERY)
        async with self:
            self._show(outcome={"sent": "sent", "dropped": "gone"}.get(found, "late"))
            await self._list()

    def _begin(self, found: list[DeviceView]) -> None:
        """Show these on a page that has just come."""
        self._show(problem="", problem_code="", tested=0, outcome="")
        self._put(found)

    async def _list(self) -> None:
        self._put(await portal().read(devices.mine, await self._owner()))

    def _put(self, found: list[DeviceView]) -> None:
        private = portal().settings.vapid_key
        self._show(
            push_key=vapid.public_key(private) if private else "",
            devices=found,
            listed=True,
        )

    async def _owner(self) -> Viewer:
        """Return whose devices this page shows: on a guest's page the guest's, unless the account has that address."""
        viewer = await self._viewer()
        return (
            access.reader(viewer, await self._guest()) if bare(self._path).startswith(GUEST_LINK) else viewer
        )

    def _refused(self, error: DomainError) -> None:
        self._show(problem=self._say(error), problem_code=error.code)
