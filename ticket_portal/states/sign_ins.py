"""Where an account is signed in, as its owner sees it."""

import reflex as rx

from ticket_portal.domain.accounts import sign_ins
from ticket_portal.domain.accounts.sign_ins import SignInView
from ticket_portal.states.audiences import ACCOUNTS, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class SignInState(SessionState):
    """The section of the settings."""

    sign_ins: list[SignInView] = []

    @rx.event
    @open_to(ACCOUNTS)
    async def load(self) -> None:
        """Show the sessions that are open."""
        self._show(sign_ins=await portal().read(sign_ins.views, await self._viewer()))

    @rx.event
    @open_to(ACCOUNTS)
    async def recognise(self) -> None:
        """Note that the owner was the one who signed in from new browsers."""
        await portal().write(sign_ins.recognise, await self._viewer())
        await self._look_again()

    @rx.event
    @open_to(ACCOUNTS)
    async def end(self, key: str) -> None:
        """Sign one of them out."""
        await portal().write(sign_ins.end, await self._viewer(), str(key))
        await self._look_again()

    async def _look_again(self) -> None:
        self._show(new_sign_in=(await self._viewer()).new_sign_in)
        await self.load()
