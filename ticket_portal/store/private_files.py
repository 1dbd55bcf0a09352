"""What the portal keeps is for its own user alone: other local users read no hashes, messages or captured codes.

New files and folders get these modes from the process's mask; older ones, or those that another program made, are
tightened at start (OWASP ASVS 14.2.6; CWE-276).
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from ticket_portal.settings import Settings

MASK = 0o077
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What this program puts into the data folder; whatever else lies there is not ours to change.
_OURS = ("secret.key", "vapid.key", "files", "incoming")


def keep_private(settings: Settings) -> list[Path]:
    """Let what this process makes be its user's alone, and tighten what is there; return what was looser.

    Only regular files and folders of this user; where modes mean nothing (Windows) nothing is done.
    """
    if os.name != "posix":
        return []
    os.umask(MASK)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    tightened: list[Path] = []
    for path in looser(settings):
        with suppress(OSError):
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
            tightened.append(path)
    return tightened


def looser(settings: Settings) -> list[Path]:
    """Return which of our files and folders others could read or change."""
    return [path for path in _ours(settings) if os.name == "posix" and _is_open(path)]


def _ours(settings: Settings) -> Iterator[Path]:
    yield settings.data_dir
    yield from (settings.data_dir / name for name in _OURS)
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and url.database:
        yield from (Path(url.database + end) for end in ("", "-wal", "-shm"))


def _is_open(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    known = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    return known and found.st_uid == os.geteuid() and bool(found.st_mode & _OTHERS)
