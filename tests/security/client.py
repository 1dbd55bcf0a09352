"""A websocket client that speaks to the portal as a browser does, but says whatever it is told to say."""

import asyncio
import json
import uuid
from contextlib import suppress
from typing import Any, Self

import aiohttp

NAMESPACE = "/_event"
ROOT = "reflex___state____state"


class Refused(Exception):
    """The server did not open the socket."""


class Client:
    """One tab. Everything the server says to it is kept in `frames`, as text."""

    def __init__(
        self,
        url: str,
        cookies: dict[str, str] | None = None,
        *,
        token: str = "",
        hello: str = "",
        **headers: str,
    ) -> None:
        """Prepare a tab that brings these cookies and headers (`x_forwarded_for="…"`) along. `hello`: said with it."""
        self.url = url
        self.token = token or str(uuid.uuid4())
        self.address = f"{url}{NAMESPACE}/?token={self.token}&EIO=4&transport=websocket"
        self.frames: list[str] = []
        self.sid = ""
        self._hello = hello
        self.closed_with: int | None = None
        self._headers = {"Origin": url} | {k.replace("_", "-"): v for k, v in headers.items()}
        if cookies:
            self._headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())
        self._pongs = 0
        self._heard = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Connect. Raises Refused."""
        self._session = aiohttp.ClientSession()
        headers = {k: v for k, v in self._headers.items() if v != "-"}
        try:
            self._socket = await self._session.ws_connect(self.address, headers=headers, max_msg_size=0)
            opened = await asyncio.wait_for(self._socket.receive(), 10)
            if opened.type != aiohttp.WSMsgType.TEXT:
                raise Refused(str(opened.data))
            await self._socket.send_str(f"40{NAMESPACE},{self._hello}")
            await self._until_connected()
        except (aiohttp.ClientError, TimeoutError) as refusal:
            await self._leave()
            raise Refused(str(refusal)) from None
        except Refused:
            await self._leave()
            raise
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_problem: object) -> None:
        """Close the tab."""
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()
        await self._leave()

    async def _until_connected(self) -> None:
        while not self.sid:
            answer = await asyncio.wait_for(self._socket.receive(), 10)
            if answer.type != aiohttp.WSMsgType.TEXT or answer.data.startswith(f"44{NAMESPACE},"):
                raise Refused(str(answer.data))
            if answer.data.startswith(f"40{NAMESPACE},"):
                self.sid = json.loads(answer.data.partition(",")[2])["sid"]
            elif answer.data != "2":
                self.frames.append(answer.data)

    async def _leave(self) -> None:
        await self._session.close()
        await asyncio.sleep(0.01)  # the loop's turns in which its sockets are closed

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type != aiohttp.WSMsgType.TEXT:
                    continue
                if message.data == "2":
                    await self._socket.send_str("3")
                    continue
                self.frames.append(message.data)
                self._pongs += '["ping"' in message.data
                self._heard.set()
            self.closed_with = self._socket.close_code
        finally:
            self._heard.set()  # nothing more will come

    @property
    def seen(self) -> str:
        """Everything the server said, as one text."""
        return "\n".join(self.frames)

    async def say(self, raw: str) -> None:
        """Send a frame as it is."""
        with suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.send_str(raw)

    async def emit(self, *event: Any) -> None:
        """Send a socket.io event."""
        await self.say(f"42{NAMESPACE},{json.dumps(event)}")

    async def call(self, handler: str, payload: Any = None, path: str = "/", **router_data: Any) -> None:
        """Call an event handler by its name, from a page of this address."""
        where = {"pathname": path, "asPath": path, "query": {}} | router_data
        await self.emit("event", {"name": handler, "payload": payload or {}, "router_data": where})

    async def visit(self, path: str) -> None:
        """Load a page as a browser does: hydrate, then what the page calls by itself."""
        await self.call(f"{ROOT}.hydrate_and_load", {"vars": {}}, path)
        await self.sees('"is_hydrated_rx_state_":true')
        await self.settled()

    async def settled(self, quiet: float = 0.25, longest: float = 8.0) -> list[str]:
        """Wait until the server has answered a ping and then been silent for a moment; return all frames."""
        answers = self._pongs
        await self.emit("ping")
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                while self._pongs == answers and await self._hears(None):
                    pass
                while await self._hears(quiet):
                    pass
        return self.frames

    async def is_done(self, path: str, longest: float = 30.0) -> None:
        """Wait until all that was called is done: calls of a tab are heard one after the other, so one more is last."""
        await self.is_heard(path, longest)
        await self.settled(quiet=0.3, longest=longest)  # what goes on in the background

    async def is_heard(self, path: str, longest: float = 30.0) -> None:
        """The same, but for what goes on in the background."""
        last = uuid.uuid4().hex
        await self.call(f"{ROOT}.hydrate_and_load", {"vars": {}}, path, asPath=f"{path}?q={last}")
        await self.sees(last, longest)
        assert last in self.seen, f"the socket was closed with {self.closed_with}"

    async def sees(self, text: str, longest: float = 20.0) -> None:
        """Wait until the server has said this, or for so long."""
        known = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                while not any(text in frame for frame in self.frames[known:]):
                    known = len(self.frames)
                    if not await self._hears(None):
                        return

    async def _hears(self, within: float | None) -> bool:
        """Wait for the next frame; False when none comes within this time (`None`: any time), or any more."""
        if self._reader.done():
            return False
        self._heard.clear()
        try:
            await asyncio.wait_for(self._heard.wait(), within)
        except TimeoutError:
            return False
        return True

    async def ended(self, within: float = 5.0) -> int | None:
        """Wait for the server to close the socket; return its code, None if it stays open."""
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reader), within)
        return self.closed_with
