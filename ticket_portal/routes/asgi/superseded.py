"""Cookies in whose place a browser is being sent new ones just now.

A sign-in, a new password or a guest's proof gives the browser another token, and closes the sockets of its other tabs
with the commit. They connect again at once, often before the answer that brings the new cookie. Taken for strangers,
they would say that the session is over. So for a moment a socket with the old token is sent away: the page tries
again, by then with the new cookie. The old token opens nothing meanwhile.
"""

import asyncio
import json
import time
from collections import OrderedDict
from contextlib import suppress
from typing import Final

from starlette.types import Receive, Scope, Send

from ticket_portal.domain.sessions import Credentials

SECONDS: Final = 30.0
"""How long an answer may take to arrive; after that the old cookie identifies no one."""
_KINDS: Final = ("replaced", "browser")


_HELLO_SECONDS: Final = 5.0
MAX_PAYLOAD: Final = 1_000_000
"""As Engine.IO says by default; Reflex's client refuses to send a page's first event where it is less than that."""
_OPENED = json.dumps(
    {"sid": "", "upgrades": [], "pingInterval": 25_000, "pingTimeout": 20_000, "maxPayload": MAX_PAYLOAD}
)


class Superseded:
    """The hashes of tokens that were replaced in the last seconds, here and in other processes."""

    def __init__(self) -> None:
        """Know of none."""
        self._since: OrderedDict[str, float] = OrderedDict()

    def hear(self, topics: set[str]) -> None:
        """Note what the live hub says was replaced (`sessions.supersede`, `known_browsers.move`)."""
        for topic in topics:
            kind, _, token_hash = topic.partition(":")
            if kind in _KINDS:
                self._since.pop(token_hash, None)  # the oldest stays the first
                self._since[token_hash] = time.monotonic()

    def has(self, found: Credentials) -> bool:
        """Return whether one of a browser's cookies was replaced just now."""
        oldest = time.monotonic() - SECONDS
        while self._since and next(iter(self._since.values())) < oldest:
            self._since.popitem(last=False)
        return not self._since.keys().isdisjoint((found.session, found.guest, found.browser))


async def ask_again(scope: Scope, receive: Receive, send: Send, code: int) -> None:
    """Close a socket so that its page connects once more, in a fifth of a second and then ever more slowly.

    Refusing the handshake would do as well, but browsers write an error of their own into the console. So Engine.IO's
    first packet is answered, and the socket closed when the page has asked for its events: to its client a failed try.
    """
    await receive()
    # Reflex's client offers its version as a subprotocol; browsers fail the connection unless it is chosen.
    await send({"type": "websocket.accept", "subprotocol": next(iter(scope.get("subprotocols", ())), None)})
    await send({"type": "websocket.send", "text": f"0{_OPENED}"})
    with suppress(TimeoutError):
        async with asyncio.timeout(_HELLO_SECONDS):
            await receive()
    await send({"type": "websocket.close", "code": code})
