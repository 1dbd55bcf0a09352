"""Devices: whose they are, what may be one, and when they leave."""

from typing import Any

import pytest
from sqlmodel import col, select

from tests.cast import says
from tests.conftest import Clock
from tests.push_service import Browser
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.alerts import devices, notifications, outbox
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.errors import BadDevice, NotAllowed, NotFound, TooMany
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import messages
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account, Alert, Device, Ticket
from ticket_portal.store.unit_of_work import Work

ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
PLACE = "https://push.example.com/send/"


def form(work: Work, name: str = "phone", **changed: Any) -> DeviceForm:
    subscription = {**Browser(PLACE + name).subscription, **changed}
    return DeviceForm.parse(work.settings, subscription, ANDROID, "es")


def names(work: Work, viewer: Viewer) -> list[str]:
    return [found.mark for found in devices.mine(work, viewer)]


def pushes(work: Work) -> list[Alert]:
    return list(work.session.exec(select(Alert).where(Alert.channel == "push").order_by(col(Alert.id))).all())


def signed_in(work: Work, viewer: Viewer) -> Viewer:
    """The viewer with a session of their own."""
    if viewer.account_id:
        token = sessions.begin(work, work.session.get_one(Account, viewer.account_id))
    else:
        token = sessions.begin_guest(work, viewer.address)
    work.session.flush()
    return sessions.viewer(work, keys.token_hash(token))


def test_a_customer_and_a_proved_guest_have_devices_nobody_else_does(
    work: Work, ana: Viewer, minh: Viewer, linh: Viewer
):
    devices.add(work, ana, form(work, "ana"), "b1")
    devices.add(work, minh, form(work, "minh"), "b2")
    for viewer in (NOBODY, linh):
        with pytest.raises(NotAllowed):
            devices.add(work, viewer, form(work, "other"), "b3")
        assert devices.mine(work, viewer) == []

    (hers,) = devices.mine(work, ana)
    assert (hers.name, hers.mark) == ("Chrome · Android", devices.mark(f"{PLACE}ana"))
    assert names(work, minh) == [devices.mark(f"{PLACE}minh")]


def test_a_device_is_removed_and_tested_by_its_owner_alone(
    work: Work, ana: Viewer, budi: Viewer, minh: Viewer, linh: Viewer
):
    device = devices.add(work, ana, form(work), "b1")
    for viewer in (budi, minh, linh, NOBODY):
        with pytest.raises(NotFound):
            devices.remove(work, viewer, device.id)
        with pytest.raises(NotFound):
            notifications.about_test(work, viewer, device.id)

    notifications.about_test(work, ana, device.id)
    devices.remove(work, ana, device.id)
    work.session.flush()
    assert devices.mine(work, ana) == []


def test_a_guest_and_an_account_of_the_same_address_have_their_own(work: Work, ana: Viewer):
    guest = Viewer(role="guest", address=ana.address)
    device = devices.add(work, guest, form(work), "b1")

    assert devices.mine(work, ana) == []
    with pytest.raises(NotFound):
        devices.remove(work, ana, device.id)


def test_the_same_browser_is_one_device_of_the_last_who_asked(work: Work, ana: Viewer, budi: Viewer):
    devices.add(work, ana, form(work), "b1")
    devices.add(work, ana, form(work), "b1")
    assert len(devices.mine(work, ana)) == 1

    devices.add(work, budi, form(work), "b1")
    assert devices.mine(work, ana) == []
    assert len(devices.mine(work, budi)) == 1


def test_with_too_many_the_one_longest_away_makes_room(
    work: Work, ana: Viewer, settings: Settings, clock: Clock
):
    settings.limit_devices = 2
    for name in ("first", "second", "third"):
        clock.advance(minutes=1)
        devices.add(work, ana, form(work, name), "b1")

    assert names(work, ana) == [devices.mark(PLACE + "third"), devices.mark(PLACE + "second")]


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "ftp://push.example.com/x",
        "https://user:secret@push.example.com/x",
        "https://10.1.2.3/x",
        "https://192.168.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/x",
        "https://[fe80::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://2130706433/x",
        "https://0x7f.0.0.1/x",
        "https://127.1/x",
        "https://intranet/x",
        "https://db.internal/x",
        "https://printer.local/x",
        "https:///x",
        "https://push.example.com\\@10.0.0.1/x",
        "https://push.example.com:99999/x",
        "https://push.example.com:8443/x",
        "https://push.example.com:80/x",
        "https://sub.push.example.com/x",
        "https://push.example.com.evil.example/x",
        "https://evil.example/x",
        "https://api.svc/x",
        "https://hr.corp/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilpush.apple.com/x",
        "https://push.services.mozilla.com@10.0.0.1/x",
        "https://[64:ff9b::a00:1]/x",
        "https://8.8.8.8/x",
        "https://push.example.com/" + "x" * 2_000,
        "",
        "javascript:alert(1)",
    ],
)
def test_what_can_be_no_push_service_is_refused(settings: Settings, endpoint: str):
    assert not devices.may_push_to(settings, endpoint)
    with pytest.raises(BadDevice):
        DeviceForm.parse(settings, Browser(endpoint).subscription, ANDROID, "en")


