"""The desk where files are taken in: inspected, scanned, stored; unsent ones are deleted."""

import asyncio
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from ticket_portal.delivery.clamd import Scanner, Verdict
from ticket_portal.delivery.fair_queue import FairQueue, QueueFull, Subject
from ticket_portal.domain.errors import (
    DomainError,
    FileDamaged,
    FileInfected,
    FilesFull,
    TooManyUploads,
    by_code,
)
from ticket_portal.domain.files import quotas
from ticket_portal.domain.files.attachments import FileView
from ticket_portal.domain.files.types import MEGABYTE, Content
from ticket_portal.domain.tickets import uploads
from ticket_portal.domain.tickets.uploads import Sender, StoredFile, Upload
from ticket_portal.sets.file_kinds import RULES, FileKind
from ticket_portal.settings import Settings
from ticket_portal.store.files import CHUNK, Files, NoSuchFile
from ticket_portal.store.unit_of_work import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

ROOT = Path(__file__).parents[2]
WORKERS = 2
# Beside its seconds of CPU: they are what bounds it. On a busy machine its turn comes late, since others go before it.
LONGER_LOOK = 40.0
LOWEST_PRIORITY = 19
# Uploads of strangers that are on their way at once, in this process: each holds a connection and room on the disk.
MOST_OF_STRANGERS = 100
COME_BACK_AFTER = timedelta(minutes=1)
REST = 30.0
SWEEP_EVERY = 600.0
LEFT_BEHIND = 86_400.0


