"""Sees to a Chromium for the browser tests: one that is there, Playwright's own, or the distribution's package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LIGHT = "chromium-headless-shell"
DOWNLOAD_SECONDS = 240
_INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
_PATIENCE = ["-oAcquire::http::Timeout=5", "-oAcquire::https::Timeout=5", "-oAcquire::Retries=0"]


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
    for command in (["apt-get", "update", "-qq"], [*_INSTALL, "chromium"]):
        subprocess.run([*prefix, *command], env=environment, stdout=subprocess.DEVNULL, check=False)


def _lighten() -> None:
    """Put the Chromium that has no windows beside the one that has them: a profile begins for a fifth of the work.

    Only in the very version that is there, and only where nobody's own machine is changed (as root, as in a container).
    The scenes run with either, so that nothing here may fail.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get") or shutil.which(LIGHT) or _playwrights():
        return
    show = ["dpkg-query", "--show", "--showformat", "${Version}", "chromium"]
    version = subprocess.run(show, capture_output=True, text=True, check=False).stdout
    install = [*_INSTALL, *_PATIENCE, f"{LIGHT}={version}"]
    for command in (install, ["apt-get", "update", "-qq", *_PATIENCE], install):
        if not version or shutil.which(LIGHT):
            return
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, env=environment, capture_output=True, check=False)


def main() -> int:
    """Try each way until one works; returns the exit status."""
    if works():
        _lighten()
        return 0
    for way, name in ((_download, "downloading Playwright's"), (_package, "installing the chromium package")):
        print(f"No Chromium yet: {name}…", flush=True)
        way()
        if works():
            _lighten()
            return 0
    print(
        "The browser tests need Chromium, and it could not be had here. Install it (Debian: apt install chromium)."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
