"""How much a large file costs the server's memory while it comes."""

import threading
import time

import httpx

from tests import samples
from tests.bench import people
from tests.bench.say import say
from tests.bench.server import Data, Server

FILM_BYTES = 49_000_000
LOOK_EVERY = 0.01


def measure(data: Data) -> dict[str, float]:
    """MB of memory more than before, at most, while a film of 49 MB is sent to a ticket; twice, the second counts."""
    cast = people.cast(data)
    film = samples.film(size=FILM_BYTES)
    with Server(data) as server:
        path = f"/files?ticket={cast.number}"
        _send(server, path, cast.customer, film)  # libraries are loaded at the first one
        found = _send(server, path, cast.customer, film)
    say(f"upload: {found}")
    return found


def _send(server: Server, path: str, cookies: dict[str, str], film: bytes) -> dict[str, float]:
    before, highest, done = server.memory()["own_mb"], [0.0], threading.Event()

    def look() -> None:
        while not done.is_set():
            highest[0] = max(highest[0], server.memory()["own_mb"])
            time.sleep(LOOK_EVERY)

    watcher = threading.Thread(target=look)
    watcher.start()
    headers = {"X-File-Name": "film.mp4", "Content-Type": "application/octet-stream", "Origin": server.url}
    started = time.perf_counter()
    answer = httpx.post(server.url + path, content=film, headers=headers, cookies=cookies, timeout=120)
    took = time.perf_counter() - started
    done.set()
    watcher.join()
    answer.raise_for_status()
    return {
        "mb_more": round(highest[0] - before, 1),
        "file_mb": round(len(film) / 1e6, 1),
        "seconds": round(took, 2),
    }
