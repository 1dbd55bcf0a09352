"""Uploads: from the first byte to the message that takes the file along, and who may have it back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import and_, func, or_
from sqlmodel import col, delete, select, update

from ticket_portal.domain import keys, limits, security_log
from ticket_portal.domain.errors import FileEmpty, FilesFull, FileTooLarge, NotFound, TooManyUploads
from ticket_portal.domain.files import attachments, quotas, types
from ticket_portal.domain.files.attachments import FileView, of_form, view
from ticket_portal.domain.files.quotas import Quota
from ticket_portal.domain.files.types import Content
from ticket_portal.domain.history import MessageKind
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.permissions import can_read, can_reply, require
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.tickets import messages, tickets
from ticket_portal.sets.file_kinds import FileKind
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Attachment, Message, Ticket
from ticket_portal.store.unit_of_work import Work

UNSENT_KEPT = timedelta(days=1)
MOST_SWEPT = 200


@dataclass(frozen=True)
class Sender:
    """Who sends a file: a person or a stranger, in a browser, from an IP (an IPv6 /64).

    `browser`: the hash of its cookie. A new browser (`is_new`) gets its cookie with the answer: who never sends it
    back would be another browser at each request, so that for limits only the IP counts.
    """

    viewer: Viewer = NOBODY
    ip: str = ""
    browser: str = ""
    is_new: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it is a signed-in person, or a guest whose address was proved."""
        return self.viewer.role != Role.NOBODY

    @property
    def limited_as(self) -> str:
        """Under which name the limits of one person count, beside those of the IP; empty for a new browser."""
        if self.is_known:
            return self.viewer.key
        return "" if self.is_new else self.browser


@dataclass(frozen=True)
class Upload:
    """A file on its way: where it goes, and what is allowed for it. `expected`: how many bytes may come."""

    id: str
    name: str
    kind: str
    most_bytes: int
    expected: int
    key: str
    thumbnail_key: str

    def check_size(self, size: int, *, complete: bool = False) -> None:
        """Raise FileTooLarge, or FileEmpty when that was all."""
        if size > self.most_bytes:
            raise FileTooLarge(name=self.name, most=self.most_bytes // types.MEGABYTE)
        if complete and not size:
            raise FileEmpty(name=self.name)


class StoredFile(NamedTuple):
    """A stored file that the viewer may read: of what kind, under which key."""

    name: str
    kind: str
    size: int
    key: str


def count_try(work: Work, sender: Sender) -> None:
    """Count the start of an upload, whatever becomes of it. Raises TooManyUploads.

    Work of its own, before `begin_for_…`: a refusal there takes back what it counted, and would cost nothing.
    """
    s = work.settings
    if who := sender.limited_as:
        limits.spend(work, Limit("uploads", s.limit_uploads_per_hour), who, refusal=TooManyUploads)
    limits.spend(
        work, Limit("uploads_ip", s.limit_uploads_per_ip_per_hour), sender.ip, refusal=TooManyUploads
    )


def begin_for_ticket(
    work: Work, sender: Sender, number: int, name: str, announced: int | None = None
) -> Upload:
    """Make room for a file for the sender's next message in a ticket.

    `announced`: how many bytes the browser says will come; without it as many count as a file may have.
    Raises NotFound, FileKindRefused, FileTooLarge, TooManyUploads.
    """
    ticket = tickets.find(work, sender.viewer, number)
    require(sender.viewer, can_reply, ticket)
    return _begin(work, sender, name, announced, ticket_id=ticket.id)


def begin_for_form(work: Work, sender: Sender, form: str, name: str, announced: int | None = None) -> Upload:
    """Make room for a file in the form for a new ticket, which has no owner yet: it is bound to the browser.

    Raises Invalid (no such form id), FileKindRefused, FileTooLarge, FilesFull, TooManyUploads.
    """
    form = messages.checked_client_id(form)
    return _begin(work, sender, name, announced, form=form)


def carry_over(
    work: Work, viewer: Viewer, number: int, browser: str, form: str, ids: tuple[str, ...]
) -> None:
    """Let uploads of a form for a new ticket wait for the viewer's next message in this ticket instead.

    Those that are not the form's (any more) stay as they are. Raises NotFound.
    """
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_reply, ticket)
    work.session.exec(
        update(Attachment)
        .where(col(Attachment.id).in_(ids), col(Attachment.message_id).is_(None), *of_form(form, browser))
        .values(ticket_id=ticket.id, uploader=viewer.key, form="", browser_hash="")
    )


