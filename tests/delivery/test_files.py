"""The desk where files are taken in: what is looked into, scanned, kept, and thrown away."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import select

from tests import samples
from tests.cast import IP, opens
from tests.clamd import EICAR, Clamd
from tests.conftest import advance
from ticket_portal.delivery import files as desks
from ticket_portal.delivery.files import FileDesk
from ticket_portal.domain.errors import DomainError, FileDamaged, FileInfected, FileMismatch, PdfLocked
from ticket_portal.domain.files.attachments import FileView
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import messages, uploads
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.domain.tickets.uploads import Upload
from ticket_portal.settings import Settings
from ticket_portal.store.files import Folder
from ticket_portal.store.tables import Attachment
from ticket_portal.store.unit_of_work import Store


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> FileDesk:
    settings.data_dir = tmp_path
    return FileDesk(store, Folder(tmp_path / "files"), settings)


@pytest.fixture
def number(store: Store, ana: Viewer) -> int:
    return store.write(opens, ana).number or 0


@pytest.fixture
def clamd(settings: Settings) -> Iterator[Clamd]:
    scanner = Clamd()
    settings.clamd = scanner.address
    yield scanner
    scanner.stop()


class Sender:
    """Somebody who sends files."""

    def __init__(self, desk: FileDesk, store: Store, viewer: Viewer, number: int) -> None:
        self.desk, self.store, self.viewer, self.number = desk, store, viewer, number
        self.who = uploads.Sender(viewer, IP)

    def begins(self, name: str) -> Upload:
        return self.store.write(uploads.begin_for_ticket, self.who, self.number, name)

    def sends(self, name: str, content: bytes) -> FileView:
        upload = self.begins(name)

        async def take_in() -> FileView:
            with self.desk.folder() as folder:
                (folder / "came").write_bytes(content)
                return await self.desk.take_in(upload, folder / "came", self.who)

        return asyncio.run(take_in())

    def replies_with(self, *ids: str) -> None:
        form = MessageForm.parse({"body": "Look.", "client_id": str(uuid4()), "files": list(ids)})
        self.store.write(messages.reply, self.viewer, self.number, form)

    def gets(self, file_id: str, *, thumbnail: bool = False) -> bytes:
        kept = self.store.read(uploads.find, (self.viewer,), "", file_id, thumbnail=thumbnail)
        return b"".join(self.desk.read(kept))


@pytest.fixture
def sender(desk: FileDesk, store: Store, ana: Viewer, number: int) -> Sender:
    return Sender(desk, store, ana, number)


def _left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != "data"]


def test_a_photo_is_looked_into_in_a_process_of_its_own_and_kept(sender: Sender, tmp_path: Path):
    view = sender.sends("photo.jpg", samples.photo())

    assert (view.kind, view.state, view.width, view.height) == ("image/jpeg", "ready", 200, 300)
    assert samples.SECRET.encode() not in sender.gets(view.id)
    assert sender.gets(view.id, thumbnail=True)[8:12] == b"WEBP"
    assert view.size == len(sender.gets(view.id))
    assert not _left(tmp_path / "incoming")


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("report.pdf", b"MZ program", FileMismatch),
        ("statement.pdf", samples.pdf_with_password(), PdfLocked),
        ("photo.jpg", samples.picture("JPEG")[:300], FileDamaged),
    ],
)
def test_a_refusal_comes_through_with_its_values(sender: Sender, tmp_path: Path, name, content, refusal):
    with pytest.raises(refusal) as refused:
        sender.sends(name, content)
    assert refused.value.values["name"] == name
    assert not _left(tmp_path / "incoming")
    assert not _left(tmp_path / "files")


def test_a_decoder_that_falls_takes_nobody_along(sender: Sender, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desks.sys, "executable", "/bin/false")
    with pytest.raises(FileDamaged):
        sender.sends("photo.jpg", samples.picture("JPEG"))
    monkeypatch.undo()
    assert sys.executable
    assert sender.sends("photo.jpg", samples.picture("JPEG")).state == "ready"


def test_a_clean_file_passes_the_scanner(sender: Sender, clamd: Clamd, desk: FileDesk):
    sender.desk = FileDesk(sender.store, desk._files, sender.store.settings)

    assert sender.sends("note.txt", b"Hello").state == "ready"
    assert clamd.asked == 1


def test_the_test_virus_is_refused(sender: Sender, clamd: Clamd, desk: FileDesk, tmp_path: Path):
    sender.desk = FileDesk(sender.store, desk._files, sender.store.settings)

    with pytest.raises(FileInfected) as refusal:
        sender.sends("eicar.txt", EICAR)
    assert refusal.value.values == {"name": "eicar.txt"}
    assert not _left(tmp_path / "files")


@pytest.mark.parametrize(("content", "state"), [(b"Hello", "ready"), (EICAR, "blocked")])
def test_a_scanner_that_was_away_is_asked_again(sender: Sender, desk: FileDesk, settings, content, state):
    settings.clamd = "127.0.0.1:1"
    away = sender.desk = FileDesk(sender.store, desk._files, settings)
    view = sender.sends("note.txt", content)
    assert view.state == "checking"
    sender.replies_with(view.id)
    away.check_again()
    assert sender.store.read(lambda work: work.session.get_one(Attachment, view.id)).state == "checking"

    clamd = Clamd()
    settings.clamd = clamd.address
    FileDesk(sender.store, desk._files, settings).check_again()
    clamd.stop()

    assert sender.store.read(lambda work: work.session.get_one(Attachment, view.id)).state == state
    with pytest.raises(DomainError) if state == "blocked" else pytest.MonkeyPatch.context():
        sender.gets(view.id)


def test_a_file_whose_bytes_are_gone_holds_nothing_up(
    sender: Sender, desk: FileDesk, settings, tmp_path: Path
):
    """The others are asked about all the same, and the sweeper gets its turn after them."""
    settings.clamd = "127.0.0.1:1"
    sender.desk = FileDesk(sender.store, desk._files, settings)
    views = [sender.sends(name, b"Hello") for name in ("a.txt", "b.txt", "c.txt")]
    for view in views[:2]:
        key = sender.store.read(lambda work, view=view: work.session.get_one(Attachment, view.id).key)
        desk._files.delete(key)
    clamd = Clamd()
    settings.clamd = clamd.address
    FileDesk(sender.store, desk._files, settings).check_again()
    clamd.stop()
    states = [
        sender.store.read(lambda work, v=v: work.session.get_one(Attachment, v.id).state) for v in views
    ]
    assert states == ["checking", "checking", "ready"]


def test_what_a_process_that_died_had_in_hand_goes_whole(desk: FileDesk, tmp_path: Path):
    with desk.folder() as taken, desk.folder() as left:
        (left / "came").write_bytes(b"half")
        (left / "target").mkdir()
        long_ago = time.time() - 2 * desks.LEFT_BEHIND
        os.utime(left, (long_ago, long_ago))
        desk.sweep()
        assert list((tmp_path / "incoming").iterdir()) == [taken]


def test_what_nobody_sent_is_deleted_after_a_day(sender: Sender, store: Store, tmp_path: Path):
    sent, unsent = sender.sends("a.png", samples.picture()), sender.sends("b.png", samples.picture())
    sender.replies_with(sent.id)
    sender.begins("cut.png")
    advance(store, hours=25)
    assert len(_left(tmp_path / "files")) == 4

    sender.desk.sweep()

    assert len(_left(tmp_path / "files")) == 2
    assert sender.gets(sent.id)
    assert store.read(lambda work: work.session.exec(select(Attachment.id)).all()) == [sent.id]
    with pytest.raises(DomainError):
        sender.gets(unsent.id)


def test_who_hangs_up_ends_the_process_that_looks_into_the_file(
    sender: Sender, desk: FileDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its place is free for the next one at once, and nothing of it stays."""
    endless = tmp_path / "endless"
    started = tmp_path / "started"
    endless.write_text(
        f"#!/bin/sh\necho $$ > {started}.part && mv {started}.part {started}\nexec sleep 600\n"
    )
    endless.chmod(0o700)
    upload = sender.begins("note.txt")

    async def hangs_up() -> None:
        with desk.folder() as folder:
            (folder / "came").write_bytes(b"Hello")
            taking = asyncio.create_task(desk.take_in(upload, folder / "came", sender.who))
            await asyncio.to_thread(_appears, started)
            taking.cancel()
            await asyncio.wait([taking])
            assert taking.cancelled()

    monkeypatch.setattr(desks.sys, "executable", str(endless))
    asyncio.run(hangs_up())
    monkeypatch.undo()

    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    assert not _left(tmp_path / "incoming")
    assert sender.sends("note.txt", b"Hello").state == "ready"


def _appears(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.02)


def test_a_look_that_takes_too_long_is_killed(
    sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    endless = tmp_path / "endless"
    endless.write_text("#!/bin/sh\nexec sleep 600\n")
    endless.chmod(0o700)
    monkeypatch.setattr(desks, "LONGER_LOOK", -4.5)
    monkeypatch.setattr(desks.sys, "executable", str(endless))

    with pytest.raises(FileDamaged):
        sender.sends("note.txt", b"Hello")
