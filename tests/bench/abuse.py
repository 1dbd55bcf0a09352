"""What anonymous attackers at their limits do to a customer's replies, and to the server's memory.

Twenty of them, each with an address of its own (127.0.1.x), in a process of their own: worst texts, films that are all
tables, tabs that come and go, sockets and connections that are only held.
"""

import asyncio
import multiprocessing
import os
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench import people
from tests.bench.client import ROOT, Tab, run
from tests.bench.people import Cast
from tests.bench.say import in_ms, say
from tests.bench.server import NO_LIMITS, Data, Server
from ticket_portal.settings import Settings

ATTACKERS = 20
REPLY_EVERY = 0.25
LEAVE_SECONDS = 5
HELD = 500  # connections and sockets that one attacker tries to hold
EVENTS_A_SECOND = 25  # just below what closes a socket
NEW_TICKET = (
    f"{ROOT}.ticket_portal___states___session____session_state"
    ".ticket_portal___states___new_ticket____new_ticket_state.submit"
)
CONVERSATION = (
    f"{ROOT}.ticket_portal___states___session____session_state"
    ".ticket_portal___states___conversation____conversation_state"
)
# Found by hand for the review of 59695ce: six seconds of looking for recovery phrases.
WORST_TEXT = (" zz ".join([" ".join(["vital", "usage", "valve", "metal"] * 12)] * 60))[
    :9_960
] + " 4111 1111 1111 1111"

Attack = Callable[[str, str, dict[str, Any], Counter[str]], Awaitable[None]]


