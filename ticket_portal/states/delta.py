"""How a growing conversation reaches a browser: a list is sent to it whole, so only what is new is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import conversation
from ticket_portal.domain.tickets.conversation import MessageView, Thread

Changes = dict[str, Any]
"""Vars of the page's state, by name."""


@dataclass(frozen=True)
class Delta:
    """What one browser was told of a ticket: up to which entry, and what of it came `later` than its first list.

    That first list is in `messages`. What arrives is sent in `recent`, and nothing else with it. The browser puts it
    after what it has; `recent_after` is the entry before it, and a browser that has not got that one asks again: then
    all of it is folded into `messages`. (No lists here: Reflex wraps each of a list's items at each look.)
    """

    told: int = 0
    later: tuple[MessageView, ...] = ()

    def put(self, thread: Thread, reader: Viewer) -> tuple["Delta", Changes]:
        """Tell what is new in the thread; all of it the first time, or when more than a window came at once."""
        fresh = conversation.views([e for e in thread.entries if e.view.seq > self.told], reader)
        if not self.told or len(fresh) == len(thread.entries):
            whole: Changes = {"messages": fresh, "has_earlier": thread.has_earlier, "earlier": []}
            return Delta(thread.last_seq), {**whole, "recent": [], "recent_after": 0}
        after, changes = self.append(fresh) if fresh else (self, {})
        return replace(after, told=thread.last_seq), changes

    def append(self, fresh: Sequence[MessageView]) -> tuple["Delta", Changes]:
        """Tell entries that follow on what was told."""
        after = Delta(fresh[-1].seq, (*self.later, *fresh))
        return after, {"recent": list(fresh), "recent_after": self.told}

    def fold(self, messages: Sequence[MessageView]) -> tuple["Delta", Changes]:
        """Put what came later where a browser that just came (again) finds all of it."""
        if not self.later:
            return self, {}
        return Delta(self.told), {"messages": [*messages, *self.later], "recent": [], "recent_after": 0}
