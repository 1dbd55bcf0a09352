"""One open ticket, as the person at this browser sees it."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

import reflex as rx

from ticket_portal.addresses import GUEST_LINK, number_in
from ticket_portal.domain.errors import DomainError, NotFound, TicketLocked
from ticket_portal.domain.guests import access
from ticket_portal.domain.guests.opening import Opening
from ticket_portal.domain.guests.page import GuestPage
from ticket_portal.domain.history import MessageKind, PostedMessage
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.permissions import by_address, can_read, can_reply
from ticket_portal.domain.tickets import conversation, messages
from ticket_portal.domain.tickets.conversation import MessageView, Thread
from ticket_portal.domain.tickets.detail_requests import DetailView
from ticket_portal.domain.tickets.drafts import DraftView
from ticket_portal.domain.tickets.messages import AnswersForm, MessageForm
from ticket_portal.domain.tickets.resolution import ResolutionView
from ticket_portal.i18n.locales import bare, localized
from ticket_portal.sets.roles import Role
from ticket_portal.states.audiences import EVERYBODY, READERS, open_to
from ticket_portal.states.delta import Delta
from ticket_portal.states.live_page import behind, connected
from ticket_portal.states.session import SessionState
from ticket_portal.states.ticket_address import TicketAddress
from ticket_portal.wiring import portal

POST: dict[str, tuple[Callable[[dict[str, object]], Any], Callable[..., Any]]] = {
    MessageKind.REPLY: (MessageForm.parse, messages.reply),
    MessageKind.NOTE: (MessageForm.parse, messages.note),
    MessageKind.DETAILS: (MessageForm.parse_request, messages.request_details),
    MessageKind.ANSWERS: (AnswersForm.parse, messages.answer_details),
}
MOST_REFUSED = 20
MOST_UNREAD_PAGES = 3
WRITES_EVERY = 2.0


class ConversationState(SessionState):
    """A ticket's conversation: a window of the newest messages, and the ones that came since.

    What came since is in `recent` (delta.py says how), which ticket it is follows from the address (ticket_address.py).
    """

    shown: str = ""
    writer: str = ""
    missing: bool = False
    locked: bool = False
    ticket: int = 0
    subject: str = ""
    status: str = ""
    reopen_until: str = ""
    can_reopen: bool = False
    seen_by_team: int = 0
    last_seq: int = 0
    requester: str = ""
    requester_address: str = ""
    requester_language: str = ""
    proved_by: str = ""
    assignee: str = ""
    created_at: str = ""
    topic: str = ""
    muted: bool = False
    push: bool = False
    details: rx.Field[list[DetailView]] = rx.field(default_factory=list)
    earlier: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    messages: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    recent: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    recent_after: int = 0
    first_unread: int = 0
    typist: str = ""
    typist_role: str = ""
    typist_beat: float = 0.0
    has_earlier: bool = False
    refused: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem: str = ""
    resolution: ResolutionView = ResolutionView()
    by_link: bool = False
    came_from: int = 0

    _address: TicketAddress | None = None
    _leads_to: str = ""
    _draft: DraftView | None = None
    _ticket_id: int = 0
    _delta: Delta = Delta()
    _put_last: tuple[int, str] = (0, "")  # which reading of the ticket is shown, and as whom
    _wrote_at: float = 0.0

    # Forgotten with each ticket, it would let a page tell of typing as often as it opens one.
    _not_private: ClassVar = frozenset({"_wrote_at"})

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> Any:
        """Show the ticket that the address names, if whoever is here may read it; a joined one leads to the other."""
        return await self._begin()

    @rx.event(background=True, supersedes=True)
    @open_to(EVERYBODY)
    async def watch(self) -> None:
        """Keep the conversation as it is in the database, for as long as the page is open."""
        hub = portal().hub
        async with self:
            state = behind(self)
            if (
                state._address != state._named
            ):  # a background handler may begin before the foreground one has run
                await state._open()
            ticket_id, number, token = state._ticket_id, state.ticket, state.rx_router_session.client_token
        if not ticket_id:
            return
        async with hub.subscription({f"ticket:{ticket_id}"}) as changed:
            while True:
                async with self:
                    state = behind(self)
                    if state.ticket != number or not await state._refresh():
                        return
                if not await hub.wait(changed) or not connected(token):
                    return

    @rx.event
    @open_to(READERS)
    async def send(self, item: dict[str, Any]) -> None:
        """Post what the browser's outbox holds: a reply, a note, a request for details or answers to one."""
        client_id = str(item.get("client_id"))[:64]
        try:
            parse, post = POST[str(item.get("kind"))]
            number = number_in(item["number"])
            form = await portal().run(
                partial(parse, item)
            )  # not on the event loop: it looks through the text
            message = await portal().write(post, await self._reader(), number, form)
        except (KeyError, TypeError, ValueError, OverflowError):
            self._refuse(client_id, DomainError())
        except DomainError as error:
            self._refuse(client_id, error)
        else:
            self._accept(client_id)
            if number == self.ticket:
                await self._confirm(message)

    @rx.event
    @open_to(READERS)
    async def load_earlier(self) -> None:
        """Show an earlier part of the conversation above what is shown."""
        with suppress(DomainError):  # nothing is open here, or it is not theirs any more
            await self._extend(await self._reader())

    @rx.event
    @open_to(READERS)
    async def catch_up(self) -> None:
        """Send once more, as one list, what came since the page was opened: the browser missed a part of it."""
        self._fold()

    @rx.event
    @open_to(READERS)
    async def write(self) -> None:
        """Tell the others who look at this ticket that a public reply is being typed here."""
        now = time.monotonic()
        if not self._ticket_id or now - self._wrote_at < WRITES_EVERY:
            return
        self._wrote_at = now
        reader = await self._reader()
        try:
            thread = await self._thread(self._ticket_id, team=reader.of_team)
        except DomainError:
            return
        if can_reply(reader, thread):
            name = "" if reader.role == Role.GUEST else reader.name
            hub, topic = portal().hub, f"ticket:{self._ticket_id}"
            await portal().run(lambda: hub.whisper(topic, reader.key, reader.role, name))

    @rx.event
    @open_to(READERS)
    async def seen(self, seq: int) -> None:
        """Note that the conversation was read up to an entry, in a visible page."""
        try:
            await portal().write(conversation.seen, await self._reader(), self.ticket, int(seq))
        except (DomainError, TypeError, ValueError, OverflowError):
            return

    async def _extend(self, reader: Viewer) -> None:
        first = (self.earlier or self.messages)[0].seq if (self.earlier or self.messages) else 0
        found, more = await portal().read(conversation.earlier, reader, self.ticket, first)
        self.earlier = [*found, *self.earlier]
        self.has_earlier = more

    async def _reader(self) -> Viewer:
        """Return as whom this page reads: on a guest's page the guest, unless the account has the same address."""
        viewer = await self._viewer()
        if not bare(self._path).startswith(GUEST_LINK):
            return viewer
        return access.reader(viewer, await self._guest())

    async def _begin(self, found: Opening | NotFound | None = None) -> Any:
        """Show the ticket that the address names; `found`: what is known of it already, or why it is not theirs."""
        read = await self._open(found)
        self._fold()
        await self._find_unread(read)
        return rx.redirect(self._leads_to, replace=True) if self._leads_to else None

    async def _open(self, found: Opening | NotFound | None = None) -> int | None:
        """Show the ticket; return how far it was read before, if it was not open here yet."""
        address = self._named
        if self._address == address and self._ticket_id:
            await self._refresh()
            return None
        self._forget_private()
        self.session_over = False
        self.shown, self._address = address.end, address
        try:
            ticket = await self._named_ticket() if found is None else found
            if isinstance(ticket, NotFound):
                raise ticket
        except DomainError as error:
            # Nobody who isn't signed in is led to a ticket's address: this is a tab whose session just ended.
            over = await self._reader() is NOBODY and not address.is_link
            self._show(session_over=over, missing=not over, locked=error.code == TicketLocked.code)
            return None
        self._show(by_link=address.is_link, came_from=ticket.came_from)
        if path := address.leads_to(ticket):
            self.shown, self._address = "", None
            self._leads_to = localized(self._language, path)
            return None
        self._ticket_id, self._draft = ticket.id, ticket.draft
        await self._refresh()
        return ticket.read

    @property
    def _named(self) -> TicketAddress:
        """The ticket that the address names now."""
        return TicketAddress.parse(self._path, self.rx_router_url.query_parameters)

    async def _find_unread(self, read: int | None) -> None:
        """Find what is new to whoever comes here now, and show as much as it takes to begin there."""
        if not self._ticket_id:
            return
        reader = await self._reader()
        with suppress(DomainError):
            thread = await self._thread(self._ticket_id, team=reader.of_team)
            if read is None:
                read = await portal().read(conversation.read_up_to, reader, thread)
            for _ in range(MOST_UNREAD_PAGES):
                if self.has_earlier and read < (self.earlier or self.messages)[0].seq - 1:
                    await self._extend(reader)
            self._show(
                first_unread=conversation.first_unread([*self.earlier, *self.messages], reader, read),
            )

    async def _named_ticket(self) -> Opening | NotFound:
        address = self._named
        if address.is_link:
            return (await self._arrive()).opening
        return await address.open(await self._reader())

    async def _arrive(self) -> GuestPage:
        """Return all that a guest's page begins with, in one read. Raises LinkInvalid."""
        viewer, guest, found = await self._viewer(), await self._guest(), self._credentials
        return await self._named.arrive(viewer, guest, found)

    def _take_draft(self) -> DraftView | None:
        """Return the draft that was read as the ticket was opened, once: later it may be another."""
        draft, self._draft = self._draft, None
        return draft

    async def _refresh(self) -> bool:
        """Read the ticket again as who is here now; False when they may not see it any more."""
        await self._follow_clock()
        reader = await self._reader()
        try:
            thread = await self._thread(self._ticket_id, team=reader.of_team)
            if reader is NOBODY or not can_read(reader, thread):
                raise TicketLocked if thread.locked_at and by_address(reader, thread) else NotFound
        except DomainError as error:
            over = self.ticket != 0 and reader is NOBODY
            shown = self.shown
            self._forget_private()
            self._show(
                shown=shown, missing=not over, session_over=over, locked=error.code == TicketLocked.code
            )
            return False
        if (thread.serial, reader.key) == self._put_last:
            self._hear(reader)
            self._show(missing=False, session_over=False)
        else:
            self._put(thread, reader)
            self._put_last = (thread.serial, reader.key)
        return True

    async def _thread(self, ticket_id: int, *, team: bool) -> Thread:
        p = portal()
        return await p.hub.shared(
            f"ticket:{ticket_id}",
            "team" if team else "requester",
            lambda: p.read(conversation.thread, ticket_id, team=team),
        )

    def _put(self, thread: Thread, reader: Viewer) -> None:
        self._take(self._delta.put(thread, reader))
        self._hear(reader)
        self._show(
            missing=False,
            session_over=False,
            ticket=thread.number,
            subject=thread.subject,
            status=thread.status,
            reopen_until=thread.reopen_until,
            can_reopen=thread.can_reopen,
            seen_by_team=thread.seen_by_team_seq,
            last_seq=thread.last_seq,
            created_at=thread.created_at,
            resolution=thread.resolution,
            details=thread.details,
            writer=reader.key,
            muted=thread.muted and not reader.of_team,
            push=bool(portal().settings.vapid_key) and not reader.of_team,
            locked=thread.locked_at is not None,
        )
        if reader.of_team:
            self._show(
                requester=thread.requester,
                requester_address=thread.address,
                requester_language=thread.language,
                proved_by=thread.proved_by,
                assignee=thread.assignee,
                topic=thread.topic,
            )

    async def _confirm(self, message: PostedMessage) -> None:
        """Show what was just posted, as kept; `watch` tells a turn later what else that changed."""
        if (
            message.seq == self._delta.told + 1
            and message.kind in (MessageKind.REPLY, MessageKind.NOTE)
            and not message.files
        ):
            self._take(self._delta.append([conversation.posted(message)]))
        else:
            await self._refresh()

    def _fold(self) -> None:
        """Put what came since the page was opened where a browser that just came (again) finds all of it."""
        self._take(self._delta.fold(self.messages))

    def _take(self, step: tuple[Delta, dict[str, Any]]) -> None:
        self._delta, changes = step
        self._show(**changes)

    def _hear(self, reader: Viewer) -> None:
        others = [w for w in portal().hub.whispers(f"ticket:{self._ticket_id}") if w.sender != reader.key]
        if others:
            self._show(typist=others[-1].name, typist_role=others[-1].role, typist_beat=others[-1].at)

    def _refuse(self, client_id: str, error: DomainError) -> None:
        kept = dict(list(self.refused.items())[-MOST_REFUSED:])
        self.refused = {**kept, client_id: self._say(error)}

    def _accept(self, client_id: str) -> None:
        if client_id in self.refused:
            self.refused = {k: v for k, v in self.refused.items() if k != client_id}
