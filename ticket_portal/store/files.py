"""Where the bytes of attachments are: a private folder, or a bucket of any S3-compatible store.

Keys are random and say nothing. Whether a file is anybody's is the database's matter alone.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ticket_portal.settings import Settings

CHUNK = 256 * 1024
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class NoSuchFile(Exception):
    """Nothing is kept under this key."""


class Files(Protocol):
    """What keeps bytes under keys. Everything streams; everything may be repeated."""

    def put(self, key: str, source: Path) -> None:
        """Keep the content of a file; `source` may be gone afterwards."""
        ...

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` on. Raises NoSuchFile before the first one."""
        ...

    def delete(self, key: str) -> None:
        """Forget a key; nothing happens when it is unknown."""
        ...


class Folder:
    """Files in a folder that no web server serves, a level of subfolders by the first letters of the key."""

    def __init__(self, root: Path) -> None:
        """Nothing is made before something is kept."""
        self._root = root

    def put(self, key: str, source: Path) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # It appears whole or not at all, also where `source` is on another disk.
        part = path.with_name(f"{path.name}.part")
        shutil.move(source, part)
        part.chmod(0o600)
        part.replace(path)

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        path = self._path(key)
        if not path.is_file():
            raise NoSuchFile(key)
        return _bytes_of(path, start, length)

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._path(key).unlink()

    def _path(self, key: str) -> Path:
        # Keys are ours; this is for the day when one of them came from elsewhere.
        if not _KEY.fullmatch(key):
            raise NoSuchFile(key)
        return self._root / key[:2] / key


def _bytes_of(path: Path, start: int, length: int | None) -> Iterator[bytes]:
    # Opened with the first byte: what is never begun leaves nothing open.
    with path.open("rb") as file:
        file.seek(start)
        left = length
        while left is None or left > 0:
            chunk = file.read(CHUNK if left is None else min(CHUNK, left))
            if not chunk:
                return
            if left is not None:
                left -= len(chunk)
            yield chunk


class Bucket:
    """Files in an S3-compatible bucket. It must be private; every byte goes through the portal."""

    def __init__(self, settings: Settings) -> None:
        """Connect when first used; the settings' empty fields are for boto3 to find (a role, its own variables)."""
        self._settings = settings
        self._bucket = settings.s3_bucket

    @cached_property
    def _client(self) -> Any:
        import boto3  # only here: it is large, and most portals keep files in a folder

        s = self._settings
        return boto3.client(
            "s3",
            endpoint_url=s.s3_endpoint_url or None,
            region_name=s.s3_region or None,
            aws_access_key_id=s.s3_access_key or None,
            aws_secret_access_key=s.s3_secret_key.get_secret_value() or None,
        )

    def put(self, key: str, source: Path) -> None:
        self._client.upload_file(str(source), self._bucket, key)
        source.unlink()

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        end = "" if length is None else start + length - 1
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{end}")
        except self._client.exceptions.NoSuchKey:
            raise NoSuchFile(key) from None
        return found["Body"].iter_chunks(CHUNK)

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)


def opened(settings: Settings) -> Files:
    """Return the store that the settings name."""
    return Bucket(settings) if settings.files == "s3" else Folder(settings.data_dir / "files")
