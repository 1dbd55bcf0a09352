"""The Chromium of the scenes: Playwright's own where it is installed, else the machine's."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

WHOLE = ("/usr/bin/chromium", "/usr/bin/chromium-browser")
# It has no windows, not even such as nobody sees: a person's browser begins for a fifth of the work.
LIGHT = "/usr/bin/chromium-headless-shell"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright, *, whole: bool = False) -> Browser:
    """Start the light one where it is installed, or the `whole` one."""
    found: dict[str, Any]
    if Path(playwright.chromium.executable_path).exists():
        found = {"channel": "chromium"} if whole else {}
    else:
        names = WHOLE if whole else (LIGHT, *WHOLE)
        found = {"executable_path": next(name for name in names if Path(name).exists())}
    return playwright.chromium.launch(args=QUIET, **found)
