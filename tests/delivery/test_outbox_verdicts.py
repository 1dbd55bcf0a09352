"""What a worker does with a row that it can't deliver: it fails alone, by its own channel, and the log says why."""

import logging

import pytest
from sqlalchemy import text
from sqlmodel import col, update

from tests.cast import asks_about
from tests.conftest import advance
from tests.delivery.conftest import Desk
from tests.delivery.postman import Postman
from tests.delivery.told import Told
from tests.push_service import PushService
from ticket_portal.delivery.emails import Email
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import new_ticket
from ticket_portal.store.tables import Alert
from ticket_portal.store.unit_of_work import Store, Work


def _becomes(work: Work, alert_id: int, **values: object) -> None:
    work.session.exec(update(Alert).where(col(Alert.id) == alert_id).values(**values))


def _breaks(work: Work, alert_id: int) -> None:
    broken = "{" if work.on_sqlite else "[1]"
    work.execute(text("UPDATE alert SET data = :data WHERE id = :id"), {"data": broken, "id": alert_id})


def _errors(caplog: pytest.LogCaptureFixture, reference: str | None) -> list[logging.LogRecord]:
    return [r for r in caplog.records if getattr(r, "reference", "") == reference]


@pytest.mark.parametrize("values", [{"kind": "carrier_pigeon"}, {"channel": "carrier_pigeon"}])
def test_what_a_newer_version_wrote_never_becomes_an_e_mail(
    desk: Desk, outbox: Outbox, postman: Postman, values: dict[str, str]
):
    row = desk.alerts()[0]
    desk.store.write(_becomes, row.id, **values)
    desk.answers()
    desk.later(hours=30)

    assert outbox.deliver_due() == 1
    assert [mail.kind for mail in postman.tries] == ["reply"]
    left = desk.alerts()[0]
    assert (left.state, left.attempts, left.problem, left.due_at) == ("waiting", 0, "", row.due_at)


def test_a_push_whose_key_went_away_is_no_second_e_mail(
    told: Told, store: Store, service: PushService, postman: Postman
):
    told.answers()
    advance(store, seconds=21)
    without_key = Outbox(store, postman, store.settings)
    without_key.deliver_due()

    assert [mail.kind for mail in postman.took] == ["confirmation", "reply"]
    assert told.pushes() == [("reply", "waiting", "no carrier for push")]
    told.delivers(seconds=5)  # by a process that has the key
    assert told.pushes() == [("reply", "sent", "")]
    assert len(service.took) == 1


def test_a_push_without_a_carrier_is_given_up_when_it_is_no_news_any_more(
    told: Told, store: Store, postman: Postman
):
    told.answers()
    without_key = Outbox(store, postman, store.settings)
    for _ in range(6):
        without_key.deliver_due()
        advance(store, minutes=5)
    without_key.deliver_due()

    assert told.pushes() == [("reply", "failed", "no carrier for push")]
    assert [mail.kind for mail in postman.took] == ["confirmation", "reply"]


def test_a_row_that_can_t_be_read_is_logged_by_its_reference_and_stops_no_other(
    desk: Desk, minh: Viewer, outbox: Outbox, postman: Postman, caplog: pytest.LogCaptureFixture
):
    row = desk.alerts()[0]
    desk.store.write(_breaks, row.id)
    for n in range(3):
        guest = Viewer(role="guest", address=f"guest{n}@example.com")
        desk.store.write(new_ticket.submit, NOBODY, asks_about(guest), guest.address)

    assert outbox.deliver_due() == 3
    (record,) = _errors(caplog, row.reference)
    assert record.exc_info
    assert "_take" in caplog.text
    assert f"alert {row.id} (confirmation), try 1: can't be taken" in caplog.text
    assert minh.address not in caplog.text


def test_a_mail_that_can_t_be_written_is_logged_with_its_traceback(
    desk: Desk, outbox: Outbox, postman: Postman, caplog: pytest.LogCaptureFixture
):
    row = desk.alerts()[0]
    desk.store.write(_becomes, row.id, data={"what": "no such mail"})
    desk.answers()
    desk.later(seconds=21)

    assert outbox.deliver_due() == 1
    (record,) = _errors(caplog, row.reference)
    assert record.exc_info
    assert "in content" in caplog.text
    assert desk.alerts()[0].state == "failed"


def test_what_can_t_be_noted_stops_no_other_and_comes_again_with_the_same_key(
    desk: Desk, store: Store, postman: Postman, caplog: pytest.LogCaptureFixture
):
    broken = desk.alerts()[0]
    guest = Viewer(role="guest", address="another@example.com")
    store.write(new_ticket.submit, NOBODY, asks_about(guest), guest.address)

    class Careless(Postman):
        """Its name for the first mail can't be kept."""

        def send(self, email: Email) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
            super().send(email)
            if email.reference == broken.reference and len(self.tries) == 1 and store.on_sqlite:
                store.write(_breaks, broken.id)
            return "\0" if len(self.tries) == 1 else "name"

    careless = Careless()
    worker = Outbox(store, careless, store.settings)
    worker.deliver_due()

    assert [mail.to for mail in careless.tries] == ["minh@example.com", "another@example.com"]
    assert [r.levelname for r in _errors(caplog, broken.reference)] == ["ERROR"]
    store.write(_becomes, broken.id, data={})
    advance(store, minutes=3)
    worker.deliver_due()
    assert [mail.key for mail in careless.tries].count(careless.tries[0].key) == 2
    assert desk.states() == [("confirmation", "sent")] * 2
