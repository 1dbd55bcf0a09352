"""Memory of all processes, what a connected session takes, and whether it is given back."""

import time
from typing import Any

from tests.bench import people
from tests.bench.crowd import Crowd
from tests.bench.live import scattered
from tests.bench.say import say
from tests.bench.server import Data, Server

EXPIRY = 10


def measure(data: Data, boot: dict[str, Any]) -> dict[str, Any]:
    """PSS with 0, 100 and 1,000 sessions; then the pages close, and their states expire."""
    cast = people.cast(data)
    found: dict[str, Any] = {"expiry_seconds": EXPIRY}
    with Server(data, expiry=EXPIRY) as server:
        with Crowd(server.url, scattered(data, cast, 20, 20), boot):
            pass  # what is loaded at the first use is no session's
        time.sleep(EXPIRY + 3)
        found["sessions_0"] = server.memory()
        with Crowd(server.url, scattered(data, cast, 100, 20), boot):
            found["sessions_100"] = server.memory()
        time.sleep(EXPIRY + 3)
        found["after_100"] = server.memory()
        with Crowd(server.url, scattered(data, cast, 1_000, 20), boot) as crowd:
            found["sessions_1000"] = server.memory()
            found["1000_opened_in_seconds"] = round(crowd.seconds, 1)
        time.sleep(EXPIRY + 3)
        found["after_1000"] = server.memory()
        with Crowd(server.url, scattered(data, cast, 1_000, 20), boot):
            found["sessions_1000_again"] = server.memory()
        time.sleep(EXPIRY + 3)
        found["after_1000_again"] = server.memory()
    taken = found["sessions_1000"]["rss_mb"] - found["sessions_0"]["rss_mb"]
    found["kb_per_session"] = round(taken * 1000 / 1000, 1)
    say(f"memory: {found}")
    return found
