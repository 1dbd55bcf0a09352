"""Push from an answer to the device: encrypted for it, signed by us, once, and never into our own network."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlmodel import col, select

from tests.cast import opens, says
from tests.conftest import advance
from tests.delivery.conftest import Postman
from tests.push_service import Browser, PushService
from ticket_portal.delivery import vapid
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.delivery.push import Gone, Push
from ticket_portal.delivery.push.webpush import WebPush
from ticket_portal.domain import devices, messages, notifications, tickets
from ticket_portal.domain.devices import DeviceForm
from ticket_portal.domain.people import Viewer
from ticket_portal.store.tables import Alert, Device
from ticket_portal.store.unit_of_work import Store, Work

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def service() -> Iterator[PushService]:
    it = PushService()
    yield it
    it.close()


class Told:
    """Ana with a ticket and a phone, Linh who answers, and the worker between them."""

    def __init__(
        self, store: Store, ana: Viewer, linh: Viewer, service: PushService, postman: Postman
    ) -> None:
        self.store, self.ana, self.linh, self.service = store, ana, linh, service
        self.outbox = Outbox(store, postman, store.settings, WebPush(store.settings))
        self.ticket = store.write(_ticket, ana)
        self.outbox.deliver_due()
        self.phone = self.subscribes("phone")

    def subscribes(self, name: str, viewer: Viewer | None = None) -> Browser:
        browser = self.service.subscribes(name)
        form = DeviceForm.parse(self.store.settings, browser.subscription, PHONE, "en")
        self.store.write(devices.add, viewer or self.ana, form, f"browser-{name}")
        return browser

    def answers(self, text: str = "Please try again.") -> int:
        return self.store.write(messages.reply, self.linh, self.ticket, says(text)).seq

    def delivers(self, **after: float) -> None:
        if after:
            advance(self.store, **after)
        self.outbox.deliver_due()

    def pushes(self) -> list[tuple[str, str, str]]:
        return self.store.read(_pushes)

    def devices(self) -> int:
        return self.store.read(lambda work: len(work.session.exec(select(Device)).all()))


def _ticket(work: Work, viewer: Viewer) -> int:
    return opens(work, viewer).number or 0


def _pushes(work: Work) -> list[tuple[str, str, str]]:
    rows = work.session.exec(select(Alert).where(Alert.channel == "push").order_by(col(Alert.id))).all()
    return [(a.kind, a.state, a.problem) for a in rows]


@pytest.fixture
def told(store: Store, ana: Viewer, linh: Viewer, service: PushService, postman: Postman) -> Told:
    return Told(store, ana, linh, service, postman)


def test_an_answer_reaches_the_device_at_once_without_its_words(told: Told, service: PushService):
    told.answers("Your seed phrase is safe.")
    told.delivers()

    (came,) = service.took
    said = told.phone.reads(came.body)
    assert re.fullmatch(r"/notifications/mute/\d+-[\w-]{16,}", said.pop("mute"))
    assert said == {
        "title": f"Tu ticket de soporte {told.ticket} se ha actualizado",
        "body": "Abre el ticket para leer la respuesta.",
        "tag": f"ticket-{told.ticket}",
        "url": f"/es/tickets/{told.ticket}",
        "number": told.ticket,
        "seq": 2,
        "lang": "es",
        "actions": [{"action": "mute", "title": "Silenciar este ticket"}],
    }
    assert came.path == "/push/phone"
    assert came.headers["content-encoding"] == "aes128gcm"
    assert came.headers["ttl"] == "86400"
    assert came.headers["topic"] == f"ticket-{told.ticket}"
    assert came.headers["urgency"] == "normal"
    assert len(came.body) < 3_000
    assert came.key == vapid.public_key(told.store.settings.vapid_key)
    assert came.claims["sub"] == "mailto:support@example.com"
    assert told.pushes() == [("reply", "sent", "")]


def test_another_device_can_t_read_it(told: Told, service: PushService):
    told.answers()
    told.delivers()

    with pytest.raises(InvalidTag):
        service.subscribes("another").reads(service.took[0].body)


def test_each_device_gets_it_once_however_often_is_delivered(told: Told, service: PushService):
    laptop = told.subscribes("laptop")
    told.answers()
    told.delivers()
    told.delivers()

    assert sorted(came.path for came in service.took) == ["/push/laptop", "/push/phone"]
    assert (
        laptop.reads(next(c.body for c in service.took if c.path == "/push/laptop"))["number"] == told.ticket
    )


def test_what_follows_within_two_minutes_is_one_more_push(told: Told, service: PushService):
    told.answers()
    told.delivers()
    told.answers("One more thing.")
    told.answers("And another.")
    told.delivers(seconds=110)
    assert len(service.took) == 1

    told.delivers(seconds=11)
    assert len(service.took) == 2
    assert told.pushes() == [("reply", "sent", ""), ("reply", "gathered", ""), ("reply", "sent", "")]


def test_what_is_read_in_a_visible_page_is_not_pushed(
    told: Told, store: Store, service: PushService, ana: Viewer
):
    store.write(messages.seen, ana, told.ticket, 1)  # the page is open before her eyes
    seq = told.answers()
    told.delivers()
    assert service.took == []

    store.write(messages.seen, ana, told.ticket, seq)
    told.delivers(seconds=2)
    assert service.took == []
    assert told.pushes() == [("reply", "dropped", "")]

    told.answers("She went away by now.")
    told.delivers(seconds=2)
    assert len(service.took) == 1


def test_notes_and_own_messages_are_not_pushed(told: Told, store: Store, service: PushService):
    store.write(messages.note, told.linh, told.ticket, says("Called twice."))
    store.write(messages.reply, told.ana, told.ticket, says("Any news?"))
    told.delivers(minutes=5)

    assert service.took == []


def test_a_muted_ticket_is_silent_on_devices_too(told: Told, store: Store, service: PushService):
    ticket_id = store.read(lambda work: tickets.find(work, told.ana, told.ticket).id)
    store.write(notifications.mute, ticket_id, told.ana.address)
    told.answers()
    told.delivers(minutes=5)

    assert service.took == []


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


def test_a_guest_s_device_gets_the_guest_s_link(
    told: Told, store: Store, service: PushService, minh: Viewer, linh: Viewer
):
    number = store.write(_ticket, minh)
    phone = told.subscribes("minh", minh)
    store.write(messages.reply, linh, number, says("Please try again."))
    told.delivers()

    said = phone.reads(service.took[-1].body)
    assert said["url"].startswith("/vi/guest/")
    assert minh.address not in str(said)


def test_a_test_push_comes_in_the_device_s_language(
    told: Told, store: Store, service: PushService, budi: Viewer
):
    (device,) = store.read(devices.mine, told.ana)
    store.write(notifications.about_test, told.ana, device.id)
    told.delivers()

    assert told.phone.reads(service.took[0].body)["title"] == "Notifications work on this device"
    assert service.took[0].headers["urgency"] == "high"


def _push(endpoint: str) -> Push:
    browser = Browser(endpoint)
    keys = browser.subscription["keys"]
    form = DeviceForm(endpoint, keys["p256dh"], keys["auth"])
    payload: dict[str, Any] = {"title": "x", "tag": "ticket-1"}
    return Push(form, "ana@example.com", payload, "reply", "en", "key")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "https://10.0.0.5/x",
        "https://[fd00::1]/x",
        "https://169.254.169.254/latest",
    ],
)
def test_no_address_of_our_own_network_is_posted_to(store: Store, endpoint: str):
    with pytest.raises(Refused):
        WebPush(store.settings).send(_push(endpoint))


def test_a_name_that_leads_into_our_network_is_refused_when_it_is_resolved(
    store: Store, service: PushService, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    """The name is a good one when it is looked at; where the connection leads is seen when it is there."""
    import socket

    real = socket.getaddrinfo

    def misled(host: str, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host == "push.example.com" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", misled)
    settings.env = "production"
    port = service.origin.rpartition(":")[2]

    with pytest.raises(Refused):
        WebPush(store.settings).send(_push(f"https://push.example.com:{port}/x"))
    assert service.took == []


def test_trouble_names_no_device(store: Store):
    with pytest.raises(Unavailable) as trouble:
        WebPush(store.settings).send(_push("http://127.0.0.1:9/secret"))
    assert "secret" not in str(trouble.value)


def test_gone_is_told_apart(store: Store, service: PushService):
    service.status = 410
    with pytest.raises(Gone):
        WebPush(store.settings).send(_push(f"{service.origin}/x"))
