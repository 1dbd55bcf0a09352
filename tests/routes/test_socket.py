"""The guard of the websocket, around Engine.IO itself: what a closed page leaves in memory."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import engineio
import pytest
from starlette.types import Message, Scope

from ticket_portal.delivery.live import Hub
from ticket_portal.routes.socket import SocketGuard
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
