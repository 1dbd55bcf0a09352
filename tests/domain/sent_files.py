"""Files as the tests of uploads and attachments have them."""

from uuid import uuid4

from tests.cast import IP
from ticket_portal.domain.errors import (
    NotFound,
)
from ticket_portal.domain.files.types import Content
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import uploads
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.domain.tickets.uploads import Sender
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work

BROWSER = "hash-of-a-browser"
STRANGER = Sender(ip=IP, browser=BROWSER)


def uploads_file(
    work: Work, viewer: Viewer, ticket: Ticket, name: str = "a.png", *, clean: bool = True
) -> str:
    upload = uploads.begin_for_ticket(work, Sender(viewer, IP), ticket.number or 0, name)
    return comes(work, upload, clean=clean)


def comes(work: Work, upload: uploads.Upload, *, clean: bool = True) -> str:
    content = Content(upload.name, upload.kind, 480, 300)
    return uploads.finish(work, upload, content, 1_000, clean=clean).id


def with_files(files: list[str], body: str = "") -> MessageForm:
    return MessageForm.parse({"body": body, "client_id": str(uuid4()), "files": files})


def has(work: Work, file_id: str, *viewers: Viewer, browser: str = "") -> bool:
    try:
        uploads.find(work, (*viewers, NOBODY), browser, file_id)
    except NotFound:
        return False
    return True
