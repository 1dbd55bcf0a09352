"""What becomes of alerts when the carrier is down, refuses, or can't be given what it needs."""

import pytest
from sqlmodel import col, update

from tests.cast import asks_about
from tests.conftest import advance
from tests.delivery.conftest import Desk
from tests.delivery.postman import Postman
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import new_ticket
from ticket_portal.store.tables import Alert
from ticket_portal.store.unit_of_work import Store, Work


def test_a_carrier_that_is_down_loses_nothing_and_sends_nothing_twice(
    quiet_desk: Desk, outbox: Outbox, postman: Postman
):
    quiet_desk.answers()
    quiet_desk.later(seconds=21)
    postman.trouble = Unavailable("down")
    for _ in range(40):
        assert outbox.deliver_due() == 0
        quiet_desk.later(minutes=10)
    quiet_desk.answers("Still there?")
    quiet_desk.asks_for_details()
    quiet_desk.later(seconds=21)
    outbox.deliver_due()

    postman.trouble = None
    for _ in range(4):
        quiet_desk.later(minutes=10)
        outbox.deliver_due()

    assert [m.kind for m in postman.took] == ["reply", "details_requested"]
    assert len({m.key for m in postman.tries}) == 2  # what happened meanwhile waited behind the first one
    assert all(a.state in ("sent", "gathered") for a in quiet_desk.alerts())


def test_every_try_sends_the_same_bytes(quiet_desk: Desk, outbox: Outbox, postman: Postman):
    quiet_desk.answers()
    quiet_desk.later(seconds=21)
    postman.trouble = Unavailable("down")
    outbox.deliver_due()
    quiet_desk.later(hours=1)
    outbox.deliver_due()
    postman.trouble = None
    quiet_desk.later(hours=1)
    outbox.deliver_due()

    first, second, third = postman.tries
    assert first == second == third
    assert "/guest/" in first.link


def test_a_mail_that_waits_for_the_carrier_is_dropped_once_it_was_read(
    quiet_desk: Desk, outbox: Outbox, postman: Postman
):
    seq = quiet_desk.answers()
    quiet_desk.later(seconds=21)
    postman.trouble = Unavailable("down")
    outbox.deliver_due()
    quiet_desk.is_read(seq)
    postman.trouble = None
    quiet_desk.later(hours=1)

    assert outbox.deliver_due() == 0
    assert quiet_desk.states()[-1] == ("reply", "dropped")


def test_after_a_day_a_carrier_that_stays_down_is_given_up(
    quiet_desk: Desk, outbox: Outbox, postman: Postman
):
    quiet_desk.answers()
    quiet_desk.later(seconds=21)
    postman.trouble = Unavailable("down")
    outbox.deliver_due()
    quiet_desk.later(hours=25)
    outbox.deliver_due()

    newest = quiet_desk.alerts()[-1]
    assert (newest.state, newest.problem, newest.sealed) == ("failed", "down", None)


def test_a_refused_mail_is_not_tried_again_and_stops_no_other(
    quiet_desk: Desk, store: Store, ana: Viewer, outbox: Outbox, postman: Postman
):
    quiet_desk.answers()
    store.write(new_ticket.submit, ana, asks_about(ana), "192.0.2.2")
    quiet_desk.later(seconds=21)
    postman.before = lambda email: setattr(
        postman, "trouble", Refused("no such address") if email.to == "minh@example.com" else None
    )

    assert outbox.deliver_due() == 1
    assert postman.took[0].to == "ana@example.com"
    quiet_desk.later(hours=2)
    assert outbox.deliver_due() == 0
    assert ("reply", "failed") in quiet_desk.states()


def test_a_mail_that_cant_be_written_fails_for_good_and_stops_no_other(
    desk: Desk, store: Store, outbox: Outbox, postman: Postman
):
    broken = desk.alerts()[0].id
    desk.answers()
    store.write(_damage, broken)
    desk.later(seconds=21)

    assert outbox.deliver_due() == 1
    assert postman.took[0].kind == "reply"
    assert desk.alerts()[0].state == "failed"


def test_a_mail_sealed_with_another_key_fails_and_stops_no_other(
    desk: Desk, store: Store, outbox: Outbox, postman: Postman
):
    store.write(codes.send, CodeScope("reset", "ana@example.com", "browser"), "en")
    store.write(_seal_wrongly)

    assert outbox.deliver_due() == 1
    assert desk.states() == [("confirmation", "sent"), ("code", "failed")]


def test_a_code_that_expired_while_the_carrier_was_down_is_not_sent(
    store: Store, outbox: Outbox, postman: Postman
):
    store.write(codes.send, CodeScope("reset", "ana@example.com", "browser"), "en")
    postman.trouble = Unavailable("down")
    outbox.deliver_due()
    postman.trouble = None
    advance(store, minutes=11)

    assert outbox.deliver_due() == 0


def test_logs_name_nobody(
    quiet_desk: Desk, outbox: Outbox, postman: Postman, caplog: pytest.LogCaptureFixture
):
    quiet_desk.answers("A secret of mine")
    quiet_desk.later(seconds=21)
    postman.trouble = ValueError("minh@example.com A secret of mine")
    outbox.deliver_due()

    assert "the carrier failed: ValueError" in caplog.text
    assert "minh@" not in caplog.text
    assert "secret" not in caplog.text


def _damage(work: Work, alert_id: int) -> None:
    alert = work.session.get_one(Alert, alert_id)
    alert.data = {"what": "no such mail"}
    alert.kind = "confirmation"
    work.session.add(alert)


def _seal_wrongly(work: Work) -> None:
    work.session.exec(update(Alert).where(col(Alert.kind) == "code").values(sealed=b"of another key"))


def test_what_leaves_between_two_tries_does_not_change_the_second(
    desk: Desk, outbox: Outbox, postman: Postman
):
    """Its References stay those of the first try, whatever became of earlier mails since."""
    desk.answers()
    desk.later(seconds=21)
    outbox.deliver_due()
    desk.later(minutes=3)
    desk.answers("And one more thing.")
    desk.later(seconds=21)
    postman.trouble = Unavailable("down")
    outbox.deliver_due()
    desk.store.write(_as_if_not_sent_before, desk.alerts()[1].id)
    postman.trouble = None
    desk.later(minutes=3)
    outbox.deliver_due()

    tries = [email for email in postman.tries if email.key == postman.tries[-1].key]
    assert len(tries) == 2
    assert tries[0] == tries[1]
    assert len(tries[0].headers["References"].split()) == 2


def _as_if_not_sent_before(work: Work, alert_id: int) -> None:
    alert = work.session.get_one(Alert, alert_id)
    alert.state = "failed"
    work.session.add(alert)
