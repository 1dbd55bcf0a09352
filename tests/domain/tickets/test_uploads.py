"""Uploads: how many and how large, whose they are, the form they were made for, and when they are swept."""

from uuid import uuid4

import pytest
from sqlmodel import select

from tests.cast import IP, sees
from tests.domain.sent_files import BROWSER, STRANGER, comes, has, uploads_file, with_files
from ticket_portal.domain.errors import (
    FileEmpty,
    FileGone,
    FileKindRefused,
    FileTooLarge,
    Invalid,
    NotFound,
    TooManyUploads,
)
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import messages, new_ticket, uploads
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.domain.tickets.uploads import Sender
from ticket_portal.store.tables import Attachment


def test_uploads_are_limited(work, ana, ticket, settings):
    settings.limit_uploads_per_hour = 3
    for _ in range(3):
        uploads.count_try(work, Sender(ana, IP))

    with pytest.raises(TooManyUploads):
        uploads.count_try(work, Sender(ana, "192.0.2.77"))


def test_a_file_has_a_most_of_bytes(work, ana, ticket):
    picture = uploads.begin_for_ticket(work, Sender(ana, IP), ticket.number, "a.png")
    film = uploads.begin_for_ticket(work, Sender(ana, IP), ticket.number, "a.mp4")

    picture.check_size(10_000_000, complete=True)
    film.check_size(50_000_000, complete=True)
    for upload, size in ((picture, 10_000_001), (film, 50_000_001)):
        with pytest.raises(FileTooLarge):
            upload.check_size(size)
    with pytest.raises(FileEmpty):
        picture.check_size(0, complete=True)


def test_a_kind_that_is_not_taken_is_refused_by_its_name(work, ana, ticket):
    with pytest.raises(FileKindRefused) as refusal:
        uploads.begin_for_ticket(work, Sender(ana, IP), ticket.number, "a\u202efdp.exe")
    assert refusal.value.values == {"name": "afdp.exe"}


def _form(viewer: Viewer, files: list[str], client_id: str, body: str = "") -> TicketForm:
    typed = {"subject": "Look", "body": body, "client_id": client_id, "files": files}
    return TicketForm.parse(viewer, typed | {"email": viewer.address}, "en")


def test_a_new_ticket_takes_the_files_of_its_form_along(work, linh, minh):
    form = str(uuid4())
    file = comes(work, uploads.begin_for_form(work, STRANGER, form, "a.png"))
    assert has(work, file, browser=BROWSER)
    assert not has(work, file, browser="another")
    assert not has(work, file)

    ticket = new_ticket.submit(work, NOBODY, _form(minh, [file], form), IP, BROWSER)

    assert [f.name for f in sees(work, linh, ticket.number)[-1].files] == ["a.png"]
    assert has(work, file, minh)
    assert not has(work, file, browser=BROWSER)
    assert ticket.has_files


def test_a_forms_files_go_over_to_an_open_ticket(work, ana, linh, ticket):
    form = str(uuid4())
    file = comes(work, uploads.begin_for_form(work, STRANGER, form, "a.png"))

    uploads.carry_over(work, ana, ticket.number, BROWSER, form, (file,))
    messages.reply(work, ana, ticket.number, with_files([file]))

    assert [f.name for f in sees(work, linh, ticket.number)[-1].files] == ["a.png"]


def test_only_ones_own_files_go_over_and_only_to_ones_own_ticket(work, ana, budi, ticket):
    form = str(uuid4())
    file = comes(work, uploads.begin_for_form(work, STRANGER, form, "a.png"))

    with pytest.raises(NotFound):
        uploads.carry_over(work, budi, ticket.number, BROWSER, form, (file,))
    for other_form, other_browser in ((form, "another"), (str(uuid4()), BROWSER), ("", BROWSER)):
        uploads.carry_over(work, ana, ticket.number, other_browser, other_form, (file,))
        with pytest.raises(FileGone):
            messages.reply(work, ana, ticket.number, with_files([file]))


@pytest.mark.parametrize(("own_form", "browser"), [(False, BROWSER), (True, "another")])
def test_a_file_of_another_form_or_browser_stays_there(work, minh, own_form, browser):
    form = str(uuid4())
    file = comes(work, uploads.begin_for_form(work, STRANGER, form, "a.png"))

    with pytest.raises(FileGone):
        new_ticket.submit(work, NOBODY, _form(minh, [file], form if own_form else str(uuid4())), IP, browser)


def test_a_form_has_a_real_id(work):
    with pytest.raises(Invalid):
        uploads.begin_for_form(work, STRANGER, "not-an-id", "a.png")


def test_what_is_unchecked_can_be_sent_and_not_be_had(work, ana, linh, ticket):
    file = uploads_file(work, ana, ticket, clean=False)
    messages.reply(work, ana, ticket.number, with_files([file]))
    assert not has(work, file, linh)
    assert [kept.name for kept in uploads.unchecked(work)] == [file]

    work.topics.clear()
    uploads.checked(work, file, clean=True)

    assert has(work, file, linh)
    assert f"ticket:{ticket.id}" in work.topics


def test_what_is_blocked_is_had_by_nobody(work, ana, linh, ticket):
    file = uploads_file(work, ana, ticket, clean=False)
    messages.reply(work, ana, ticket.number, with_files([file]))
    uploads.checked(work, file, clean=False)

    assert sees(work, linh, ticket.number)[-1].files[0].state == "blocked"
    assert not has(work, file, linh)
    assert not has(work, file, ana)


def test_what_nobody_sends_is_swept_after_a_day(work, ana, ticket, clock):
    sent, unsent = uploads_file(work, ana, ticket), uploads_file(work, ana, ticket)
    messages.reply(work, ana, ticket.number, with_files([sent]))
    clock.advance(hours=23)
    assert uploads.give_up_unsent(work) == []

    clock.advance(hours=2)
    keys = uploads.give_up_unsent(work)
    assert len(keys) == 2  # the file and its thumbnail
    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, with_files([unsent]))
    uploads.forget_swept(work, keys)

    assert work.session.exec(select(Attachment.id)).all() == [sent]


def test_an_upload_that_was_cut_is_swept(work, ana, ticket):
    upload = uploads.begin_for_ticket(work, Sender(ana, IP), ticket.number, "a.png")
    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, with_files([upload.id]))

    uploads.give_up(work, upload)

    assert upload.key in uploads.give_up_unsent(work)


def test_what_was_removed_is_swept(work, ana, budi, ticket):
    file = uploads_file(work, ana, ticket)
    with pytest.raises(NotFound):
        uploads.take_back(work, (budi, NOBODY), "", file)
    uploads.take_back(work, (ana, NOBODY), "", file)

    assert not has(work, file, ana)
    assert uploads.give_up_unsent(work)
