"""A browser without a browser: one websocket that speaks Engine.IO, Socket.IO and Reflex's events.

Small and quick, because it shares the machine with what it measures: a thousand of them are one process.
"""

import asyncio
import base64
import json
import os
import struct
import time
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

ROOT = "reflex___state____state"
ON_LOAD = f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal"
HYDRATE = f"{ROOT}.hydrate_and_load"
_EVENT = "42/_event,"
_ANSWER_SECONDS = 30

T = TypeVar("T")


def run(what: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: Playwright has an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, what).result()


class Tab:
    """One tab at one address."""

    def __init__(
        self, url: str, path: str, cookies: dict[str, str], boot: dict[str, Any] | None = None
    ) -> None:
        """`boot`: what the built front end says of itself in its first packet (browser.boot_packet)."""
        self.url, self.path, self.cookies = url, path, cookies
        self.token = str(uuid.uuid4())
        self.received = 0
        self.on_frame: Callable[[bytes, float], None] | None = None
        self._boot = boot or {}
        self._deltas: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and hydrate; returns when the page's `on_load` has run, as a browser's page is ready then."""
        await self.connect()
        await self.until_ready()

    async def connect(self) -> None:
        """Connect and say what page this is."""
        parts = urlsplit(self.url)
        self._reader, self._writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**22)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"GET /_event/?EIO=4&transport=websocket&token={self.token} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Origin: {self.url}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            *([f"Cookie: {cookies}"] if cookies else []),
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), _ANSWER_SECONDS)
        if b" 101 " not in head:
            raise ConnectionError(head.decode(errors="replace"))
        await self._frame()  # Engine.IO's "open"
        payload = {"hashes": self._boot["hashes"]} if "hashes" in self._boot else {}
        auth = {"event": self._event(HYDRATE, payload), "state_schema": self._boot.get("state_schema")}
        self._send("40/_event," + json.dumps(auth, separators=(",", ":")))
        self._task = asyncio.create_task(self._listen())

    def say(self, name: str, **payload: Any) -> None:
        """Send an event."""
        event = self._event(name, payload)
        self._send(_EVENT + json.dumps(["event", event], separators=(",", ":")))

    def go(self, path: str) -> None:
        """Go to another page of the portal, as a click on a link does."""
        self.path = path
        self.say(ON_LOAD)

    async def until_ready(self) -> dict[str, Any]:
        """Return everything that is received until the page's `on_load` has run."""
        return await self.until(lambda delta: delta.get(ROOT, {}).get("is_hydrated_rx_state_") is True)

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return everything that is received until such a delta, joined."""
        seen: dict[str, Any] = {}
        while True:
            delta = await asyncio.wait_for(self._deltas.get(), _ANSWER_SECONDS)
            for state, values in delta.items():
                seen.setdefault(state, {}).update(values)
            if wanted(delta):
                return seen

    def forget(self) -> None:
        """Drop what was received and not asked for."""
        while not self._deltas.empty():
            self._deltas.get_nowait()

    async def close(self) -> None:
        """Close the tab."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    def _event(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        where = {"pathname": self.path.split("?")[0], "asPath": self.path}
        return {"name": name, "payload": payload, "router_data": where}

    async def _listen(self) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                data = await self._frame()
                if data == b"2":
                    self._send("3")
                elif self.on_frame:
                    self.on_frame(data, time.time())
                elif data.startswith(_EVENT.encode()):
                    kind, update = json.loads(data[len(_EVENT) :])
                    if kind == "event" and update.get("delta"):
                        self._deltas.put_nowait(update["delta"])

    async def _frame(self) -> bytes:
        whole = b""
        while True:
            head = await self._reader.readexactly(2)
            length = head[1] & 0x7F
            if length == 126:
                length = struct.unpack(">H", await self._reader.readexactly(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", await self._reader.readexactly(8))[0]
            whole += await self._reader.readexactly(length)
            self.received += length
            if head[0] & 0x0F == 8:
                raise ConnectionResetError("closed by the server")
            if head[0] & 0x80:
                return whole

    def _send(self, text: str) -> None:
        data = text.encode()
        size = len(data)
        # The mask is zero: it hides nothing on one machine, and costs nothing that way.
        if size < 126:
            head = struct.pack(">BB", 0x81, 0x80 | size)
        elif size < 65536:
            head = struct.pack(">BBH", 0x81, 0x80 | 126, size)
        else:
            head = struct.pack(">BBQ", 0x81, 0x80 | 127, size)
        self._writer.write(head + bytes(4) + data)
