"""The guard of the websocket, around Engine.IO itself: what a closed page leaves in memory."""

import asyncio
import gc
import logging
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import engineio
import pytest
from starlette.types import Message, Scope

from ticket_portal.delivery.live import Hub
from ticket_portal.routes.asgi.socket import SocketGuard
from ticket_portal.store.unit_of_work import Store

SCOPE: Scope = {
    "type": "websocket",
    "path": "/_event/",
    "query_string": b"token=0b8b9a9e-2f6f-4d6e-9d3b-000000000001&EIO=4&transport=websocket",
    "headers": [(b"upgrade", b"websocket"), (b"connection", b"Upgrade")],
    "client": ("192.0.2.7", 50_000),
}


@pytest.fixture
def by_counting_alone() -> Iterator[None]:
    """Nothing looks for garbage: what is still there afterwards was kept."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Tab:
    """The server's end of a browser's tab that opens a socket, says something and is closed."""

    def __init__(self, store: Store) -> None:
        self.hub = Hub(store)
        self.engine = engineio.AsyncServer(async_mode="asgi")
        engine = engineio.ASGIApp(self.engine, engineio_path=None)
        portal: Any = SimpleNamespace(hub=self.hub, settings=store.settings)
        self.guard = SocketGuard(engine, engine, portal)
        self.says: asyncio.Queue[Message] = asyncio.Queue()
        self.hears: asyncio.Queue[Message] = asyncio.Queue()
        self.says.put_nowait({"type": "websocket.connect"})

    async def opens(self) -> tuple[asyncio.Task[None], "weakref.ref[Any]"]:
        """Return the socket's task, and what Engine.IO keeps of the page."""
        task = asyncio.create_task(self.guard({**SCOPE}, self.says.get, self.hears.put))
        for said in ("websocket.accept", "websocket.send"):
            assert (await self.hears.get())["type"] == said
        (page,) = cast("dict[str, Any]", self.engine.sockets).values()
        return task, weakref.ref(page)


@pytest.mark.parametrize("ending", ["the browser leaves", "the session ends"])
@pytest.mark.usefixtures("by_counting_alone")
def test_a_closed_page_is_forgotten_at_once(store: Store, ending: str) -> None:
    """Garbage is looked for every ten minutes only; a page that waited for it would stand there until then."""

    async def scene() -> Any:
        tab = Tab(store)
        task, page = await tab.opens()
        if ending == "the browser leaves":
            tab.says.put_nowait({"type": "websocket.disconnect", "code": 1001})
        else:
            tab.guard.drop_all()
        await task
        return page

    assert asyncio.run(scene())() is None


def test_a_refusal_is_logged_once_a_minute_without_what_was_said(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is refused goes on trying; the origin is the client's own words."""
    caplog.set_level(logging.INFO, logger="ticket_portal.security")

    async def scene() -> list[Message]:
        tab = Tab(store)
        headers = [*SCOPE["headers"], (b"origin", b"https://evil.example")]
        for _ in range(3):
            tab.says.put_nowait({"type": "websocket.connect"})
            await tab.guard({**SCOPE, "headers": headers}, tab.says.get, tab.hears.put)
        return [tab.hears.get_nowait() for _ in range(3)]

    assert {said["type"] for said in asyncio.run(scene())} == {"websocket.close"}
    (line,) = caplog.messages
    assert line.startswith("event=origin_refused ip=")
    assert "evil" not in line
    assert "192.0.2.7" not in line


def test_a_socket_that_says_nothing_is_closed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page connects to the events at once; what never does is no page."""
    monkeypatch.setattr("ticket_portal.routes.asgi.socket.HELLO_SECONDS", 0.0)

    async def scene() -> Message:
        tab = Tab(store)
        await tab.guard({**SCOPE}, tab.says.get, tab.hears.put)
        while tab.hears.qsize() > 1:
            tab.hears.get_nowait()
        return tab.hears.get_nowait()

    assert asyncio.run(asyncio.wait_for(scene(), 10)) == {"type": "websocket.close", "code": 1008}
