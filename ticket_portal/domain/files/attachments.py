"""Attachments of messages: which uploads a message takes along, and how people see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from ticket_portal.domain.errors import FileGone, TooManyFiles
from ticket_portal.domain.history import MessageKind, PostedMessage
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.text.cleaning import storable
from ticket_portal.store import search
from ticket_portal.store.tables import Attachment, Ticket
from ticket_portal.store.unit_of_work import Work

LONGEST_ID = 64
MOST_IDS = 50


@dataclass(frozen=True)
class FileView:
    """An attachment as everybody who may read its message sees it.

    `state`: ready, checking (the virus scanner is away), or blocked. `width` and `height` are the thumbnail's, 0 where
    there is none.
    """

    id: str
    name: str
    kind: str
    size: int
    state: str
    width: int = 0
    height: int = 0


def parse_ids(typed: Any) -> tuple[str, ...]:
    """Return the ids that a browser names, each once; what is no id is left to be found missing."""
    if not isinstance(typed, (list, tuple)):
        return ()
    return tuple(dict.fromkeys(storable(str(given))[:LONGEST_ID] for given in typed[:MOST_IDS]))


def take_along(
    work: Work, ticket: Ticket, viewer: Viewer, message: PostedMessage, ids: tuple[str, ...]
) -> None:
    """Make uploads of this viewer for this ticket part of a message. Raises TooManyFiles, FileGone."""
    if ids:
        mine = (col(Attachment.ticket_id) == ticket.id, col(Attachment.uploader) == viewer.key)
        _take(work, ticket, message, ids, *mine)


def take_from_form(
    work: Work, ticket: Ticket, message: PostedMessage, form: str, browser: str, ids: tuple[str, ...]
) -> None:
    """Make uploads of the form for this ticket part of its first message. Raises TooManyFiles, FileGone.

    The form's client id and a file's id are secrets of the browser that has them. A page that was opened before the
    browser had its cookie doesn't know the browser; one that knows it must be the one that uploaded.
    """
    _take(work, ticket, message, ids, *of_form(form, browser))


def names(work: Work, ids: tuple[str, ...]) -> list[str]:
    """Return the names of uploads, in the order of their ids. Raises FileGone."""
    found = dict(
        work.session.exec(select(Attachment.id, Attachment.name).where(col(Attachment.id).in_(ids))).all()
    )
    if len(found) < len(ids):
        raise FileGone
    return [found[file_id] for file_id in ids]


def of_messages(work: Work, message_ids: Iterable[int]) -> dict[int, list[FileView]]:
    """Return the attachments of messages, in the order in which they were added."""
    wanted = list(message_ids)
    found: dict[int, list[FileView]] = defaultdict(list)
    if not wanted:
        return found
    query = select(Attachment).where(col(Attachment.message_id).in_(wanted))
    for file in sorted(work.session.exec(query).all(), key=lambda file: file.place):
        found[file.message_id or 0].append(view(file))
    return found


def of_form(form: str, browser: str) -> list[Any]:
    """Return what uploads of a form for a new ticket fulfil, as long as no ticket has them."""
    ours = [
        col(Attachment.form) == storable(form),
        col(Attachment.form) != "",
        col(Attachment.ticket_id).is_(None),
    ]
    return [*ours, col(Attachment.browser_hash) == browser] if browser else ours


def view(file: Attachment) -> FileView:
    """Return a row as people see it."""
    return FileView(file.id, file.name, file.kind, file.size, file.state, file.width, file.height)


def find(work: Work, file_id: str, *, lock: bool = False) -> Attachment | None:
    """Return the row of a file; a browser named it, so that the id may be any text."""
    return work.session.get(Attachment, storable(file_id), with_for_update=lock)


def _take(work: Work, ticket: Ticket, message: PostedMessage, ids: tuple[str, ...], *of_whom: Any) -> None:
    if not ids:
        return
    if len(ids) > (most := work.settings.limit_files_per_message):
        raise TooManyFiles(most=most)
    query = select(Attachment).where(
        col(Attachment.id).in_(ids),
        col(Attachment.message_id).is_(None),
        col(Attachment.state).in_(("ready", "checking")),
        *of_whom,
    )
    found = {file.id: file for file in work.session.exec(query.with_for_update()).all()}
    if len(found) < len(ids):
        raise FileGone
    for place, file_id in enumerate(ids):
        file = found[file_id]
        file.ticket_id, file.message_id, file.place = ticket.id, message.id, place
        work.session.add(file)
    if message.kind != MessageKind.NOTE:
        ticket.has_files = True
        work.session.add(ticket)
        search.remember(work, ticket, "file", message.id, ", ".join(found[file_id].name for file_id in ids))
