"""What is done to the open ticket besides writing in it; mostly how it ends: confirmed, rated, closed, joined."""

from functools import partial
from typing import Any

import reflex as rx

from ticket_portal.addresses import typed_number
from ticket_portal.domain.errors import DomainError
from ticket_portal.domain.guests import disown
from ticket_portal.domain.tickets import muting, resolution, tickets
from ticket_portal.domain.tickets.resolution import RatingForm
from ticket_portal.states.audiences import READERS, open_to
from ticket_portal.states.conversation import ConversationState
from ticket_portal.wiring import portal


class ResolutionState(ConversationState):
    """What is being done to the open ticket. Numbers say in which ticket, so that nothing shows in another one."""

    asks_why_in: int = 0
    rating_again_in: int = 0
    refusal: str = ""
    refusal_in: int = 0

    @rx.event
    @open_to(READERS)
    async def mute(self, on: bool) -> None:
        """Get no more alerts about this ticket, or get them again (whoever it is for)."""
        await self._act(muting.mute if on else muting.unmute)

    @rx.event
    @open_to(READERS)
    async def resolve(self) -> None:
        """Say that it is solved (the team)."""
        await self._act(tickets.resolve)

    @rx.event
    @open_to(READERS)
    async def assign_to_me(self) -> None:
        """Take the ticket (the team)."""
        await self._act(tickets.assign_to_me)

    @rx.event
    @open_to(READERS)
    async def unlock(self) -> None:
        """Undo "this wasn't me" (the team)."""
        await self._act(disown.unlock)

    @rx.event
    @open_to(READERS)
    async def confirm_solved(self) -> None:
        """Close a resolved ticket (its requester)."""
        await self._act(tickets.confirm_solved)

    @rx.event
    @open_to(READERS)
    async def still_need_help(self) -> None:
        """Reopen a resolved ticket at once (its requester), then ask what is missing."""
        if await self._act(tickets.still_need_help):
            self.asks_why_in = self.ticket

    @rx.event
    @open_to(READERS)
    async def stop_asking_why(self) -> None:
        """Nothing more to say."""
        self.asks_why_in = 0

    @rx.event
    @open_to(READERS)
    async def rate(self, typed: dict[str, Any]) -> None:
        """Say what the help was like (its requester)."""
        if await self._try(lambda: partial(resolution.rate, form=RatingForm.parse(typed))):
            self.rating_again_in = 0

    @rx.event
    @open_to(READERS)
    async def rate_again(self) -> None:
        """Show the form once more."""
        self.rating_again_in = self.ticket

    @rx.event
    @open_to(READERS)
    async def close(self) -> None:
        """Close the ticket (the team)."""
        await self._act(resolution.close)

    @rx.event
    @open_to(READERS)
    async def reopen(self) -> None:
        """Take the ticket up again (the team)."""
        await self._act(resolution.reopen)

    @rx.event
    @open_to(READERS)
    async def merge(self, typed: dict[str, Any]) -> None:
        """Join the ticket with another one (the team)."""
        await self._try(lambda: partial(resolution.merge, into=typed_number(typed.get("into"))))

    @rx.event
    @open_to(READERS)
    async def forget_refusal(self) -> None:
        """Begin anew in a form."""
        self.refusal = ""

    async def _act(self, change: Any) -> bool:
        try:
            await portal().write(change, await self._reader(), self.ticket)
        except DomainError as error:
            self.problem = self._say(error)
            return False
        self.problem = ""
        return True

    async def _try(self, make: Any) -> bool:
        """Do what a form asks for; what is wrong is said beside the form."""
        try:
            await portal().write(make(), await self._reader(), self.ticket)
        except DomainError as error:
            self.refusal, self.refusal_in = self._say(error), self.ticket
            return False
        self.refusal = ""
        return True
