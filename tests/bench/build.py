"""How long the front end's build and the server's start take."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.say import say
from tests.bench.server import ROOT, Data, end, wait_until_ready

# The built front end and the data are made again there; the rest is the source.
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".web*", "data", "__pycache__", ".ruff_cache", ".pytest_cache"
)


def measure(where: Path, data: Data, times: int) -> dict[str, Any]:
    """A build from nothing, one after a changed text, one with nothing to do; and `serve` until ready."""
    copy = where / "copy"
    shutil.copytree(ROOT, copy, ignore=_NOT_COPIED)
    found: dict[str, Any] = {"cold_seconds": _build(copy)}
    css = copy / "assets" / "portal.css"
    css.write_text(css.read_text() + "\n/* changed */\n")
    found["changed_seconds"] = _build(copy)
    found["unchanged_seconds"] = _build(copy)
    starts = [_start(data) for _ in range(times)]
    found["start_seconds"] = round(sorted(starts)[len(starts) // 2], 2)
    say(f"build and start: {found}")
    return found


def _build(copy: Path) -> float:
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "ticket_portal.frontend"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return round(time.monotonic() - started, 2)


def _start(data: Data) -> float:
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "ticket_portal", "serve"],
        cwd=ROOT,
        env=data.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{data.port}", process)
        return time.monotonic() - started
    finally:
        end(process)
