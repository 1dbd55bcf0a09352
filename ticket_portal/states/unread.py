"""How many tickets are unread, on every open page: one listener for the whole process, no task for each page.

A page is known here from its connection on, by its token, as a few words; only when a count differs from what a page
was told last is its state touched. So an open page that watches nothing else costs next to nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass

from reflex_base.registry import RegistrationContext

from ticket_portal.delivery.live import Hub
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import updates
from ticket_portal.wiring import portal

log = logging.getLogger(__name__)

# An answer that is read as it comes, in a visible page, is never counted: that page says so within this time.
SETTLE = 0.4
# A burst of changes is one count, made when whoever wrote has their answer.
GATHER = 0.02
FIRST_SWEEP = 1_000


@dataclass(slots=True)
class _Page:
    viewer: Viewer
    told: int


class Followers:
    """The open pages of this process, by the list of tickets that each of them counts."""

    def __init__(self, is_open: Callable[[str], bool], show: Callable[[str, int], Awaitable[None]]) -> None:
        """`is_open` says whether a page is still connected, `show` puts a count into its state."""
        self._is_open, self._show = is_open, show
        self._lists: dict[str, dict[str, _Page]] = {}
        self._list_of: dict[str, str] = {}
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._hub: Hub | None = None
        self._context = Context()
        self._sweep_at = FIRST_SWEEP

    async def follow(self, token: str, viewer: Viewer, guest: Viewer) -> int:
        """Count for a page that just came, and from now on; return the count. The team has no list of its own."""
        self._listen()
        self._forget(token)
        whose = viewer if viewer.account_id else guest
        if not whose.is_requester:
            return 0
        topic = f"list:{whose.account_id or whose.address}"
        # Known first, then read: what changes in between is told.
        page = self._lists.setdefault(topic, {})[token] = _Page(whose, 0)
        self._list_of[token] = topic
        self._sweep()
        try:
            page.told = await self._count(topic, whose)
        except Exception:
            log.exception("The unread tickets of a page could not be counted; it comes to life all the same.")
        return page.told

    def _listen(self) -> None:
        hub = portal().hub
        if self._hub is not hub:
            self._hub = hub
            # A change is heard outside of any event, where nothing of Reflex is to be found otherwise.
            self._context.run(RegistrationContext.set, RegistrationContext.get())
            hub.listeners.append(self._hear)

    def _hear(self, topics: set[str]) -> None:
        heard = self._lists if "clock" in topics else topics & self._lists.keys()
        for topic in list(heard):
            if topic not in self._telling:
                task = asyncio.create_task(self._tell(topic), context=self._context.copy())
                self._telling[topic] = task
                task.add_done_callback(lambda _task, topic=topic: self._telling.pop(topic, None))

    async def _tell(self, topic: str) -> None:
        try:
            await asyncio.sleep(GATHER)
            pages = self._here(topic)
            if not pages:
                return
            viewer = next(iter(pages.values())).viewer
            if await self._count(topic, viewer) > min(page.told for page in pages.values()):
                await asyncio.sleep(SETTLE)
            # From here on a change begins another round.
            self._telling.pop(topic, None)
            count = await self._count(topic, viewer)
            for token, page in self._here(topic).items():
                if page.told != count:
                    page.told = count
                    await self._show(token, count)
        except Exception:
            # Tried again with the next change; a page that comes (again) counts anew.
            log.exception("The unread tickets of some pages could not be counted.")

    def _here(self, topic: str) -> dict[str, _Page]:
        pages = self._lists.get(topic, {})
        for token in [t for t in pages if not self._is_open(t)]:
            self._forget(token)
        return dict(pages)

    @staticmethod
    async def _count(topic: str, viewer: Viewer) -> int:
        p = portal()
        return await p.hub.shared(topic, "unread", lambda: p.read(updates.unread, viewer))

    def _forget(self, token: str) -> None:
        topic = self._list_of.pop(token, None)
        if topic is not None:
            del self._lists[topic][token]
            if not self._lists[topic]:
                del self._lists[topic]

    def _sweep(self) -> None:
        """Forget the pages that were closed and whose lists never changed since, once there may be many."""
        if len(self._list_of) < self._sweep_at:
            return
        for token in [t for t in self._list_of if not self._is_open(t)]:
            self._forget(token)
        self._sweep_at = max(FIRST_SWEEP, 2 * len(self._list_of))
