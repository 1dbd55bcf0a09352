"""What becomes of a push when its service, the device or the mail is slow, away or gone."""

import pytest

from tests.conftest import advance
from tests.delivery.postman import Postman
from tests.delivery.told import Told
from tests.push_service import PushService
from ticket_portal.domain.alerts import devices
from ticket_portal.store.unit_of_work import Store


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(told: Told, service: PushService, status: int):
    told.subscribes("laptop")
    service.status = status
    told.answers()
    told.delivers()

    assert told.devices() == 0
    assert told.pushes() == [("reply", "dropped", "the device is gone")] * 2
    service.status = 201
    told.delivers(minutes=10)
    assert len(service.took) == 2


@pytest.mark.parametrize("status", [429, 500, 503, 401, 307])
def test_a_push_service_in_trouble_is_tried_again_and_sends_nothing_twice(
    told: Told, service: PushService, status: int
):
    service.status = status
    told.answers()
    told.delivers()
    told.delivers(seconds=1)
    assert len(service.took) == 1

    service.status = 201
    told.delivers(seconds=5)
    told.delivers(minutes=1)
    assert len(service.took) == 2
    assert told.pushes() == [("reply", "sent", "")]
    assert told.devices() == 1
    assert {came.path for came in service.took} == {"/push/phone"}, "a redirect is not followed"


def test_after_twenty_minutes_the_e_mail_has_told(told: Told, service: PushService, postman: Postman):
    service.status = 503
    told.answers()
    for _ in range(60):
        told.delivers(seconds=30)

    assert told.pushes() == [("reply", "failed", "the push service answered 503")]
    assert [mail.kind for mail in postman.took] == ["confirmation", "reply"]
    before = len(service.took)
    told.delivers(hours=2)
    assert len(service.took) == before


def test_a_slow_push_service_does_not_hold_up_the_mail(told: Told, service: PushService, postman: Postman):
    service.delay = 1.0
    left_after: list[int] = []
    postman.before = lambda _email: left_after.append(len(service.took))
    told.answers()
    advance(told.store, seconds=21)
    told.outbox.deliver_due()

    assert left_after == [0], "the mail left before the push was answered"
    assert len(service.took) == 1


def test_what_waits_for_a_device_that_left_the_list_is_dropped(
    told: Told, store: Store, service: PushService
):
    told.answers()
    (device,) = store.read(devices.mine, told.ana)
    store.write(devices.remove, told.ana, device.id)
    told.delivers()

    assert service.took == []
    assert told.pushes() == [("reply", "dropped", "")]
