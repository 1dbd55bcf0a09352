"""`python -m tests.bench`: measure the portal and print one JSON object; progress goes to stderr."""

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from tests.bench import (
    abuse,
    alerts,
    build,
    feel,
    lighthouse,
    live,
    memory,
    pages,
    people,
    server_time,
    uploads,
    visits,
)
from tests.bench import browser as browsers
from tests.bench.server import Data, Server, folder, memory_of, postgres

PARTS = ("live", "server", "rate", "visits", "memory", "pages", "feel", "uploads", "alerts", "abuse", "build")
SIZES = (100, 10_000, 100_000)


def main() -> None:
    """Measure the parts that were asked for, all by default."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench")
    asked.add_argument("--only", default=",".join(PARTS), help=f"some of: {', '.join(PARTS)}")
    asked.add_argument("--quick", action="store_true", help="fewer rounds, small databases")
    asked.add_argument("--lighthouse", action="store_true", help="also Lighthouse (npm fetches it)")
    options = asked.parse_args()
    with folder() as where, browsers.chromium() as (browser, program):
        result = _measure(where, browser, set(options.only.split(",")), quick=options.quick)
        if options.lighthouse:
            result["lighthouse"] = lighthouse.measure(Data(where / "lh", 100), where, program)
    print(json.dumps(result, indent=2))


def _measure(where: Path, browser: Any, parts: set[str], *, quick: bool) -> dict[str, Any]:
    sizes = SIZES[:1] if quick else SIZES
    rounds = 20 if quick else 100
    result: dict[str, Any] = {"machine": _machine()}
    data = {
        n: Data(where / str(n), n)
        for n in (sizes if parts & {"server", "live", "rate", "memory"} else sizes[:1])
    }
    largest = data[max(data)]
    with Server(data[100]) as server:
        boot = browsers.boot_packet(browser, server.url)
        result["bytes"] = live.delta_bytes(server, people.cast(data[100]), boot)
    if "server" in parts:
        result["server_time"] = server_time.measure(data, boot, rounds)
        result["server_time"]["ratio_to_100"] = _ratios(result["server_time"], largest.tickets)
    if "rate" in parts:
        result |= _rates(where, largest, boot)
    if "visits" in parts:
        result["visits_16"] = visits.measure(data[100], boot, 160 if quick else 640)
    if "live" in parts:
        result["commit_to_dom"] = live.measure(largest, browser, boot, rounds)
    if "memory" in parts:
        result["memory"] = memory.measure(largest, boot)
    if "pages" in parts:
        result["pages"] = pages.measure(data[100], browser, 2 if quick else 5)
    if "feel" in parts:
        result["feel"] = feel.measure(data[100], browser, 10 if quick else 30)
    if "uploads" in parts:
        result["upload_of_50_mb"] = uploads.measure(data[100])
    result |= _hard_times(where, data[100], boot, parts, quick=quick)
    result["seed_seconds"] = {str(n): round(d.seed_seconds, 1) for n, d in data.items()}
    return result


def _hard_times(
    where: Path, small: Data, boot: dict[str, Any], parts: set[str], *, quick: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "alerts" in parts:
        busy = Data(where / "alerts", 400 if quick else 20_000)
        found["alerts"] = alerts.measure(busy, 20, 20 if quick else 1_000)
    if "abuse" in parts:
        found["abuse"] = abuse.measure(small, boot, 20 if quick else 60)
    if "build" in parts:
        found["build"] = build.measure(where, small, 3)
    return found


def _rates(where: Path, largest: Data, boot: dict[str, Any]) -> dict[str, Any]:
    rates = {"sqlite_1": server_time.rate(largest, boot, 1)}
    with postgres() as address:
        shared = Data(where / "pg", largest.tickets, address)
        rates["postgresql_1"] = server_time.rate(shared, boot, 1)
        rates["postgresql_2"] = server_time.rate(shared, boot, 2)
        return {"list_new_tabs_16": rates, "postgresql_pss_mb": memory_of("postgres")}


def _ratios(found: dict[str, Any], largest: int) -> dict[str, float]:
    small, large = found["100"], found[str(largest)]
    return {name: round(large[name]["p50_ms"] / small[name]["p50_ms"], 2) for name in small}


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "load_at_start": os.getloadavg()[0],
    }


if __name__ == "__main__":
    main()
