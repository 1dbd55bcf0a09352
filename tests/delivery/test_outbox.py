"""When alerts leave, what becomes of them when the carrier is down, and what two workers do."""

import asyncio
import threading
import time
from typing import Any

import pytest
from sqlmodel import col, delete, update

from tests.cast import asks_about, says
from tests.conftest import advance
from tests.delivery.conftest import Desk, Postman
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain import accounts, codes, messages, notifications, tickets
from ticket_portal.domain.codes import Door
from ticket_portal.domain.people import Viewer
from ticket_portal.store.tables import Alert
from ticket_portal.store.unit_of_work import Store, Work


def test_a_confirmation_leaves_at_once(desk: Desk, outbox: Outbox, postman: Postman):
    assert outbox.deliver_due() == 1
    assert postman.subjects == [f"Chúng tôi đã nhận được ticket {desk.number} của bạn"]
    assert outbox.deliver_due() == 0


def test_an_answer_is_held_for_a_moment(quiet_desk: Desk, outbox: Outbox, postman: Postman):
    quiet_desk.answers()

    quiet_desk.later(seconds=18)
    assert outbox.deliver_due() == 0
    quiet_desk.later(seconds=2)
    assert outbox.deliver_due() == 1
    assert postman.took[0].kind == "reply"


def test_what_was_read_meanwhile_is_not_mailed(quiet_desk: Desk, outbox: Outbox, postman: Postman):
    seq = quiet_desk.answers()
    quiet_desk.is_read(seq)

    quiet_desk.later(seconds=21)

    assert outbox.deliver_due() == 0
    assert quiet_desk.states()[-1] == ("reply", "dropped")


def test_what_was_read_before_the_newest_is_mailed_for_the_newest(
    quiet_desk: Desk, outbox: Outbox, postman: Postman
):
    quiet_desk.is_read(quiet_desk.answers())
    quiet_desk.resolves()

    quiet_desk.later(seconds=21)

    assert outbox.deliver_due() == 1
    assert quiet_desk.states()[-2:] == [("reply", "dropped"), ("resolved", "sent")]


def test_what_follows_within_two_minutes_is_gathered_and_named_by_the_most_demanding(
    quiet_desk: Desk, outbox: Outbox, postman: Postman
):
    quiet_desk.answers()
    quiet_desk.later(seconds=21)
    assert outbox.deliver_due() == 1

    quiet_desk.asks_for_details()
    quiet_desk.answers("One more thing.")
    quiet_desk.later(seconds=30)
    quiet_desk.answers("And another.")
    quiet_desk.later(seconds=80)
    assert outbox.deliver_due() == 0

    quiet_desk.later(seconds=11)
    assert outbox.deliver_due() == 1
    assert [m.kind for m in postman.took] == ["reply", "details_requested"]
    assert quiet_desk.states()[-3:] == [
        ("details_requested", "sent"),
        ("reply", "gathered"),
        ("reply", "gathered"),
    ]


def test_a_confirmation_starts_no_gathering(desk: Desk, outbox: Outbox, postman: Postman):
    outbox.deliver_due()
    desk.answers()
    desk.later(seconds=21)

    assert outbox.deliver_due() == 1


def test_a_muted_ticket_is_silent_also_for_what_waited_already(
    quiet_desk: Desk, store: Store, outbox: Outbox, postman: Postman
):
    quiet_desk.answers()
    ticket_id = quiet_desk.alerts()[-1].ticket_id or 0
    store.write(notifications.mute, ticket_id, quiet_desk.guest.address)
    quiet_desk.later(seconds=21)
    assert outbox.deliver_due() == 0

    quiet_desk.resolves()
    assert quiet_desk.states()[-1] == ("reply", "dropped")


def test_the_team_is_told_nothing_of_its_own_and_the_guest_nothing_of_theirs(quiet_desk: Desk, store: Store):
    store.write(messages.reply, quiet_desk.guest, quiet_desk.number, says("Any news?"))
    store.write(messages.note, quiet_desk.team, quiet_desk.number, says("Called twice."))

    assert quiet_desk.states() == [("confirmation", "sent")]


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
    store.write(tickets.submit, ana, asks_about(ana), "192.0.2.2")
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
    store.write(codes.send, Door("reset", "ana@example.com", "browser"), "en")
    store.write(_seal_wrongly)

    assert outbox.deliver_due() == 1
    assert desk.states() == [("confirmation", "sent"), ("code", "failed")]


