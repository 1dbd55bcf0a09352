"""The states of tabs: how many stay in memory, and for how long after their tab was closed.

In each process for itself, and counted as sockets are (routes/asgi/admission.py).
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from ticket_portal import measures
from ticket_portal.routes.asgi.admission import Holder
from ticket_portal.settings import Settings

STRANGERS_STATE_SECONDS = 30.0
"""How long a stranger's state stays after its tab was closed: to connect again takes a second or two."""
PEOPLES_STATE_SECONDS = 900.0
BUSY_SECONDS = 5.0
"""After how long a state is looked at again that was in use when it was to go."""
SWEEP_EVERY = 5.0


@dataclass(slots=True)
class _Tab:
    holder: Holder
    is_open: bool
    goes_at: float = 0.0


class TabStates:
    """The states of this process's tabs, and when those of closed tabs go.

    Reflex would keep each for a quarter of an hour: at two hundred a second, a stranger who opens a socket, loads a
    page and leaves would have gigabytes kept.
    """

    def __init__(
        self, settings: Settings, forget: Callable[[str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`forget` drops the state of a token; False when it is in use."""
        self._settings, self._forget, self._clock = settings, forget, clock
        self._tabs: dict[str, _Tab] = {}
        self._count: dict[Holder, int] = {}
        # The tokens of closed tabs, the one that was closed first in front.
        self._closed: dict[bool, OrderedDict[str, None]] = {False: OrderedDict(), True: OrderedDict()}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._tabs)

    def __contains__(self, token: str) -> bool:
        """Whether the state of this tab is known here."""
        return token in self._tabs

    def opened(self, token: str, holder: Holder) -> bool:
        """Keep the state of a tab while it is open. False when there is no room, and nothing is kept.

        Room is made by those that were closed first: of the same holder, then of strangers, then of others. The state
        of an open tab is never taken from under it.
        """
        tab = self._tabs.get(token)
        if tab is None:
            if not self._make_room(holder):
                return False
            tab = self._tabs[token] = _Tab(holder, True)
            self._count[holder] = self._count.get(holder, 0) + 1
            measures.PAGE_STATES.set(len(self._tabs))
        self._closed[tab.holder.is_known].pop(token, None)
        tab.is_open = True
        return True

    def closed(self, token: str) -> None:
        """Let the state go in a while, unless the tab connects again."""
        tab = self._tabs.get(token)
        if tab is not None and tab.is_open:
            tab.is_open = False
            kept = PEOPLES_STATE_SECONDS if tab.holder.is_known else STRANGERS_STATE_SECONDS
            tab.goes_at = self._clock() + kept
            self._closed[tab.holder.is_known][token] = None

    def sweep(self) -> None:
        """Forget what is due."""
        now = self._clock()
        for waiting in self._closed.values():
            due = []
            for token in waiting:
                if self._tabs[token].goes_at > now:
                    break
                due.append(token)
            for token in due:
                self._drop(token)

    def _make_room(self, holder: Holder) -> bool:
        if self._count.get(holder, 0) >= self._settings.limit_states_per_ip:
            mine = [token for token in self._closed[holder.is_known] if self._tabs[token].holder == holder]
            if not any(self._drop(token) for token in mine):
                return False
        if len(self._tabs) < self._settings.limit_states:
            return True
        waiting = [*self._closed[False], *(self._closed[True] if holder.is_known else ())]
        return any(self._drop(token) for token in waiting) or holder.is_known

    def _drop(self, token: str) -> bool:
        """Forget the state of a closed tab; False when it is in use: it is looked at again a little later."""
        tab = self._tabs[token]
        waiting = self._closed[tab.holder.is_known]
        if not self._forget(token):
            tab.goes_at = self._clock() + BUSY_SECONDS
            waiting.move_to_end(token)
            return False
        del self._tabs[token], waiting[token]
        self._count[tab.holder] -= 1
        if not self._count[tab.holder]:
            del self._count[tab.holder]
        measures.PAGE_STATES.set(len(self._tabs))
        return True


def forget_state(app: Any, token: str) -> bool:
    """Drop the state of a tab from Reflex's memory; False while an event of it runs or waits."""
    manager, key = app.state_manager, rx.BaseStateToken(ident=token, cls=rx.State)
    lock = manager._states_locks.get(key.lock_key)
    if (lock is not None and lock.locked()) or app.event_processor._token_queues.get(token):
        return False
    manager._purge_token(key)
    return True


def forget_strays(app: Any, states: TabStates) -> None:
    """Drop states that no tab of this process has: what still ran for a closed tab may have made it a new one."""
    for token in [token for token in app.state_manager.states if token not in states]:
        forget_state(app, token)