def finish(
    work: Work, upload: Upload, content: Content, size: int, *, clean: bool, received: int | None = None
) -> FileView:
    """Note what the file is; from now on a message can take it along. `clean`: it needs no further scan.

    `size`: of what is kept; `received`: of what came, when it differs.
    Raises NotFound when it is not wanted any more: taken back, or its ticket is gone.
    """
    file = attachments.find(work, upload.id, lock=True)
    if file is None or file.state != "receiving":
        raise NotFound
    file.name, file.kind, file.size = content.name, content.kind, size
    file.width, file.height = content.width, content.height
    file.thumbnail_key = upload.thumbnail_key if content.width else ""
    file.state = "ready" if clean else "checking"
    work.session.add(file)
    quotas.settle(work, upload.id, size if received is None else received)
    return view(file)


def give_up(work: Work, upload: Upload, received: int = 0) -> None:
    """Let the sweeper have an upload that came to nothing. What was received of it counts for the day."""
    unsent = (col(Attachment.id) == upload.id, col(Attachment.message_id).is_(None))
    work.session.exec(update(Attachment).where(*unsent).values(state="swept", size=0))
    quotas.settle(work, upload.id, received)


def take_back(work: Work, viewers: tuple[Viewer, ...], browser: str, file_id: str) -> None:
    """Let the sweeper have a file that its uploader removed before sending it. Raises NotFound."""
    file = attachments.find(work, file_id, lock=True)
    if file is None or file.message_id or not _uploaded(file, viewers, browser):
        raise NotFound
    file.state = "swept"
    work.session.add(file)


def find(
    work: Work, viewers: tuple[Viewer, ...], browser: str, file_id: str, *, thumbnail: bool = False
) -> StoredFile:
    """Return the stored file to a viewer who may read its message (or uploaded it). Raises NotFound.

    `viewers`: as whom the browser is known, an account and a guest. Unknown, not theirs and blocked are the same.
    """
    file = attachments.find(work, file_id)
    if file is None or file.state != "ready" or (thumbnail and not file.thumbnail_key):
        raise NotFound
    if file.message_id is None:
        if not _uploaded(file, viewers, browser):
            raise NotFound
    else:
        message = work.session.get_one(Message, file.message_id)
        ticket = work.session.get_one(Ticket, message.ticket_id)
        if not any(can_read(v, ticket) and (v.of_team or message.kind != MessageKind.NOTE) for v in viewers):
            raise NotFound
    if thumbnail:
        return StoredFile(file.name, FileKind.WEBP, 0, file.thumbnail_key)
    return StoredFile(file.name, file.kind, file.size, file.key)


def unchecked(work: Work) -> list[StoredFile]:
    """Return the files that still wait for the virus scanner."""
    found = work.session.exec(
        select(Attachment).where(Attachment.state == "checking").limit(MOST_SWEPT)
    ).all()
    return [StoredFile(f.id, f.kind, f.size, f.key) for f in found]


def checked(work: Work, file_id: str, *, clean: bool) -> None:
    """Note what the scanner said; open pages show it at once."""
    file = attachments.find(work, file_id, lock=True)
    if file is None or file.state != "checking":
        return
    file.state = "ready" if clean else "blocked"
    work.session.add(file)
    if not clean:
        security_log.happened(work, SecurityEvent.FILE_REFUSED, reason="file_infected", kind=file.kind)
    if file.ticket_id and (ticket := work.session.get(Ticket, file.ticket_id)):
        work.changed(ticket)


