"""From the commit of a reply until it stands in the page, and until its frame is at other open tabs."""

import time
from collections.abc import Sequence
from itertools import count
from typing import Any

import httpx
from playwright.sync_api import Browser

from tests.bench import people
from tests.bench.browser import Viewer
from tests.bench.client import Tab, run
from tests.bench.crowd import Crowd
from tests.bench.people import Cast
from tests.bench.say import in_ms, say
from tests.bench.server import Data, Server

_words = count(1)


def measure(data: Data, browser: Browser, boot: dict[str, Any], replies: int) -> dict[str, Any]:
    """One viewer; 100 viewers of one ticket; 1,000 connected sessions, 20 of them on the ticket."""
    found: dict[str, Any] = {}
    with Server(data) as server:
        cast = people.cast(data)
        here = [(f"/tickets/{cast.number}", cast.customer)]
        found["one_viewer"] = _replies(server, cast, browser, None, replies)
        say(f"one viewer: {found['one_viewer']}")
        with Crowd(server.url, here * 100, boot) as crowd:
            found["100_viewers"] = _replies(server, cast, browser, crowd, replies)
        say(f"100 viewers: {found['100_viewers']}")
    with Server(data) as server:
        with Crowd(server.url, scattered(data, cast, 1_000, 20), boot) as crowd:
            found["1000_sessions"] = _replies(server, cast, browser, crowd, replies)
        say(f"1,000 sessions: {found['1000_sessions']}")
    return found


def scattered(data: Data, cast: Cast, sessions: int, on_the_ticket: int) -> list[tuple[str, dict[str, str]]]:
    """Who is where: some on the ticket that is answered, the others on their own lists and tickets."""
    places: list[tuple[str, dict[str, str]]] = [(f"/tickets/{cast.number}", cast.customer)] * on_the_ticket
    for number, person in enumerate(people.passers(data, sessions - on_the_ticket)):
        path = "/tickets" if number % 2 else f"/tickets/{person.number}"
        places.append((path, person.cookies))
    return places


def _replies(
    server: Server, cast: Cast, browser: Browser, crowd: Crowd | None, replies: int
) -> dict[str, Any]:
    viewer = Viewer(browser, server.url, cast.customer, f"/tickets/{cast.number}")
    seen: list[float] = []
    frames: list[float] = []
    headers = {"Authorization": f"Bearer {cast.api_token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as api:
        for _ in range(replies):
            word = f"bench-{next(_words)}-end"
            before = server.commits_so_far()
            arrivals = crowd.expect(word) if crowd else None
            answer = api.post(f"/api/v1/tickets/{cast.number}/replies", json={"body": f"An answer. {word}"})
            answer.raise_for_status()
            dom = viewer.saw(word)
            commit = server.commit_after(before, f"ticket:{cast.ticket_id}")
            seen.append(dom - commit)
            if crowd and arrivals:
                frames += [at - commit for at in crowd.arrived(arrivals)]
            time.sleep(0.15)
    viewer.close()
    return {"dom": in_ms(seen), **({"frames": in_ms(frames)} if frames else {})}


def delta_bytes(server: Server, cast: Cast, boot: dict[str, Any], replies: int = 10) -> dict[str, int]:
    """How many bytes a new tab of a ticket of 500 messages gets, and how many one more costs an open one."""
    return run(_delta_bytes(server, cast, boot, replies))


LONG = 500


async def _delta_bytes(server: Server, cast: Cast, boot: dict[str, Any], replies: int) -> dict[str, int]:
    async with httpx.AsyncClient(
        base_url=server.url, headers={"Authorization": f"Bearer {cast.api_token}"}
    ) as api:
        for _ in range(LONG):
            await api.post(f"/api/v1/tickets/{cast.number}/replies", json={"body": "One of many answers."})
    tab = Tab(server.url, f"/tickets/{cast.number}", cast.customer, boot)
    await tab.open()
    opened, sizes = tab.received, []
    async with httpx.AsyncClient(
        base_url=server.url, headers={"Authorization": f"Bearer {cast.api_token}"}
    ) as api:
        for _ in range(replies):
            word = f"bench-{next(_words)}-end"
            before = tab.received
            await api.post(f"/api/v1/tickets/{cast.number}/replies", json={"body": f"An answer. {word}"})
            await tab.until(lambda delta, word=word: word in str(delta))
            sizes.append(tab.received - before)
    await tab.close()
    return {"new_tab": opened, "appended_message_first": sizes[0], "appended_message_tenth": _last(sizes)}


def _last(values: Sequence[int]) -> int:
    return values[-1]
