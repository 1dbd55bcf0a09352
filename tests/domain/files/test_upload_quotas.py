"""How much may be uploaded: bytes a day, what strangers leave unsent, and that no try is free."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import func, select

from tests.cast import IP, opens
from tests.conftest import advance
from tests.domain.sent_files import BROWSER, STRANGER, comes
from ticket_portal.domain.errors import FileGone, FilesFull, FileTooLarge, TooManyUploads
from ticket_portal.domain.files.types import MEGABYTE
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import new_ticket, uploads
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.domain.tickets.uploads import Sender, Upload
from ticket_portal.store.tables import Attachment, UploadedBytes


def _begins(work, who: Sender, megabytes: int | None = 1, name: str = "a.mp4") -> Upload:
    announced = None if megabytes is None else megabytes * MEGABYTE
    return uploads.begin_for_form(work, who, str(uuid4()), name, announced)


def _new_browser(ip: str = IP) -> Sender:
    return Sender(ip=ip, browser=uuid4().hex, is_new=True)


def test_a_person_has_so_many_bytes_a_day_announced_or_not(work, ana, ticket, settings, clock):
    settings.limit_upload_mb_per_day = 60
    who = Sender(ana, IP)
    uploads.begin_for_ticket(work, who, ticket.number, "a.mp4", 5 * MEGABYTE)
    uploads.begin_for_ticket(
        work, who, ticket.number, "b.mp4"
    )  # nobody knows how many: as many as a film may have
    uploads.begin_for_ticket(work, who, ticket.number, "c.mp4", 5 * MEGABYTE)
    clock.advance(hours=1)

    with pytest.raises(TooManyUploads) as refusal:
        uploads.begin_for_ticket(work, who, ticket.number, "d.txt", 1)
    assert refusal.value.values["until"] == work.now + timedelta(hours=23)
    clock.advance(hours=23, minutes=1)
    uploads.begin_for_ticket(work, who, ticket.number, "d.txt", 1)


def test_what_came_counts_and_not_what_might_have(work, settings):
    settings.limit_upload_mb_per_day = 50
    upload = _begins(work, STRANGER, None)
    with pytest.raises(TooManyUploads):
        _begins(work, STRANGER)
    uploads.give_up(work, upload, 3 * MEGABYTE)  # refused or cut: three came all the same

    comes(work, _begins(work, STRANGER, 47))
    _begins(work, STRANGER, 46)  # of the last one a thousand bytes came
    with pytest.raises(TooManyUploads):
        _begins(work, STRANGER)


def test_an_ip_has_so_many_bytes_a_day_whatever_browsers_say(work, ana, linh, ticket, settings):
    settings.limit_upload_mb_per_ip_per_day = 3
    for who in (_new_browser(), Sender(ip=IP, browser="made up"), Sender(ana, IP)):
        _begins(work, who)

    for who in (_new_browser(), Sender(ip=IP, browser="another"), Sender(ana, IP)):
        with pytest.raises(TooManyUploads):
            _begins(work, who)
    _begins(work, _new_browser("192.0.2.200"))
    uploads.begin_for_ticket(work, Sender(linh, IP), ticket.number, "a.png", MEGABYTE)


def test_without_a_cookie_only_the_ip_counts(work, settings):
    settings.limit_uploads_per_ip_per_hour = 3
    for _ in range(3):
        uploads.count_try(work, _new_browser())
    with pytest.raises(TooManyUploads):
        uploads.count_try(work, _new_browser())
    uploads.count_try(work, _new_browser("192.0.2.200"))


def test_what_strangers_leave_unsent_has_a_most_for_all_of_them(work, ana, ticket, settings):
    settings.limit_unsent_mb = 3
    files = [_begins(work, _new_browser(f"192.0.2.{n}")) for n in range(3)]
    with pytest.raises(FilesFull):
        _begins(work, _new_browser("192.0.2.77"))

    _begins(work, Sender(ana, IP, BROWSER), 9)  # known people have limits of their own
    uploads.begin_for_ticket(work, Sender(ana, IP), ticket.number, "a.mp4", 9 * MEGABYTE)
    uploads.give_up(work, files[0])
    _begins(work, _new_browser("192.0.2.77"))


def test_more_than_a_file_may_have_is_refused_before_anything_is_reserved(work):
    with pytest.raises(FileTooLarge):
        _begins(work, STRANGER, 51)
    assert work.session.exec(select(UploadedBytes)).all() == []


def test_many_at_once_find_no_more_room_than_there_is(store, settings):
    settings.limit_upload_mb_per_ip_per_day, settings.limit_unsent_mb = 5, 4

    def begin(_number: int) -> None:
        with suppress(TooManyUploads, FilesFull):
            store.write(_begins, _new_browser())

    with ThreadPoolExecutor(8) as together:
        list(together.map(begin, range(16)))

    assert store.read(lambda work: work.session.exec(select(func.sum(Attachment.size))).one()) == 4 * MEGABYTE


def test_what_a_stranger_does_not_send_goes_after_two_hours(work, ana, minh, ticket, clock):
    form = str(uuid4())
    strangers = comes(work, uploads.begin_for_form(work, STRANGER, form, "a.png"))
    anas = comes(work, uploads.begin_for_form(work, Sender(ana, IP, BROWSER), str(uuid4()), "b.png"))
    replied = comes(work, uploads.begin_for_ticket(work, Sender(ana, IP), ticket.number, "c.png"))
    clock.advance(hours=1, minutes=59)
    assert uploads.give_up_unsent(work) == []
    clock.advance(minutes=2)
    uploads.forget_swept(work, uploads.give_up_unsent(work))

    assert set(work.session.exec(select(Attachment.id)).all()) == {anas, replied}
    typed = {"subject": "Look", "body": "", "client_id": form, "files": [strangers], "email": minh.address}
    with pytest.raises(FileGone):
        new_ticket.submit(work, NOBODY, TicketForm.parse(NOBODY, typed, "en"), IP, BROWSER)


def test_sweeping_reads_what_was_not_sent_and_nothing_else(work, ana):
    """Of a million files that were sent none is looked at."""
    opens(work, ana)
    plan = "EXPLAIN QUERY PLAN" if work.on_sqlite else "EXPLAIN"
    if not work.on_sqlite:
        work.session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = work.session.connection().exec_driver_sql(
        f"{plan} SELECT id FROM attachment WHERE message_id IS NULL AND (created_at < '2026-01-01' OR "
        "(uploader = '' AND created_at < '2026-01-02') OR state = 'swept') LIMIT 200"
    )
    said = " ".join(str(row) for row in rows)
    assert "ix_attachment_unsent" in said or "ix_attachment_message" in said


def test_the_bytes_of_yesterday_are_forgotten(store, settings):
    from ticket_portal.domain.files import quotas

    store.write(_begins, STRANGER)
    advance(store, hours=25)
    store.write(quotas.sweep)
    assert store.read(lambda work: work.session.exec(select(UploadedBytes)).all()) == []
