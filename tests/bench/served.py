"""The portal as the bench serves it: the production entry, with a stamp at each commit and short-lived states.

Nothing of the portal knows of the bench; it listens to the store as the live hub does.
"""

import os
import time
from pathlib import Path

from starlette.types import ASGIApp

from ticket_portal import asgi
from ticket_portal.wiring import portal

COMMITS = "commits.log"
FORGET_SECONDS = "expiry"


def create() -> ASGIApp:
    """The portal, for granian's `--factory`."""
    served = asgi.create()
    parts = portal()
    log = os.open(parts.settings.data_dir / COMMITS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def stamp(topics: set[str]) -> None:
        at = time.time()
        os.write(log, f"{at:.6f} {' '.join(sorted(topics))}\n".encode())

    # First, so that what the hub does is part of what is measured.
    parts.store.listeners.insert(0, stamp)
    _forget_soon(parts.settings.data_dir / FORGET_SECONDS)
    return served


def _forget_soon(file: Path) -> None:
    """Let the states of closed pages go after the seconds in this file, instead of a quarter of an hour."""
    if file.exists():
        from ticket_portal.app import app

        app.state_manager.token_expiration = int(file.read_text())
