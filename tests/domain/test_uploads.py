"""Uploads and attachments: whose they are, which message takes them along, who may have them back."""

from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.cast import IP, asks_about, opens, says, sees
from ticket_portal.domain import messages, tickets, uploads
from ticket_portal.domain.attachments import parse_ids
from ticket_portal.domain.contents import Content
from ticket_portal.domain.errors import (
    EmptyMessage,
    FileEmpty,
    FileGone,
    FileKindRefused,
    FileTooLarge,
    Invalid,
    NotFound,
    TooManyFiles,
    TooManyUploads,
)
from ticket_portal.domain.messages import MessageForm
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import TicketForm
from ticket_portal.store.tables import Attachment, Message, Ticket
from ticket_portal.store.unit_of_work import Work

BROWSER = "hash-of-a-browser"


def _uploads(work: Work, viewer: Viewer, ticket: Ticket, name: str = "a.png", *, clean: bool = True) -> str:
    upload = uploads.begin_for_ticket(work, viewer, ticket.number or 0, name, IP)
    return _comes(work, upload, clean=clean)


def _comes(work: Work, upload: uploads.Upload, *, clean: bool = True) -> str:
    content = Content(upload.name, upload.kind, 480, 300)
    return uploads.finish(work, upload, content, 1_000, clean=clean).id


def _with(files: list[str], body: str = "") -> MessageForm:
    return MessageForm.parse({"body": body, "client_id": str(uuid4()), "files": files})


def _has(work: Work, file_id: str, *viewers: Viewer, browser: str = "") -> bool:
    try:
        uploads.find(work, (*viewers, NOBODY), browser, file_id)
    except NotFound:
        return False
    return True


def test_a_message_takes_its_files_along_in_their_order(work, ana, linh, ticket):
    files = [_uploads(work, ana, ticket, name) for name in ("b.png", "a.png")]

    messages.reply(work, ana, ticket.number, _with(files, "Look."))

    for viewer in (ana, linh):
        last = sees(work, viewer, ticket.number)[-1]
        assert [f.name for f in last.files] == ["b.png", "a.png"]
        assert (last.files[0].state, last.files[0].width) == ("ready", 480)


def test_files_alone_can_be_sent(work, ana, ticket):
    messages.reply(work, ana, ticket.number, _with([_uploads(work, ana, ticket)]))

    assert sees(work, ana, ticket.number)[-1].html == ""
    with pytest.raises(EmptyMessage):
        _with([])


def test_a_message_that_comes_twice_has_its_files_once(work, ana, ticket):
    form = _with([_uploads(work, ana, ticket)], "Look.")
    first = messages.reply(work, ana, ticket.number, form)

    assert messages.reply(work, ana, ticket.number, form).id == first.id
    assert len(sees(work, ana, ticket.number)[-1].files) == 1


def test_a_file_goes_with_one_message_only(work, ana, ticket):
    files = [_uploads(work, ana, ticket)]
    messages.reply(work, ana, ticket.number, _with(files))

    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, _with(files, "Once more."))


def test_nobody_sends_what_another_one_uploaded(work, ana, linh, ticket):
    hers = _uploads(work, ana, ticket)

    with pytest.raises(FileGone):
        messages.reply(work, linh, ticket.number, _with([hers], "Mine now."))


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "", "x" * 5_000, "' OR 1=1 --"])
def test_what_is_no_id_is_no_file(work, ana, ticket, odd):
    """No database takes every text that a browser can send; there it is a file that is missing."""
    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, _with([odd], "Look."))
    with pytest.raises(NotFound):
        uploads.take_back(work, (ana,), BROWSER, odd)
    uploads.carry_over(work, ana, ticket.number, BROWSER, odd, parse_ids([odd]))
    assert not _has(work, odd, ana, browser=BROWSER)


def test_a_file_for_one_ticket_goes_into_no_other(work, ana, ticket):
    other = opens(work, ana, "Another matter")

    with pytest.raises(FileGone):
        messages.reply(work, ana, other.number, _with([_uploads(work, ana, ticket)]))


def test_nobody_uploads_into_a_ticket_that_is_not_theirs(work, budi, minh, ticket):
    for viewer in (budi, minh, NOBODY):
        with pytest.raises(NotFound):
            uploads.begin_for_ticket(work, viewer, ticket.number, "a.png", IP)


def test_a_message_has_a_most_of_files(work, ana, ticket, settings):
    settings.limit_files_per_message = 2
    files = [_uploads(work, ana, ticket) for _ in range(3)]

    with pytest.raises(TooManyFiles):
        messages.reply(work, ana, ticket.number, _with(files))
    messages.reply(work, ana, ticket.number, _with(files[:2]))


