"""Builds the front end when its sources changed, and only then."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

from ticket_portal import settings
from ticket_portal.frontend import environment
from ticket_portal.frontend.site import SITE

ROOT = Path(__file__).parents[2]
WEB = ROOT / ".web"
STATIC = WEB / "build" / "client"
_STAMP = WEB / "build" / "fingerprint"
_LOCK = ROOT / ".web.lock"
_LOG = ROOT / ".web-build.log"

# What compiled pages are made of. States and views count: names of states, their events and the defaults of their vars
# are part of the front end, and a browser reloads when they differ from the server's.
_SOURCES = (
    "rxconfig.py",
    "assets",
    "reflex.lock",
    "ticket_portal/addresses.py",
    "ticket_portal/app.py",
    "ticket_portal/components",
    "ticket_portal/domain",
    "ticket_portal/frontend",
    "ticket_portal/help",
    "ticket_portal/i18n",
    "ticket_portal/pages",
    "ticket_portal/sets",
    "ticket_portal/states",
)


class BuildFailed(Exception):
    """The front end could not be built; the text says what to look at."""


def build() -> bool:
    """Build the front end if its sources changed since the last time; tells whether it did.

    One process builds, others wait for it. Raises BuildFailed.
    """
    with FileLock(_LOCK):
        wanted = fingerprint()
        if _STAMP.is_file() and _STAMP.read_text() == wanted:
            return False
        started = time.monotonic()
        print("Building the front end…", flush=True)
        with _lock_kept():
            _export()
        # Taken again: a new dependency is written into reflex.lock by the build.
        _STAMP.write_text(fingerprint())
        print(f"Built the front end in {time.monotonic() - started:.0f} s.", flush=True)
        return True


def develop() -> int:
    """Serve with hot reload, on one port: forms and files need the portal's own routes beside the pages.

    Returns the exit status. It builds into a folder of its own, so that the production build stays as it is.
    """
    port = str(settings.load().port)
    command = [sys.executable, "-m", "reflex", "run", "--env", "preview"]
    command += ["--frontend-port", port, "--backend-port", port, "--backend-host", "127.0.0.1"]
    own = {"REFLEX_WEB_WORKDIR": ".web-dev", "REFLEX_SSR": "true"}
    try:
        return subprocess.run(
            command, cwd=ROOT, env={**environment.for_build(), **own}, check=False
        ).returncode
    except KeyboardInterrupt:
        return 130


def fingerprint() -> str:
    """A digest of everything that the built front end depends on."""
    digest = hashlib.sha256()
    for part in (version("reflex"), f"{sys.version_info.major}.{sys.version_info.minor}", repr(SITE)):
        digest.update(part.encode() + b"\0")
    for file in _source_files():
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    for name in _SOURCES:
        path = ROOT / name
        found = [path] if path.is_file() else path.rglob("*")
        yield from sorted(
            file
            for file in found
            if file.is_file() and "__pycache__" not in file.parts and not _server_only(file)
        )


def _server_only(file: Path) -> bool:
    return file.name == "server.po"


@contextmanager
def _lock_kept() -> Generator[None]:
    """Keep the text of reflex.lock where the build changes only the order: it alternates from build to build."""
    before = {file: file.read_text(encoding="utf-8") for file in (ROOT / "reflex.lock").glob("*.json")}
    yield
    for file, text in before.items():
        if json.loads(file.read_text(encoding="utf-8")) == json.loads(text):
            file.write_text(text, encoding="utf-8")


def _export() -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with _LOG.open("w", encoding="utf-8") as log:
        done = subprocess.run(
            command, cwd=ROOT, env=environment.for_build(), stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0 or not (STATIC / "index.html").is_file():
        lines = [line for line in _LOG.read_text(encoding="utf-8").splitlines() if line.strip()]
        tail = "\n".join(f"  {line}" for line in lines[-12:])
        raise BuildFailed(f"The front end build failed; all of it is in {_LOG.name}. Its last lines:\n{tail}")
