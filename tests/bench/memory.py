"""Memory of all processes, what a connected session takes, and whether it is given back."""

import time
from typing import Any

from tests.bench import people
from tests.bench.crowd import Crowd
from tests.bench.live import scattered
from tests.bench.say import say
from tests.bench.server import Data, Server

# Longer than the crowd takes to come, and than what pages share is kept.
EXPIRY = 60


def measure(data: Data, boot: dict[str, Any]) -> dict[str, Any]:
    """Memory with 0, 100 and 1,000 sessions; then the pages close, their states expire, and others come.

    What Python keeps of the closed pages' memory is free for the next: the second thousand takes no more.
    """
    cast = people.cast(data)
    places = scattered(data, cast, 1_000, 20)
    found: dict[str, Any] = {"expiry_seconds": EXPIRY}
    with Server(data, expiry=EXPIRY) as server:
        with Crowd(server.url, places[:20], boot):
            pass  # what is loaded at the first use is no session's
        found["sessions_0"] = server.memory()
        with Crowd(server.url, places[:100], boot):
            found["sessions_100"] = server.memory()
            with Crowd(server.url, places[100:], boot) as others:
                found["sessions_1000"] = server.memory()
                found["900_opened_in_seconds"] = round(others.seconds, 1)
        time.sleep(EXPIRY + 5)
        found["after_closing"] = server.memory()
        with Crowd(server.url, places, boot):
            found["sessions_1000_again"] = server.memory()
    found["kb_per_session"] = round(found["sessions_1000"]["own_mb"] - found["sessions_0"]["own_mb"], 1)
    found["kb_per_session_pss"] = round(found["sessions_1000"]["pss_mb"] - found["sessions_0"]["pss_mb"], 1)
    say(f"memory: {found}")
    return found