def measure(data: Data, boot: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Time a customer's replies in quiet and under attack, and the server's memory then and a minute later."""
    cast = people.cast(data)
    real = {name: Settings.model_fields[name].default for name in NO_LIMITS}
    own = {"limit_messages_per_10_minutes": NO_LIMITS["limit_messages_per_10_minutes"]}
    with Server(data, **(real | own)) as server:
        quiet = run(_replies(server, cast, boot, seconds))
        before = server.memory()["own_mb"]
        said: multiprocessing.Queue[dict[str, int]] = multiprocessing.get_context("spawn").Queue()
        attackers = multiprocessing.get_context("spawn").Process(
            target=attack, args=(server.url, boot, seconds, said)
        )
        attackers.start()
        attacked = run(_replies(server, cast, boot, seconds))
        at_most = server.memory()["own_mb"]
        done = said.get(timeout=seconds + 60)
        attackers.join()
        time.sleep(60)
        after = server.memory()["own_mb"]
    found = {
        "quiet": in_ms(quiet),
        "attacked": in_ms(attacked),
        "p95_ratio": round(in_ms(attacked)["p95_ms"] / in_ms(quiet)["p95_ms"], 2),
        "mb_more": round(at_most - before, 1),
        "mb_more_a_minute_later": round(after - before, 1),
        "attacks": done,
    }
    say(f"abuse: {found}")
    return found


async def _replies(server: Server, cast: Cast, boot: dict[str, Any], seconds: int) -> list[float]:
    """Write again and again as a customer; return how long each reply took until it was confirmed."""
    tab = Tab(server.url, f"/tickets/{cast.number}", cast.customer, boot)
    await tab.open()
    took: list[float] = []
    latest = time.monotonic() + seconds
    for number in count(1):
        if time.monotonic() > latest:
            break
        word = f"abuse-{number}-{uuid4().hex[:6]}"
        item = {
            "kind": "reply",
            "number": cast.number,
            "body": f"Still waiting. {word}",
            "client_id": str(uuid4()),
        }
        tab.forget()
        began = time.perf_counter()
        tab.say(f"{CONVERSATION}.send", item=item)
        await tab.until(lambda delta, word=word: word in str(delta))
        took.append(time.perf_counter() - began)
        await asyncio.sleep(REPLY_EVERY)
    await tab.close()
    return took


def attack(
    url: str, boot: dict[str, Any], seconds: int, said: "multiprocessing.Queue[dict[str, int]]"
) -> None:
    """Attack for so many seconds, in a process of its own; put how often each thing was done."""
    os.nice(10)  # they compute on machines of their own
    loop = asyncio.new_event_loop()
    said.put(dict(loop.run_until_complete(_all_attack(url, boot, seconds))))


async def _all_attack(url: str, boot: dict[str, Any], seconds: int) -> Counter[str]:
    done: Counter[str] = Counter()
    kinds: list[Attack] = [_worst_texts, _films, _tabs, _sockets, _idle]
    tasks = [
        asyncio.create_task(_again(kinds[n % len(kinds)], url, f"127.0.1.{n + 1}", boot, done))
        for n in range(ATTACKERS)
    ]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=LEAVE_SECONDS)  # what still says goodbye then is ended with the process
    return done


async def _again(attack: Attack, url: str, address: str, boot: dict[str, Any], done: Counter[str]) -> None:
    """Attack over and over; what the server refuses or cuts off is begun again after a moment."""
    while True:
        try:
            await attack(url, address, boot, done)
        except (OSError, ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            done[f"{attack.__name__.strip('_')} cut off"] += 1
            await asyncio.sleep(0.2)


async def _worst_texts(url: str, address: str, boot: dict[str, Any], done: Counter[str]) -> None:
    tab = Tab(url, "/tickets/new", {}, boot, address=address)
    await tab.open()
    try:
        while not tab.ended:
            typed = {
                "subject": "Help",
                "body": WORST_TEXT,
                "email": f"a{uuid4().hex[:8]}@example.com",
                "client_id": str(uuid4()),
            }
            tab.say(NEW_TICKET, typed=typed)
            done["worst texts"] += 1
            await asyncio.sleep(1 / EVENTS_A_SECOND)
            tab.forget()
    finally:
        await tab.close()


async def _films(url: str, address: str, _boot: dict[str, Any], done: Counter[str]) -> None:
    film = all_tracks(45_000)
    head = (
        f"POST /files?form={uuid4()} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nOrigin: {url}\r\n"
        f"X-File-Name: film.mp4\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(film)}\r\n"
        "Connection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(
        urlsplit(url).hostname, urlsplit(url).port, local_addr=(address, 0)
    )
    try:
        writer.write(head.encode() + film)
        answer = await asyncio.wait_for(reader.readline(), 60)
        done[f"films {answer.split()[1].decode() if answer else 'cut off'}"] += 1
    finally:
        writer.close()
    await asyncio.sleep(0.05)


async def _tabs(url: str, address: str, boot: dict[str, Any], done: Counter[str]) -> None:
    query = "&".join(f"p{n}={'v' * 2_000}" for n in range(8))
    tab = Tab(url, f"/tickets/new?{query}", {}, boot, address=address)
    try:
        async with asyncio.timeout(5):
            await tab.open()
        done["tabs"] += 1
    finally:
        await tab.close()


async def _sockets(url: str, address: str, boot: dict[str, Any], done: Counter[str]) -> None:
    held: list[Tab] = []
    try:
        for _ in range(HELD):
            tab = Tab(url, "/sign-in", {}, boot, address=address)
            held.append(tab)
            await tab.open()
            done["sockets"] += 1
        await asyncio.sleep(600)
    finally:
        for tab in held:
            await tab.close()


async def _idle(url: str, address: str, _boot: dict[str, Any], done: Counter[str]) -> None:
    held: list[asyncio.StreamWriter] = []
    try:
        for number in range(HELD):
            _reader, writer = await asyncio.open_connection(
                urlsplit(url).hostname, urlsplit(url).port, local_addr=(address, 0)
            )
            held.append(writer)
            writer.write((b"", b"GET / HTTP/1.1\r\nHos", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")[number % 3])
            done["idle connections"] += 1
        await asyncio.sleep(30)
    finally:
        for writer in held:
            with suppress(OSError):
                writer.close()


def all_tracks(tracks: int) -> bytes:
    """Return a film of 28 bytes a track and nothing to see: looking for each one's handler was quadratic."""
    track = _box(b"trak", _box(b"hdlr", bytes(8) + b"vide"))
    return _box(b"ftyp", b"isom" + bytes(4)) + _box(b"moov", track * tracks) + _box(b"mdat", b"")


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content
