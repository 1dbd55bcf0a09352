"""The socket speaks three words: whatever else a client says ends it with 1008, and nothing of it is in the log."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import httpx
import pytest

from tests.security.client import ROOT, Client, Refused
from tests.security.names import SESSION
from tests.security.server import Served
from ticket_portal.routes.asgi.socket import DEEPEST, LARGEST_FRAME, Frame, parse

SAID = "FORGED LINE by a stranger"
FORGED = {
    "QUERY_STRING": "token=a",
    "HTTP_SEC_WEBSOCKET_PROTOCOL": f"x\n2026-11-30 18:00:00 CRITICAL {SAID}\n\x1b[31m",
    "asgi.scope": {"headers": [], "client": ["127.0.0.1", 1]},
}
EVENT = {"name": f"{SESSION}.note_session_over", "payload": {}, "router_data": {}}


def event(*said: Any, before: str = "42/_event,") -> str:
    return before + json.dumps(said)


FRAMES = {
    "connect with a handshake": event("connect", FORGED),
    "connect with a text": event("connect", SAID),
    "connect with two": event("connect", FORGED, {"event": EVENT}),
    "disconnect": event("disconnect"),
    "disconnect with a reason": event("disconnect", SAID),
    "an error's report": event("client_error", {"error_type": SAID, "message": SAID}),
    "an error's report with two": event("client_error", {}, {}),
    "a method": event("link_token_to_sid", SAID),
    "an attribute": event("emit_update", {}, SAID),
    "Engine.IO's message": event("message", SAID),
    "a name that is none": event(SAID, {}),
    "no name": event(),
    "a number": event(1, {}),
    "an event without an object": event("event"),
    "an event of a list": event("event", []),
    "an event of a text": event("event", SAID),
    "an event of nothing": event("event", None),
    "an event of two": event("event", EVENT, EVENT),
    "a ping with something": event("ping", 1),
    "a ping with two": event("ping", 1, 2),
    "an event to be acknowledged": event("event", EVENT, before="42/_event,7"),
    "another namespace": event("event", EVENT, before="42/elsewhere,"),
    "a namespace with a query": event("event", EVENT, before="42/_event?a=b,"),
    "no namespace": event("event", EVENT, before="42"),
    "a second connect": "40/_event,",
    "a second connect with a token": '40/_event,{"token":"a"}',
    "a connect elsewhere": "40/admin,",
    "a connect to no namespace": "40",
    "a binary event": event("event", {"_placeholder": True, "num": 0}, before="451-/_event,"),
    "a binary acknowledgement": '461-/_event,1[{"_placeholder":true,"num":0}]',
    "an acknowledgement": "43/_event,1[]",
    "an error": f'44/_event,{{"message":"{SAID}"}}',
    "base64": "bNDI=",
    "open": "0{}",
    "close": "1",
    "ping": "2",
    "probe": "2probe",
    "upgrade": "5",
    "noop": "6",
    "a pong that says something": f"3{SAID}",
    "an object in the way of a list": '42/_event,{"0":"event"}',
    "deeper than any page goes": '42/_event,["event",' + '{"a":' * 900 + "1" + "}" * 900 + "]",
    "longer than any page says": event("event", EVENT | {"payload": {"a": "x" * LARGEST_FRAME}}),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_whatever_else_is_said_ends_the_socket_and_is_not_in_the_log(portal: Served, frame: str) -> None:
    """python-socketio calls a handler by whatever name comes, its own "connect" with a handshake from the client."""

    async def say() -> int | None:
        async with Client(portal.url) as tab:
            await tab.visit("/sign-in")
            await tab.say(frame)
            return await tab.ended()

    before = len(portal.logged())
    assert asyncio.run(say()) == 1008
    logged = portal.logged()[before:]
    assert SAID not in logged
    assert "Traceback" not in logged, logged[-3000:]


def test_binary_frames_end_the_socket(portal: Served) -> None:
    """Engine.IO would wait for attachments."""

    async def send() -> int | None:
        async with Client(portal.url) as tab:
            await tab._socket.send_bytes(b'42/_event,["ping"]')
            return await tab.ended()

    assert asyncio.run(send()) == 1008


@pytest.mark.parametrize("frame", ["41/_event,", event("ping"), event("event", EVENT)])
def test_nothing_is_heard_before_the_socket_connects_or_after_it_left(portal: Served, frame: str) -> None:
    """The libraries warn of each such frame in the log."""

    async def after_leaving() -> int | None:
        async with Client(portal.url) as tab:
            await tab.say("41/_event,")
            await tab.say(frame)
            return await tab.ended()

    async def before_connecting() -> int | None:
        async with aiohttp.ClientSession() as session:
            address = Client(portal.url).address
            async with session.ws_connect(address, headers={"Origin": portal.url}) as socket:
                await socket.receive()
                await socket.send_str(frame)
                await socket.receive()
                return socket.close_code

    before = len(portal.logged())
    assert asyncio.run(after_leaving()) == 1008
    assert asyncio.run(before_connecting()) == 1008
    assert len(portal.logged()) == before


def test_what_browsers_say_is_heard(portal: Served) -> None:
    """The control: pong, ping, an event, and good-bye."""

    async def say() -> tuple[int | None, list[str]]:
        async with Client(portal.url) as tab:
            await tab.say("3")
            await tab.visit("/sign-in")
            await tab.emit("event", EVENT)
            await tab.settled()
            ended = await tab.ended(within=0.2)
            await tab.say("41/_event,")
            return ended, tab.frames

    ended, frames = asyncio.run(say())
    assert ended is None
    assert any('"session_over' in frame for frame in frames)


@pytest.mark.parametrize(
    "query",
    [
        "EIO=4&transport=websocket",
        "token=&EIO=4&transport=websocket",
        "token={token}&EIO=3&transport=websocket",
        "token={token}&EIO=4&transport=polling",
        "token={token}&EIO=4",
        "token={token}&transport=websocket",
        "token={token}&token={token}&EIO=4&transport=websocket",
        "token={token}&EIO=4&transport=websocket&transport=polling",
        "token={token}&EIO=4&transport=websocket&sid=abc",
        "token={token}&EIO=4&transport=websocket&state_schema=abc",
        "token={token}&EIO=4&transport=websocket&j=0",
        "token={token}%20x&EIO=4&transport=websocket",
        "token=" + "x" * 65 + "&EIO=4&transport=websocket",
        "token=../../etc/passwd&EIO=4&transport=websocket",
        "token=%0aforged&EIO=4&transport=websocket",
        "token={token}&EIO=4&transport=websocket&x=" + "x" * 5_000,
    ],
)
def test_a_socket_is_opened_as_browsers_open_it_or_not_at_all(portal: Served, query: str) -> None:
    """The token names a state, is kept with the socket, and reached the log."""

    async def connect() -> None:
        tab = Client(portal.url)
        tab.address = f"{portal.url}/_event/?{query.format(token=tab.token)}"
        with pytest.raises(Refused):
            async with tab:
                pass

    before = len(portal.logged())
    asyncio.run(connect())
    assert len(portal.logged()) == before


@pytest.mark.parametrize("path", ["/_event", "/_event/", "/_event/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_there_is_no_polling(portal: Served, path: str, method: str) -> None:
    """Engine.IO would write the session's name and the origin of such a request into the log."""
    before = len(portal.logged())
    for query in (f"?sid={SAID}&EIO=4&transport=websocket", "?EIO=4&transport=polling", ""):
        answer = httpx.request(
            method, f"{portal.url}{path}{query}", headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 404
    assert len(portal.logged()) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_WebSocket_Protocol": "FORGED-LINE"},
        {"Sec_WebSocket_Protocol": "9.9.9"},
        {"User_Agent": f"{SAID} " + "x" * 5_000},
        {"Origin": "https://forged-line.example"},
    ],
)
def test_no_header_of_a_handshake_is_in_the_log(portal: Served, headers: dict[str, str]) -> None:
    """Neither when the socket is opened nor when it is refused."""

    async def connect() -> None:
        try:
            async with Client(portal.url, **headers) as tab:
                await tab.visit("/sign-in")
        except Refused:
            assert "Origin" in headers

    before = len(portal.logged())
    asyncio.run(connect())
    assert "forged" not in portal.logged()[before:].lower()
    assert "9.9.9" not in portal.logged()[before:]


