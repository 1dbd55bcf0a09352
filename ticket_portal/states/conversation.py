"""One open ticket, as the person at this browser sees it."""

from typing import Any

import reflex as rx

from ticket_portal.domain import guests, locks, messages, tickets
from ticket_portal.domain.errors import DomainError, NotFound, TicketLocked
from ticket_portal.domain.messages import MessageForm, MessageView, Thread
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.permissions import by_address, can_read
from ticket_portal.i18n.locales import bare
from ticket_portal.states.session import EVERYBODY, READERS, SessionState, behind, connected, open_to
from ticket_portal.wiring import portal

POST = {"reply": messages.reply, "note": messages.note, "details": messages.request_details}
MOST_REFUSED = 20
LONGEST_TAIL = 20
GUESTS_OWN = "/guest/tickets/"


class ConversationState(SessionState):
    """A ticket's conversation: a window of the newest messages, and the ones that came since.

    Messages that arrive go into `recent`: a list is sent to the browser whole, so the window itself stays as it is.
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
    earlier: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    messages: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    recent: rx.Field[list[MessageView]] = rx.field(default_factory=list)
    has_earlier: bool = False
    refused: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem: str = ""

    _ticket_id: int = 0
    _boundary: int = 0

    @rx.event
    @open_to(EVERYBODY)
    async def load(self) -> None:
        """Show the ticket that the address names, if whoever is here may read it."""
        await self._open()

    @rx.event(background=True, supersedes=True)
    @open_to(EVERYBODY)
    async def watch(self) -> None:
        """Keep the conversation as it is in the database, for as long as the page is open."""
        hub = portal().hub
        async with self:
            state = behind(self)
            await state._open()  # a background handler may begin before the foreground one has run
            ticket_id, number, token = state._ticket_id, state.ticket, state.rx_router_session.client_token
        if not ticket_id:
            return
        async with hub.subscription({f"ticket:{ticket_id}"}) as changed:
            while True:
                async with self:
                    state = behind(self)
                    if state.ticket != number or not await state._refresh():
                        return
                await hub.wait(changed)
                if not connected(token):
                    return

    @rx.event
    @open_to(READERS)
    async def send(self, item: dict[str, Any]) -> None:
        """Post what the browser's outbox holds: a reply, a note or a request for details."""
        client_id = str(item.get("client_id"))[:64]
        try:
            post = POST[str(item.get("kind"))]
            number = int(item["number"])
            await portal().tell(post, await self._reader(), number, MessageForm.parse(item))
        except (KeyError, TypeError, ValueError, OverflowError):
            self._refuse(client_id, DomainError())
        except DomainError as error:
            self._refuse(client_id, error)
        else:
            self._accept(client_id)

    @rx.event
    @open_to(READERS)
    async def load_earlier(self) -> None:
        """Show an earlier part of the conversation above what is shown."""
        first = (self.earlier or self.messages)[0].seq if (self.earlier or self.messages) else 0
        try:
            found, more = await portal().ask(messages.earlier, await self._reader(), self.ticket, first)
        except DomainError:  # nothing is open here, or it is not theirs any more
            return
        self.earlier = [*found, *self.earlier]
        self.has_earlier = more

    @rx.event
    @open_to(READERS)
    async def seen(self, seq: int) -> None:
        """Note that the conversation was read up to an entry, in a visible page."""
        try:
            await portal().tell(messages.seen, await self._reader(), self.ticket, int(seq))
        except (DomainError, TypeError, ValueError, OverflowError):
            return

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
        await self._act(locks.unlock)

    @rx.event
    @open_to(READERS)
    async def confirm_solved(self) -> None:
        """Close a resolved ticket (its requester)."""
        await self._act(tickets.confirm_solved)

    @rx.event
    @open_to(READERS)
    async def still_need_help(self) -> None:
        """Reopen a resolved ticket (its requester)."""
        await self._act(tickets.still_need_help)

    async def _act(self, change: Any) -> None:
        try:
            await portal().tell(change, await self._reader(), self.ticket)
            self.problem = ""
        except DomainError as error:
            self.problem = self._say(error)

    async def _reader(self) -> Viewer:
        """Return as whom this page reads: on a guest's page the guest, unless the account has the same address."""
        viewer = await self._viewer()
        if not bare(self._path).startswith("/guest/"):
            return viewer
        guest = await self._guest()
        if (
            viewer.account_id
            and not viewer.of_team
            and (not guest.address or viewer.address == guest.address)
        ):
            return viewer
        return guest

    async def _open(self) -> None:
        if self.shown == self._last_segment and self._ticket_id:
            await self._refresh()
            return
        self._forget_private()
        self.shown = self._last_segment
        try:
            ticket = await self._named_ticket()
        except DomainError as error:
            # Nobody who isn't signed in is led to a ticket's address: this is a tab whose session just ended.
            path = bare(self._path)
            by_link = path.startswith("/guest/") and not path.startswith(GUESTS_OWN)
            over = await self._reader() is NOBODY and not by_link
            self._show(session_over=over, missing=not over, locked=error.code == TicketLocked.code)
            return
        self._ticket_id = ticket.id
        await self._refresh()

    async def _named_ticket(self) -> Any:
        path = bare(self._path)
        reader = await self._reader()
        if path.startswith("/guest/") and not path.startswith(GUESTS_OWN):
            opened = await portal().ask(guests.open_link, self._last_segment)
            if not can_read(reader, opened.ticket):
                raise NotFound
            return opened.ticket
        if path.startswith("/agent/") and not reader.of_team:
            raise NotFound
        number = self._last_segment
        # isdecimal() alone would take digits of other scripts, which no address of ours has.
        if not (number.isascii() and number.isdecimal() and len(number) <= 12):
            raise NotFound
        return await portal().ask(tickets.find, reader, int(number))

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
        self._put(thread, reader)
        return True

    async def _thread(self, ticket_id: int, *, team: bool) -> Thread:
        p = portal()
        return await p.hub.shared(
            f"ticket:{ticket_id}",
            "team" if team else "requester",
            lambda: p.ask(messages.thread, ticket_id, team=team),
        )

    def _put(self, thread: Thread, reader: Viewer) -> None:
        entries = thread.entries
        tail = [e for e in entries if e.view.seq > self._boundary]
        if not self._boundary or len(tail) in (len(entries), *range(LONGEST_TAIL, len(entries) + 1)):
            self._boundary, tail = thread.last_seq, []
            self._show(messages=messages.views(entries, reader), has_earlier=thread.has_earlier, earlier=[])
        self._show(
            recent=messages.views(tail, reader),
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
            writer=reader.key,
            locked=thread.locked_at is not None,
        )
        if reader.of_team:
            self._show(
                requester=thread.requester,
                requester_address=thread.address,
                requester_language=thread.language,
                proved_by=thread.proved_by,
                assignee=thread.assignee,
            )

    def _refuse(self, client_id: str, error: DomainError) -> None:
        kept = dict(list(self.refused.items())[-MOST_REFUSED:])
        self.refused = {**kept, client_id: self._say(error)}

    def _accept(self, client_id: str) -> None:
        if client_id in self.refused:
            self.refused = {k: v for k, v in self.refused.items() if k != client_id}

    def _forget_private(self) -> None:
        fresh: dict[str, Any] = {
            "shown": "", "writer": "", "missing": False, "locked": False, "ticket": 0, "subject": "", "status": "",
            "reopen_until": "",
            "can_reopen": False, "seen_by_team": 0, "last_seq": 0, "requester": "", "requester_address": "",
            "requester_language": "", "proved_by": "", "assignee": "", "created_at": "", "earlier": [],
            "messages": [], "recent": [], "has_earlier": False, "problem": "", "session_over": False,
        }  # fmt: skip
        self._show(**fresh)
        self._ticket_id = self._boundary = 0