def test_this_machine_is_one_for_tests_and_never_in_production(settings: Settings):
    for endpoint in ("http://127.0.0.1:8030/x", "https://localhost/x", "http://[::1]:8030/x"):
        assert devices.may_push_to(settings, endpoint)
        settings.env = "production"
        assert not devices.may_push_to(settings, endpoint)
        settings.env = "development"
    assert devices.may_push_to(settings, "https://fcm.googleapis.com/fcm/send/abc:def")
    assert devices.may_push_to(settings, "https://updates.push.services.mozilla.com/wpush/v2/abc")
    assert devices.may_push_to(settings, "https://wns2-par02p.notify.windows.com/w/?token=abc")
    assert devices.may_push_to(settings, "https://web.push.apple.com:443/abc")
    settings.test_mode = False
    assert not devices.may_push_to(settings, "http://127.0.0.1:8030/x")
    settings.test_mode = True


@pytest.mark.parametrize(
    "keys",
    [
        None,
        [],
        {},
        {"p256dh": "x", "auth": "y"},
        {"p256dh": 1, "auth": 2},
        {"p256dh": "A" * 87, "auth": "A" * 22},
    ],
)
def test_keys_that_are_none_are_refused(work: Work, keys: Any):
    with pytest.raises(BadDevice):
        form(work, keys=keys)


def test_signing_out_takes_the_device_along_and_running_out_does_not(
    work: Work, ana: Viewer, minh: Viewer, clock: Clock
):
    here, there = signed_in(work, ana), signed_in(work, ana)
    devices.add(work, here, form(work, "here"), "b1")
    devices.add(work, there, form(work, "there"), "b2")
    sessions.end(work, here.session)
    assert names(work, ana) == [devices.mark(PLACE + "there")]

    clock.advance(days=60)
    sessions.sweep(work)
    assert names(work, ana) == [devices.mark(PLACE + "there")]


def test_a_browser_is_told_of_nobody_but_who_came_to_it(work: Work, ana: Viewer, budi: Viewer, minh: Viewer):
    devices.add(work, signed_in(work, ana), form(work, "ana"), "shared")
    devices.add(work, minh, form(work, "minh"), "shared")
    devices.add(work, ana, form(work, "elsewhere"), "hers")

    devices.adopt(work, signed_in(work, minh), "shared")
    assert len(devices.mine(work, ana)) == 2, "a guest comes beside an account"
    devices.adopt(work, signed_in(work, budi), "shared")
    work.session.flush()

    assert names(work, ana) == [devices.mark(PLACE + "elsewhere")]
    assert devices.mine(work, minh) == []


def test_who_comes_back_keeps_the_device_until_they_sign_out(work: Work, ana: Viewer):
    before = signed_in(work, ana)
    devices.add(work, before, form(work), "b1")
    again = signed_in(work, ana)
    devices.adopt(work, again, "b1")
    sessions.end(work, before.session)  # as a sign-in does with the session that its browser still names
    assert len(devices.mine(work, ana)) == 1

    sessions.end(work, again.session)

    assert devices.mine(work, ana) == []


def test_a_new_address_takes_the_place_of_the_old_one(work: Work, ana: Viewer):
    devices.add(work, ana, form(work, "old"), "b1")
    devices.renew(work, f"{PLACE}old", form(work, "new"))
    work.session.flush()
    assert names(work, ana) == [devices.mark(PLACE + "new")]

    for unknown in (f"{PLACE}old", "", "a\0b", "\ud800"):
        with pytest.raises(NotFound):
            devices.renew(work, unknown, form(work, "another"))


def test_only_the_requester_s_devices_are_told(
    work: Work, ana: Viewer, budi: Viewer, linh: Viewer, minh: Viewer, ticket: Ticket, guest_ticket: Ticket
):
    for viewer in (ana, budi, minh):
        devices.add(work, viewer, form(work, viewer.address), "")
    messages.reply(work, linh, ticket.number or 0, says("Hello Ana"))
    work.session.flush()
    assert [a.address for a in pushes(work)] == [ana.address]

    messages.reply(work, linh, guest_ticket.number or 0, says("Hello Minh"))
    work.session.flush()
    assert [a.address for a in pushes(work)] == [ana.address, minh.address]


def test_without_a_key_nothing_is_pushed(
    work: Work, ana: Viewer, linh: Viewer, ticket: Ticket, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    devices.add(work, ana, form(work), "b1")
    monkeypatch.setitem(vars(settings), "vapid_key", "")
    messages.reply(work, linh, ticket.number or 0, says("Hello"))
    assert pushes(work) == []


def test_tests_are_limited(work: Work, ana: Viewer, settings: Settings, clock: Clock):
    settings.limit_test_pushes_per_hour = 2
    device = devices.add(work, ana, form(work), "b1")
    for _ in range(2):
        clock.advance(seconds=1)
        notifications.about_test(work, ana, device.id)
    with pytest.raises(TooMany):
        notifications.about_test(work, ana, device.id)


def test_nothing_of_guests_links_is_made_for_a_device_that_left(
    work: Work, minh: Viewer, linh: Viewer, guest_ticket: Ticket
):
    device = devices.add(work, minh, form(work), "b1")
    messages.reply(work, linh, guest_ticket.number or 0, says("Hello"))
    work.session.flush()
    work.session.delete(device)
    work.session.flush()
    work.session.expire_all()

    assert [d.channel for d in outbox.take_due(work) if d.kind == "reply"] == []
    assert work.session.exec(select(Device)).all() == []