@pytest.mark.parametrize("schema", ["abc", SAID, "x" * 50_000, {"a": 1}, 7])
def test_a_page_of_another_version_is_told_so_and_not_logged(portal: Served, schema: Any) -> None:
    """Reflex would log the schema as often as it is said."""

    async def connect() -> list[str]:
        tab = Client(portal.url, hello=json.dumps({"state_schema": schema}))
        async with tab:
            await tab.settled()
            return tab.frames

    before = len(portal.logged())
    frames = asyncio.run(connect())
    assert any('"state_mismatch"' in frame and '"backend"' in frame for frame in frames)
    assert len(portal.logged()) == before


def test_a_version_that_is_offered_is_chosen(portal: Served) -> None:
    """Reflex's client offers its own; a browser fails a connection for which none is chosen (RFC 6455, 4.1)."""

    async def connect() -> str | None:
        tab = Client(portal.url)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(tab.address, protocols=["0.10.1"], headers={"Origin": portal.url}) as socket,
        ):
            return socket.protocol

    assert asyncio.run(connect()) == "0.10.1"


def _worst() -> Iterator[str]:
    yield '42/_event,["event",{"a":[' + "[]," * (LARGEST_FRAME // 3 - 20) + "1]}]"
    yield '42/_event,["event",{"a":[' + "1," * (LARGEST_FRAME // 2 - 20) + "1]}]"
    yield '42/_event,["event",{"a":"' + "\\u0001" * (LARGEST_FRAME // 6 - 20) + '"}]'
    yield '42/_event,["event",{' + ",".join(f'"{n}":{{}}' for n in range(6_000)) + "}]"
    yield '42/_event,["event",{"a":' + "9" * 4_000 + "}]"
    yield "42/_event," + "[" * (LARGEST_FRAME - 20)
    yield '42/_event,["event",' + '{"a":' * 10_000


def test_reading_a_frame_costs_little() -> None:
    """Of the largest ones that can be sent, the worst that were found: 50 ms of CPU are allowed for all of an event."""
    for frame in _worst():
        assert len(frame) <= LARGEST_FRAME
        started = time.process_time()
        for _ in range(5):
            parse(frame)
        assert (time.process_time() - started) / 5 < 0.05


def test_depth_is_counted_where_there_are_many_brackets_alone() -> None:
    """People write brackets, too."""
    deep = "[" * (DEEPEST - 4) + "]" * (DEEPEST - 4)
    assert parse(event("event", {"body": "[{" * 5_000})) is Frame.EVENT
    assert parse('42/_event,["event",{"a":' + deep + "}]") is Frame.EVENT
    assert parse('42/_event,["event",{"a":' + deep.replace("[]", "[[[[[[[[]]]]]]]]") + "}]") is None
    assert parse(event("event", {"a": [[]] * 900})) is Frame.EVENT


def test_an_event_has_so_many_parts() -> None:
    """Each list is an object in memory, however little there is in it."""
    assert parse(event("event", {"a": [[]] * 1_000})) is None


def test_a_place_keeps_what_pages_read(portal: Served) -> None:
    """Fifty parameters of 2 kB were 145 kB of each tab's state."""
    many = "&".join(f"a{n}=" + "x" * 1_000 for n in range(20))

    async def visit() -> str:
        async with Client(portal.url) as tab:
            query = {f"a{n}": "x" * 1_000 for n in range(20)} | {"next": "/tickets"}
            path = "/sign-in"
            said = {"vars": {}}
            where = {"asPath": f"{path}?{many}&next=%2Ftickets", "query": query}
            await tab.call(f"{ROOT}.hydrate_and_load", said, path, **where)
            await tab.settled()
            await tab.call(f"{ROOT}.hydrate_and_load", said, path, asPath=f"{path}?a=1&next=%2Ftickets&b=2")
            await tab.settled()
            return tab.seen

    seen = asyncio.run(visit())
    assert "x" * 100 not in seen
    assert '"/sign-in?next=%2Ftickets"' in seen or "next=%2Ftickets" in seen
    assert "a=1" not in seen
