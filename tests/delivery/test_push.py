"""Push from an answer to the device: encrypted for it, signed by us, and once."""

import re

import pytest
from cryptography.exceptions import InvalidTag

from tests.cast import says
from tests.delivery.told import Told, ticket_of
from tests.push_service import PushService
from ticket_portal.delivery import vapid
from ticket_portal.domain.alerts import devices, notifications
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import conversation, messages, muting, tickets
from ticket_portal.store.unit_of_work import Store


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
    store.write(conversation.seen, ana, told.ticket, 1)  # the page is open before her eyes
    seq = told.answers()
    told.delivers()
    assert service.took == []

    store.write(conversation.seen, ana, told.ticket, seq)
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
    store.write(muting.mute_address, ticket_id, told.ana.address)
    told.answers()
    told.delivers(minutes=5)

    assert service.took == []


def test_a_guest_s_device_gets_the_guest_s_link(
    told: Told, store: Store, service: PushService, minh: Viewer, linh: Viewer
):
    number = store.write(ticket_of, minh)
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
