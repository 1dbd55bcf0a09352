"""The server's copy of what somebody is writing: given to the browser once, told by it every few seconds."""

from typing import Any

import reflex as rx

from ticket_portal.addresses import NEW_TICKET
from ticket_portal.domain.errors import DomainError
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import drafts
from ticket_portal.domain.tickets.drafts import DraftForm, DraftView
from ticket_portal.i18n.locales import bare
from ticket_portal.states.audiences import EVERYBODY, open_to
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class DraftState(SessionState):
    """The draft of the page that is open. `draft` is what the page began with; after that only `saved_at` changes."""

    place: str = ""
    draft: rx.Field[DraftView] = rx.field(default_factory=DraftView)
    saved_at: str = ""

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Give the browser what was written here on another device, or before a sign-out."""
        writer, place = await self._writer()
        found = (await self.get_state(ConversationState))._take_draft() if place != drafts.NEW else None
        if found is None:
            found = DraftView() if writer is NOBODY else await portal().read(drafts.load, writer, place)
        self._show(place=place if writer is not NOBODY else "", draft=found, saved_at=found.saved_at)

    @rx.event
    @open_to(EVERYBODY)
    async def save(self, typed: dict[str, Any]) -> None:
        """Keep what is being written; what nobody in particular writes stays in their browser."""
        writer, _place = await self._writer()
        try:
            saved_at = await portal().write(drafts.save, writer, DraftForm.parse(typed))
        except DomainError:
            return
        if saved_at:
            self.saved_at = saved_at.isoformat()

    async def _writer(self) -> tuple[Viewer, str]:
        """Return who writes on this page, and where."""
        if bare(self._path) == NEW_TICKET:
            viewer = await self._viewer()
            return (viewer if viewer.account_id else await self._guest()), drafts.NEW
        page = await self.get_state(ConversationState)
        if not page.ticket:
            return NOBODY, ""
        return await page._reader(), str(page.ticket)