def test_uploads_are_limited(work, ana, ticket, settings):
    settings.limit_uploads_per_hour = 3
    for _ in range(3):
        _uploads(work, ana, ticket)

    with pytest.raises(TooManyUploads):
        _uploads(work, ana, ticket)


def test_a_file_has_a_most_of_bytes(work, ana, ticket):
    picture = uploads.begin_for_ticket(work, ana, ticket.number, "a.png", IP)
    film = uploads.begin_for_ticket(work, ana, ticket.number, "a.mp4", IP)

    picture.check_size(10_000_000, complete=True)
    film.check_size(50_000_000, complete=True)
    for upload, size in ((picture, 10_000_001), (film, 50_000_001)):
        with pytest.raises(FileTooLarge):
            upload.check_size(size)
    with pytest.raises(FileEmpty):
        picture.check_size(0, complete=True)


def test_a_kind_that_is_not_taken_is_refused_by_its_name(work, ana, ticket):
    with pytest.raises(FileKindRefused) as refusal:
        uploads.begin_for_ticket(work, ana, ticket.number, "a\u202efdp.exe", IP)
    assert refusal.value.values == {"name": "afdp.exe"}


def test_the_conversation_decides_who_has_a_file(work, ana, budi, linh, minh, ticket):
    file = _uploads(work, ana, ticket)
    messages.reply(work, ana, ticket.number, _with([file]))

    assert _has(work, file, ana)
    assert _has(work, file, linh)
    assert not any(_has(work, file, viewer) for viewer in (budi, minh, NOBODY))


def test_a_guest_has_the_files_of_their_ticket(work, linh, minh, guest_ticket):
    file = _uploads(work, linh, guest_ticket)
    messages.reply(work, linh, guest_ticket.number, _with([file]))

    assert _has(work, file, NOBODY, minh)
    assert not _has(work, file, Viewer(role="guest", address="other@example.com"))


def test_the_files_of_a_note_are_the_teams(work, ana, linh, ticket):
    file = _uploads(work, linh, ticket)
    messages.note(work, linh, ticket.number, _with([file], "For us."))

    assert _has(work, file, linh)
    assert not _has(work, file, ana)
    assert file not in str(sees(work, ana, ticket.number))
    assert not ticket.has_files


def test_what_is_not_sent_is_the_uploaders(work, ana, linh, ticket):
    file = _uploads(work, ana, ticket)

    assert _has(work, file, ana)
    assert not _has(work, file, linh)


def test_the_list_tells_of_files(work, ana, ticket):
    assert not tickets.mine(work, ana).rows[0].has_files
    messages.reply(work, ana, ticket.number, _with([_uploads(work, ana, ticket)]))
    assert tickets.mine(work, ana).rows[0].has_files


def _form(viewer: Viewer, files: list[str], client_id: str, body: str = "") -> TicketForm:
    typed = {"subject": "Look", "body": body, "client_id": client_id, "files": files}
    return TicketForm.parse(viewer, typed | {"email": viewer.address}, "en")


def test_a_new_ticket_takes_the_files_of_its_form_along(work, linh, minh):
    form = str(uuid4())
    file = _comes(work, uploads.begin_for_form(work, BROWSER, form, "a.png", IP))
    assert _has(work, file, browser=BROWSER)
    assert not _has(work, file, browser="another")
    assert not _has(work, file)

    ticket = tickets.submit(work, NOBODY, _form(minh, [file], form), IP, BROWSER)

    assert [f.name for f in sees(work, linh, ticket.number)[-1].files] == ["a.png"]
    assert _has(work, file, minh)
    assert not _has(work, file, browser=BROWSER)
    assert ticket.has_files


def test_a_forms_files_go_over_to_an_open_ticket(work, ana, linh, ticket):
    form = str(uuid4())
    file = _comes(work, uploads.begin_for_form(work, BROWSER, form, "a.png", IP))

    uploads.carry_over(work, ana, ticket.number, BROWSER, form, (file,))
    messages.reply(work, ana, ticket.number, _with([file]))

    assert [f.name for f in sees(work, linh, ticket.number)[-1].files] == ["a.png"]


def test_only_ones_own_files_go_over_and_only_to_ones_own_ticket(work, ana, budi, ticket):
    form = str(uuid4())
    file = _comes(work, uploads.begin_for_form(work, BROWSER, form, "a.png", IP))

    with pytest.raises(NotFound):
        uploads.carry_over(work, budi, ticket.number, BROWSER, form, (file,))
    for other_form, other_browser in ((form, "another"), (str(uuid4()), BROWSER), ("", BROWSER)):
        uploads.carry_over(work, ana, ticket.number, other_browser, other_form, (file,))
        with pytest.raises(FileGone):
            messages.reply(work, ana, ticket.number, _with([file]))