def test_a_code_that_expired_while_the_carrier_was_down_is_not_sent(
    store: Store, outbox: Outbox, postman: Postman
):
    store.write(codes.send, Door("reset", "ana@example.com", "browser"), "en")
    postman.trouble = Unavailable("down")
    outbox.deliver_due()
    postman.trouble = None
    advance(store, minutes=11)

    assert outbox.deliver_due() == 0


def test_for_an_unknown_address_nothing_leaves(store: Store, outbox: Outbox, postman: Postman):
    store.write(accounts.ask_to_reset, "nobody@example.com", "en", "browser", "192.0.2.1")

    assert outbox.deliver_due() == 0
    assert postman.tries == []


def test_a_worker_that_died_after_the_carrier_took_it_repeats_with_the_same_key(
    desk: Desk, store: Store, outbox: Outbox, postman: Postman
):
    taken = store.write(notifications.take_due)  # and then the process is gone
    assert outbox.deliver_due() == 0

    desk.later(minutes=3)

    assert outbox.deliver_due() == 1
    assert postman.took[0].key.startswith(taken[0].key)
    assert [a.attempts for a in desk.alerts()] == [2]


def test_a_worker_that_was_too_slow_is_not_believed_when_it_says_failed(
    desk: Desk, store: Store, outbox: Outbox
):
    slow = store.write(notifications.take_due)[0]
    desk.later(minutes=3)
    outbox.deliver_due()

    store.write(notifications.failed, slow, "timed out")

    assert desk.states() == [("confirmation", "sent")]


def test_two_workers_at_once_send_each_mail_once(store: Store, linh: Viewer, minh: Viewer):
    desks = [Desk(store, linh, Viewer(role="guest", address=f"guest{i}@example.com")) for i in range(30)]
    postmen = [Postman(), Postman()]
    for postman in postmen:
        postman.before = lambda email: time.sleep(0.002)
    workers = [threading.Thread(target=Outbox(store, p, store.settings).deliver_due) for p in postmen]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    sent = [email.key for postman in postmen for email in postman.took]
    assert len(sent) == len(set(sent)) == len(desks)


def test_the_worker_wakes_up_delivers_and_ends_with_the_delivery_in_hand(
    store: Store, linh: Viewer, minh: Viewer, outbox: Outbox, postman: Postman
):
    begun, may_go_on = threading.Event(), threading.Event()

    def wait(_email: object) -> None:
        begun.set()
        may_go_on.wait(5)

    async def life() -> None:
        worker = asyncio.create_task(outbox.run())
        await asyncio.sleep(0.05)
        postman.before = wait
        await asyncio.to_thread(Desk, store, linh, minh)
        outbox.wake()
        await asyncio.to_thread(begun.wait, 5)
        worker.cancel()
        await asyncio.sleep(0.05)
        assert not worker.done()
        may_go_on.set()
        await asyncio.wait([worker], timeout=5)
        assert worker.cancelled()

    asyncio.run(life())
    assert len(postman.took) == 1
    assert outbox.deliver_due() == 0


def test_the_worker_outlives_a_database_that_is_away(
    store: Store,
    outbox: Outbox,
    postman: Postman,
    monkeypatch: pytest.MonkeyPatch,
    linh: Viewer,
    minh: Viewer,
):
    Desk(store, linh, minh)
    read, failures = store.read, [OSError("away")]

    def sometimes(*args: Any, **kwargs: Any) -> Any:
        if failures:
            raise failures.pop()
        return read(*args, **kwargs)

    monkeypatch.setattr(store, "read", sometimes)

    async def life() -> None:
        worker = asyncio.create_task(outbox.run())
        for _ in range(100):
            await asyncio.sleep(0.05)
            outbox.wake()
            if postman.took:
                break
        worker.cancel()
        await asyncio.wait([worker])

    asyncio.run(life())
    assert len(postman.took) == 1


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


def test_a_ticket_deleted_while_its_mail_is_on_its_way_stops_nothing(
    desk: Desk, store: Store, outbox: Outbox, postman: Postman
):
    postman.before = lambda email: store.write(_delete_alerts)

    outbox.deliver_due()

    assert len(postman.took) == 1
    assert desk.alerts() == []


def _delete_alerts(work: Work) -> None:
    work.session.exec(delete(Alert))


def test_a_late_failure_does_not_take_the_mail_from_who_has_it_now(desk: Desk, store: Store):
    late = store.write(notifications.take_due)[0]
    desk.later(minutes=3)
    [now] = store.write(notifications.take_due)

    store.write(notifications.failed, late, "timed out")
    store.write(notifications.put_back, [late])
    assert desk.states() == [("confirmation", "sending")]

    store.write(notifications.failed, now, "timed out")
    assert desk.states() == [("confirmation", "waiting")]


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
