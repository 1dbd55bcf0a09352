"""The desk where files are taken in: looked into, scanned, kept; and what nobody sent is thrown away."""

import asyncio
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from ticket_portal.delivery.clamd import Scanner, Verdict
from ticket_portal.domain import contents, uploads
from ticket_portal.domain.attachments import FileView
from ticket_portal.domain.contents import Content
from ticket_portal.domain.errors import DomainError, FileDamaged, FileInfected, by_code
from ticket_portal.domain.uploads import Kept, Upload
from ticket_portal.settings import Settings
from ticket_portal.store.files import CHUNK, Files, NoSuchFile
from ticket_portal.store.unit_of_work import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
LONGEST_LOOK = 35.0
REST = 30.0
SWEEP_EVERY = 600.0
LEFT_BEHIND = 86_400.0


class FileDesk:
    """Takes files in and gives them out."""

    def __init__(self, store: Store, files: Files, settings: Settings) -> None:
        """Nothing is made before the first file comes."""
        self._store = store
        self._files = files
        self._settings = settings
        self._scanner = Scanner(settings)
        self._incoming = settings.data_dir / "incoming"
        # Two are looked into at a time; the others wait here, and nobody else waits for any of them.
        self._threads = ThreadPoolExecutor(AT_ONCE, "files")
        # Disks and buckets may be slow; conversations must not wait behind them.
        self._readers = ThreadPoolExecutor(8, "file bytes")

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for one file that comes in; whatever happens, it is gone afterwards."""
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._incoming, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    async def run(self, call: Callable[[], T]) -> T:
        """Run something that waits for a disk."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, call)

    async def take_in(self, upload: Upload, came: Path) -> FileView:
        """Look into a file that has come whole, make it anew, keep it. Raises FileRefused and its kinds."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._take_in, upload, came)

    def _take_in(self, upload: Upload, came: Path) -> FileView:
        # First as it came: what is made anew is no longer what a scanner knows.
        verdict = self._scanner.scan(_bytes_of(came))
        if verdict is Verdict.INFECTED:
            raise FileInfected(name=upload.name)
        target, thumbnail = came.with_name("target"), came.with_name("thumbnail")
        content = self._look_into(upload, came, target, thumbnail)
        size = target.stat().st_size
        self._files.put(upload.key, target)
        if content.width:
            self._files.put(upload.thumbnail_key, thumbnail)
        try:
            return self._store.write(uploads.finish, upload, content, size, clean=verdict is Verdict.CLEAN)
        except DomainError:
            self._files.delete(upload.key)
            self._files.delete(upload.thumbnail_key)
            raise

    def _look_into(self, upload: Upload, came: Path, target: Path, thumbnail: Path) -> Content:
        most = str(self._settings.limit_picture_megapixels)
        paths = [str(path.resolve()) for path in (came, target, thumbnail)]
        command = [sys.executable, "-m", "ticket_portal.domain.contents", *paths, upload.name, most]
        try:
            done = subprocess.run(  # noqa: S603 - our own program; the file's name is data to it
                command, cwd=ROOT, capture_output=True, check=True, timeout=LONGEST_LOOK
            )
            answer: dict[str, Any] = json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError) as error:
            # Out of memory or time, or a decoder that fell: nothing to show to anybody.
            log.warning("a file of kind %s could not be looked into: %s", upload.kind, type(error).__name__)
            raise FileDamaged(name=upload.name) from None
        if "refused" in answer:
            raise (by_code(answer["refused"]) or DomainError)(**answer["values"])
        return Content(**answer)

    def read(self, kept: Kept, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises NoSuchFile."""
        return self._files.read(kept.key, start, length)

    async def keep_tidy(self) -> None:
        """Ask the scanner again about what it has not seen, and delete what nobody sent; until cancelled."""
        swept_at = 0.0
        while True:
            try:
                await self.run(self.check_again)
                if time.monotonic() - swept_at > SWEEP_EVERY or not swept_at:
                    await self.run(self.sweep)
                    swept_at = time.monotonic()
            except Exception as error:  # noqa: BLE001 - it must outlive a database or a bucket that is away
                log.warning("the file desk rests: %s", type(error).__name__)
            await asyncio.sleep(REST)

    def check_again(self) -> None:
        """Ask the scanner about files that came while it was away."""
        for file in self._store.read(uploads.unchecked):
            try:
                verdict = self._scanner.scan(self._files.read(file.key))
            except NoSuchFile:  # swept meanwhile, or lost: nothing to ask about
                continue
            if verdict is Verdict.UNKNOWN:
                return
            self._store.write(uploads.checked, file.name, clean=verdict is Verdict.CLEAN)

    def sweep(self) -> None:
        """Delete what was uploaded and never sent: first the right to it, then its bytes, then its row."""
        while gone := self._store.write(uploads.give_up_unsent):
            for key in gone:
                self._files.delete(key)
            self._store.write(uploads.forget_swept, gone)
        for left in self._incoming.glob("*"):  # of a process that died
            with suppress(FileNotFoundError):  # or of one that is just done with it
                if time.time() - left.stat().st_mtime > LEFT_BEHIND:
                    shutil.rmtree(left)


def _bytes_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