@pytest.mark.parametrize(("own_form", "browser"), [(False, BROWSER), (True, "another")])
def test_a_file_of_another_form_or_browser_stays_there(work, minh, own_form, browser):
    form = str(uuid4())
    file = _comes(work, uploads.begin_for_form(work, BROWSER, form, "a.png", IP))

    with pytest.raises(FileGone):
        tickets.submit(work, NOBODY, _form(minh, [file], form if own_form else str(uuid4())), IP, browser)


def test_a_form_has_a_real_id(work):
    with pytest.raises(Invalid):
        uploads.begin_for_form(work, BROWSER, "not-an-id", "a.png", IP)


def test_what_is_unchecked_can_be_sent_and_not_be_had(work, ana, linh, ticket):
    file = _uploads(work, ana, ticket, clean=False)
    messages.reply(work, ana, ticket.number, _with([file]))
    assert not _has(work, file, linh)
    assert [kept.name for kept in uploads.unchecked(work)] == [file]

    work.topics.clear()
    uploads.checked(work, file, clean=True)

    assert _has(work, file, linh)
    assert f"ticket:{ticket.id}" in work.topics


def test_what_is_blocked_is_had_by_nobody(work, ana, linh, ticket):
    file = _uploads(work, ana, ticket, clean=False)
    messages.reply(work, ana, ticket.number, _with([file]))
    uploads.checked(work, file, clean=False)

    assert sees(work, linh, ticket.number)[-1].files[0].state == "blocked"
    assert not _has(work, file, linh)
    assert not _has(work, file, ana)


def test_what_nobody_sends_is_swept_after_a_day(work, ana, ticket, clock):
    sent, unsent = _uploads(work, ana, ticket), _uploads(work, ana, ticket)
    messages.reply(work, ana, ticket.number, _with([sent]))
    clock.advance(hours=23)
    assert uploads.give_up_unsent(work) == []

    clock.advance(hours=2)
    keys = uploads.give_up_unsent(work)
    assert len(keys) == 2  # the file and its thumbnail
    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, _with([unsent]))
    uploads.forget_swept(work, keys)

    assert work.session.exec(select(Attachment.id)).all() == [sent]


def test_an_upload_that_was_cut_is_swept(work, ana, ticket):
    upload = uploads.begin_for_ticket(work, ana, ticket.number, "a.png", IP)
    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, _with([upload.id]))

    uploads.give_up(work, upload)

    assert upload.key in uploads.give_up_unsent(work)


def test_what_was_removed_is_swept(work, ana, budi, ticket):
    file = _uploads(work, ana, ticket)
    with pytest.raises(NotFound):
        uploads.take_back(work, (budi, NOBODY), "", file)
    uploads.take_back(work, (ana, NOBODY), "", file)

    assert not _has(work, file, ana)
    assert uploads.give_up_unsent(work)


def test_what_was_sent_can_not_be_taken_back(work, ana, ticket):
    file = _uploads(work, ana, ticket)
    messages.reply(work, ana, ticket.number, _with([file]))

    with pytest.raises(NotFound):
        uploads.take_back(work, (ana, NOBODY), "", file)


def test_what_is_just_being_sent_can_not_be_taken_back(store, ana):
    ticket = store.write(opens, ana)
    file = store.write(_uploads, ana, ticket)

    def sends_while_it_is_taken_back(work: Work) -> Future[None]:
        messages.reply(work, ana, ticket.number, _with([file]))
        work.session.flush()
        back = pool.submit(store.write, uploads.take_back, (ana,), "", file)
        while not (store.on_sqlite or back.done() or _somebody_waits(work)):
            pass
        return back

    with ThreadPoolExecutor(1) as pool:
        back = store.write(sends_while_it_is_taken_back)
        with pytest.raises(NotFound):
            back.result()
    assert store.read(_has, file, ana)


def _somebody_waits(work: Work) -> bool:
    return bool(work.session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def test_a_refused_message_leaves_its_files_for_the_next(work, ana, linh, ticket):
    file = _uploads(work, linh, ticket)
    with pytest.raises(FileGone):
        messages.reply(work, linh, ticket.number, _with([file, "unknown"], "Two."))
    work.session.expunge_all()

    assert work.session.get_one(Attachment, file).message_id is None


def test_plain_messages_need_no_files(work, ana, ticket):
    messages.reply(work, ana, ticket.number, says("Hello."))

    assert work.session.exec(select(Message)).all()
    assert asks_about(ana).files == ()
