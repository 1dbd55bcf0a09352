"""Attachments: which message takes files along, and who may have them back."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.cast import IP, asks_about, opens, says, sees
from tests.domain.sent_files import BROWSER, has, uploads_file, with_files
from ticket_portal.domain.errors import (
    EmptyMessage,
    FileGone,
    NotFound,
    TooManyFiles,
)
from ticket_portal.domain.files.attachments import parse_ids
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import messages, tickets, uploads
from ticket_portal.domain.tickets.uploads import Sender
from ticket_portal.store.tables import Attachment, Message
from ticket_portal.store.unit_of_work import Work


def test_a_message_takes_its_files_along_in_their_order(work, ana, linh, ticket):
    files = [uploads_file(work, ana, ticket, name) for name in ("b.png", "a.png")]

    messages.reply(work, ana, ticket.number, with_files(files, "Look."))

    for viewer in (ana, linh):
        last = sees(work, viewer, ticket.number)[-1]
        assert [f.name for f in last.files] == ["b.png", "a.png"]
        assert (last.files[0].state, last.files[0].width) == ("ready", 480)


def test_files_alone_can_be_sent(work, ana, ticket):
    messages.reply(work, ana, ticket.number, with_files([uploads_file(work, ana, ticket)]))

    assert sees(work, ana, ticket.number)[-1].html == ""
    with pytest.raises(EmptyMessage):
        with_files([])


def test_a_message_that_comes_twice_has_its_files_once(work, ana, ticket):
    form = with_files([uploads_file(work, ana, ticket)], "Look.")
    first = messages.reply(work, ana, ticket.number, form)

    assert messages.reply(work, ana, ticket.number, form).id == first.id
    assert len(sees(work, ana, ticket.number)[-1].files) == 1


def test_a_file_goes_with_one_message_only(work, ana, ticket):
    files = [uploads_file(work, ana, ticket)]
    messages.reply(work, ana, ticket.number, with_files(files))

    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, with_files(files, "Once more."))


def test_nobody_sends_what_another_one_uploaded(work, ana, linh, ticket):
    hers = uploads_file(work, ana, ticket)

    with pytest.raises(FileGone):
        messages.reply(work, linh, ticket.number, with_files([hers], "Mine now."))


def test_a_file_for_one_ticket_goes_into_no_other(work, ana, ticket):
    other = opens(work, ana, "Another matter")

    with pytest.raises(FileGone):
        messages.reply(work, ana, other.number, with_files([uploads_file(work, ana, ticket)]))


def test_nobody_uploads_into_a_ticket_that_is_not_theirs(work, budi, minh, ticket):
    for viewer in (budi, minh, NOBODY):
        with pytest.raises(NotFound):
            uploads.begin_for_ticket(work, Sender(viewer, IP), ticket.number, "a.png")


def test_a_message_has_a_most_of_files(work, ana, ticket, settings):
    settings.limit_files_per_message = 2
    files = [uploads_file(work, ana, ticket) for _ in range(3)]

    with pytest.raises(TooManyFiles):
        messages.reply(work, ana, ticket.number, with_files(files))
    messages.reply(work, ana, ticket.number, with_files(files[:2]))


def test_the_conversation_decides_who_has_a_file(work, ana, budi, linh, minh, ticket):
    file = uploads_file(work, ana, ticket)
    messages.reply(work, ana, ticket.number, with_files([file]))

    assert has(work, file, ana)
    assert has(work, file, linh)
    assert not any(has(work, file, viewer) for viewer in (budi, minh, NOBODY))


def test_a_guest_has_the_files_of_their_ticket(work, linh, minh, guest_ticket):
    file = uploads_file(work, linh, guest_ticket)
    messages.reply(work, linh, guest_ticket.number, with_files([file]))

    assert has(work, file, NOBODY, minh)
    assert not has(work, file, Viewer(role="guest", address="other@example.com"))


def test_the_files_of_a_note_are_the_teams(work, ana, linh, ticket):
    file = uploads_file(work, linh, ticket)
    messages.note(work, linh, ticket.number, with_files([file], "For us."))

    assert has(work, file, linh)
    assert not has(work, file, ana)
    assert file not in str(sees(work, ana, ticket.number))
    assert not ticket.has_files


def test_what_is_not_sent_is_the_uploaders(work, ana, linh, ticket):
    file = uploads_file(work, ana, ticket)

    assert has(work, file, ana)
    assert not has(work, file, linh)


def test_the_list_tells_of_files(work, ana, ticket):
    assert not tickets.mine(work, ana).rows[0].has_files
    messages.reply(work, ana, ticket.number, with_files([uploads_file(work, ana, ticket)]))
    assert tickets.mine(work, ana).rows[0].has_files


def test_what_was_sent_can_not_be_taken_back(work, ana, ticket):
    file = uploads_file(work, ana, ticket)
    messages.reply(work, ana, ticket.number, with_files([file]))

    with pytest.raises(NotFound):
        uploads.take_back(work, (ana, NOBODY), "", file)


def test_a_refused_message_leaves_its_files_for_the_next(work, ana, linh, ticket):
    file = uploads_file(work, linh, ticket)
    with pytest.raises(FileGone):
        messages.reply(work, linh, ticket.number, with_files([file, "unknown"], "Two."))
    work.session.expunge_all()

    assert work.session.get_one(Attachment, file).message_id is None


def test_plain_messages_need_no_files(work, ana, ticket):
    messages.reply(work, ana, ticket.number, says("Hello."))

    assert work.session.exec(select(Message)).all()
    assert asks_about(ana).files == ()


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "", "x" * 5_000, "' OR 1=1 --"])
def test_what_is_no_id_is_no_file(work, ana, ticket, odd):
    """No database takes every text that a browser can send; there it is a file that is missing."""
    with pytest.raises(FileGone):
        messages.reply(work, ana, ticket.number, with_files([odd], "Look."))
    with pytest.raises(NotFound):
        uploads.take_back(work, (ana,), BROWSER, odd)
    uploads.carry_over(work, ana, ticket.number, BROWSER, odd, parse_ids([odd]))
    assert not has(work, odd, ana, browser=BROWSER)


def test_what_is_just_being_sent_can_not_be_taken_back(store, ana):
    ticket = store.write(opens, ana)
    file = store.write(uploads_file, ana, ticket)

    def sends_while_it_is_taken_back(work: Work) -> Future[None]:
        messages.reply(work, ana, ticket.number, with_files([file]))
        work.session.flush()
        back = pool.submit(store.write, uploads.take_back, (ana,), "", file)
        while not (store.on_sqlite or back.done() or _somebody_waits(work)):
            pass
        return back

    with ThreadPoolExecutor(1) as pool:
        back = store.write(sends_while_it_is_taken_back)
        with pytest.raises(NotFound):
            back.result()
    assert store.read(has, file, ana)


def _somebody_waits(work: Work) -> bool:
    return bool(work.session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())
