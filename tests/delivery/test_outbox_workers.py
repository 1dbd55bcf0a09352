"""The workers that deliver: two at once, one that died, one that was too slow, one whose database is away."""

import asyncio
import threading
import time
from typing import Any

import pytest
from sqlmodel import delete

from tests.delivery.conftest import Desk
from tests.delivery.postman import Postman
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.alerts.outbox import failed, put_back, take_due
from ticket_portal.domain.people import Viewer
from ticket_portal.store.tables import Alert
from ticket_portal.store.unit_of_work import Store, Work


def test_a_worker_that_died_after_the_carrier_took_it_repeats_with_the_same_key(
    desk: Desk, store: Store, outbox: Outbox, postman: Postman
):
    taken = store.write(take_due)  # and then the process is gone
    assert outbox.deliver_due() == 0

    desk.later(minutes=3)

    assert outbox.deliver_due() == 1
    assert postman.took[0].key.startswith(taken[0].key)
    assert [a.attempts for a in desk.alerts()] == [2]


def test_a_worker_that_was_too_slow_is_not_believed_when_it_says_failed(
    desk: Desk, store: Store, outbox: Outbox
):
    slow = store.write(take_due)[0]
    desk.later(minutes=3)
    outbox.deliver_due()

    store.write(failed, slow, "timed out")

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
    late = store.write(take_due)[0]
    desk.later(minutes=3)
    [now] = store.write(take_due)

    store.write(failed, late, "timed out")
    store.write(put_back, [late])
    assert desk.states() == [("confirmation", "sending")]

    store.write(failed, now, "timed out")
    assert desk.states() == [("confirmation", "waiting")]