class _Look:
    """The process that looks into one file; it can be ended from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.is_ended = False

    def run(self, command: list[str], longest: float) -> bytes:
        """Return what it printed. Raises SubprocessError when it took too long, fell, or was ended."""
        with self._lock:
            if self.is_ended:
                raise subprocess.SubprocessError
            self._process = subprocess.Popen(  # noqa: S603 - our own program; the file's name is data to it
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        # From its first moment: the interpreter's own start is a third of a second of CPU.
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, LOWEST_PRIORITY)
        with self._process as process:
            try:
                printed, _nothing = process.communicate(timeout=longest)
            finally:
                process.kill()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command[:3])
        return printed

    def end(self) -> None:
        """Kill it, or let it never begin."""
        with self._lock:
            self.is_ended = True
            if self._process:
                self._process.kill()


class FileDesk:
    """Takes files in and gives them out."""

    def __init__(self, store: Store, files: Files, settings: Settings) -> None:
        """Nothing is made before the first file comes."""
        self._store = store
        self._files = files
        self._settings = settings
        self._scanner = Scanner(settings)
        self._incoming = settings.data_dir / "incoming"
        # Two are inspected at a time; the others wait in the queue, and nothing else waits for them.
        self.queue = FairQueue(
            WORKERS, most_of_one=settings.limit_uploads_at_once, most_of_unknown=MOST_OF_STRANGERS
        )
        self._threads = ThreadPoolExecutor(WORKERS, "files")
        self._expected = 0
        # Disks and buckets may be slow; conversations must not wait behind them.
        self._readers = ThreadPoolExecutor(8, "file bytes")

    @contextmanager
    def admitted(self, sender: Sender) -> Iterator[None]:
        """Let an upload begin; inside, it counts as on its way. Raises TooManyUploads when too many are already."""
        try:
            with self.queue.admitted(_subject(sender)):
                yield
        except QueueFull:
            raise TooManyUploads(until=datetime.now(UTC) + COME_BACK_AFTER) from None

    @contextmanager
    def room(self, upload: Upload) -> Iterator[None]:
        """Keep room on the disk for a file while inside. Raises FilesFull when there would be too little left.

        Everything else of the portal writes to that disk, too: with a full one no message could be sent.
        """
        if free_bytes(self._settings) - self._expected - upload.expected < (
            self._settings.upload_free_mb * MEGABYTE
        ):
            raise FilesFull(name=upload.name)
        self._expected += upload.expected
        try:
            yield
        finally:
            self._expected -= upload.expected

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for one file that comes in; whatever happens, it is gone afterwards."""
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._incoming, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    async def run(self, call: Callable[[], T]) -> T:
        """Run something that waits for a disk."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, call)

    async def take_in(self, upload: Upload, came: Path, sender: Sender) -> FileView:
        """Inspect a file that has arrived whole, re-encode it, store it; when it is the sender's turn.

        A client that hangs up meanwhile leaves the queue, or ends the process that inspects the file. Raises
        FileRefused and its kinds.
        """
        async with self.queue.turn(_subject(sender)):
            look = _Look()
            loop = asyncio.get_running_loop()
            taken = loop.run_in_executor(self._threads, self._take_in, upload, came, look)
            try:
                return await asyncio.shield(taken)
            except asyncio.CancelledError:
                look.end()
                # Its folder and its place are given up after this, so the thread must be done with them.
                await asyncio.wait([taken])
                taken.exception()
                raise

    def _take_in(self, upload: Upload, came: Path, look: _Look) -> FileView:
        received = came.stat().st_size
        # First as it came: a re-encoded file no longer has the signatures that a scanner knows.
        verdict = self._scanner.scan(_bytes_of(came))
        if verdict is Verdict.INFECTED:
            raise FileInfected(name=upload.name)
        target, thumbnail = came.with_name("target"), came.with_name("thumbnail")
        content = self._look_into(upload, look, came, target, thumbnail)
        size = target.stat().st_size
        self._files.put(upload.key, target)
        if content.width:
            self._files.put(upload.thumbnail_key, thumbnail)
        try:
            clean = verdict is Verdict.CLEAN
            return self._store.write(uploads.finish, upload, content, size, clean=clean, received=received)
        except DomainError:
            self._files.delete(upload.key)
            self._files.delete(upload.thumbnail_key)
            raise

    def _look_into(self, upload: Upload, look: _Look, came: Path, target: Path, thumbnail: Path) -> Content:
        most = str(self._settings.limit_picture_megapixels)
        paths = [str(path.resolve()) for path in (came, target, thumbnail)]
        command = [sys.executable, "-m", "ticket_portal.media.inspect", *paths, upload.name, most]
        try:
            printed = look.run(command, RULES[FileKind(upload.kind)].seconds + LONGER_LOOK)
            answer: dict[str, Any] = json.loads(printed)
        except (subprocess.SubprocessError, ValueError) as error:
            # Out of memory or time, or a decoder that fell: nothing to show to anybody.
            # Not when the sender hung up: strangers would write our log.
            if not look.is_ended:
                log.warning(
                    "a file of kind %s could not be looked into: %s", upload.kind, type(error).__name__
                )
            raise FileDamaged(name=upload.name) from None
        if "refused" in answer:
            raise (by_code(answer["refused"]) or DomainError)(**answer["values"])
        return Content(**answer)

    def read(self, kept: StoredFile, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises NoSuchFile."""
        return self._files.read(kept.key, start, length)

    async def keep_tidy(self) -> None:
        """Ask the scanner again about what it has not seen, and delete unsent files; until cancelled."""
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
        self._store.write(quotas.sweep)
        for left in self._incoming.glob("*"):  # of a process that died
            with suppress(FileNotFoundError):  # or of one that is just done with it
                if time.time() - left.stat().st_mtime > LEFT_BEHIND:
                    shutil.rmtree(left)


def free_bytes(settings: Settings) -> int:
    """Return how many bytes are free on the disk of the data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(settings.data_dir).free


def _subject(sender: Sender) -> Subject:
    """Return who waits in the queue: a person whom we know, else a network. A stranger's cookie is anybody's word."""
    return Subject(sender.viewer.key, True) if sender.is_known else Subject(sender.ip, False)


def _bytes_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
