"""Sees to a Chromium for the browser tests: one that is there, Playwright's own, or the distribution's package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

DOWNLOAD_SECONDS = 240
_INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]


def works() -> bool:
    """Whether a browser is there and starts."""
    installed = shutil.which("chromium") or shutil.which("chromium-browser") or _playwrights()
    if not installed:
        return False
    try:
        return (
            subprocess.run([installed, "--version"], capture_output=True, timeout=60, check=False).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights() -> str:
    code = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if path and Path(path).exists() else ""


def _download() -> None:
    # Short: where the download is not to be had, it must not hold up the package that is.
    environment = {**os.environ, "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "8000"}
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(command, env=environment, capture_output=True, timeout=DOWNLOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return


def _package() -> None:
    if not shutil.which("apt-get"):
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not shutil.which("sudo"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], _INSTALL):
        subprocess.run([*prefix, *command], env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    """Try each way until one works; returns the exit status."""
    if works():
        return 0
    for way, name in ((_download, "downloading Playwright's"), (_package, "installing the chromium package")):
        print(f"No Chromium yet: {name}…", flush=True)
        way()
        if works():
            return 0
    print(
        "The browser tests need Chromium, and it could not be had here. Install it (Debian: apt install chromium)."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