def give_up_unsent(work: Work) -> list[str]:
    """Mark files that were not sent in time, so that no message can take them along; return the keys to be deleted.

    People whom we know have a day, strangers a few hours: what they leave behind is what fills a disk.
    """
    strangers = timedelta(hours=work.settings.unsent_anonymous_hours)
    old = or_(
        col(Attachment.created_at) < work.now - UNSENT_KEPT,
        and_(col(Attachment.uploader) == "", col(Attachment.created_at) < work.now - strangers),
    )
    unsent = (col(Attachment.message_id).is_(None), or_(old, col(Attachment.state) == "swept"))
    chosen = select(Attachment.id).where(*unsent).limit(MOST_SWEPT)
    ids = list(work.session.exec(chosen).all())
    if not ids:
        return []
    work.session.exec(update(Attachment).where(col(Attachment.id).in_(ids), *unsent).values(state="swept"))
    swept = (col(Attachment.id).in_(ids), col(Attachment.state) == "swept")
    rows = work.session.exec(select(Attachment.key, Attachment.thumbnail_key).where(*swept)).all()
    return [key for row in rows for key in row if key]


def forget_swept(work: Work, deleted: list[str]) -> None:
    """Delete the rows whose bytes are gone."""
    swept = (col(Attachment.key).in_(deleted), col(Attachment.state) == "swept")
    work.session.exec(delete(Attachment).where(*swept))


def _begin(
    work: Work,
    sender: Sender,
    name: str,
    announced: int | None,
    *,
    ticket_id: int | None = None,
    form: str = "",
) -> Upload:
    name = types.clean_name(name)
    kind = types.kind_by_name(name)
    most_bytes = types.most_bytes(work.settings, kind)
    upload = Upload(
        id=keys.new_token(),
        name=name,
        kind=kind,
        most_bytes=most_bytes,
        expected=most_bytes if announced is None else announced,
        key=keys.new_token(),
        thumbnail_key=keys.new_token(),
    )
    upload.check_size(upload.expected)
    _reserve(work, sender, upload)
    # With its keys before the bytes are there: should the process die in between, the sweeper finds them. Its size is
    # what is reserved for it until it is there.
    file = Attachment(
        id=upload.id,
        ticket_id=ticket_id,
        uploader=sender.viewer.key if sender.is_known else "",
        form=form,
        browser_hash=sender.browser if form else "",
        name=name,
        kind=kind,
        size=upload.expected,
        key=upload.key,
        thumbnail_key=upload.thumbnail_key,
        created_at=work.now,
    )
    work.session.add(file)
    return upload


def _reserve(work: Work, sender: Sender, upload: Upload) -> None:
    """Count the bytes that may come, for a day; always in this order, so that two never wait for each other."""
    s, size = work.settings, upload.expected
    if who := sender.limited_as:
        most = s.limit_upload_mb_per_day * types.MEGABYTE
        quotas.reserve(work, Quota("upload_bytes", most), upload.id, size, who)
    if not sender.viewer.of_team:  # a team's office is one IP
        most = s.limit_upload_mb_per_ip_per_day * types.MEGABYTE
        quotas.reserve(work, Quota("upload_bytes_ip", most), upload.id, size, sender.ip)
    if not sender.is_known:
        work.alone("unsent files of strangers")
        unsent = (
            col(Attachment.message_id).is_(None),
            col(Attachment.uploader) == "",
            col(Attachment.form) != "",  # else of an account that was deleted
        )
        used = work.scalar(select(func.coalesce(func.sum(col(Attachment.size)), 0)).where(*unsent))
        if used + size > s.limit_unsent_mb * types.MEGABYTE:
            security_log.refused(s, SecurityEvent.LIMIT_REACHED, rule="unsent_bytes")
            raise FilesFull(name=upload.name)


def _uploaded(file: Attachment, viewers: tuple[Viewer, ...], browser: str) -> bool:
    if file.form:
        return bool(browser) and file.browser_hash == browser
    return file.uploader in {viewer.key for viewer in viewers if viewer.role != Role.NOBODY}
