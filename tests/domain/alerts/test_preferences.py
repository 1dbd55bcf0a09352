"""How people want to be told: what they turned off, their quiet hours, muted tickets; and what none of it touches."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from tests.cast import mails, opens, says
from ticket_portal.domain.alerts import notifications, outbox, preferences
from ticket_portal.domain.alerts.kinds import Preference
from ticket_portal.domain.errors import DeviceNeeded, Invalid, NotAllowed, NotFound
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, SYSTEM
from ticket_portal.domain.tickets import conversation, messages, muting, resolution, tickets
from ticket_portal.store.tables import Account, Alert

pytestmark = pytest.mark.usefixtures("confirmations_are_out")

HOLD = 20


@pytest.fixture
def device(monkeypatch) -> None:
    """Push works on some device."""
    monkeypatch.setattr(preferences, "has_live_device", lambda _work, _account: True)


def account(work, viewer) -> Account:
    return work.session.get_one(Account, viewer.account_id)


def goes_to(work, moment: str) -> None:
    """Let it be this moment (UTC)."""
    work.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)


def told(work) -> list[str]:
    return [mail.kind for mail in mails(work)]


# Channels and classes.


def test_everything_is_on_at_first(work, ana):
    view = preferences.view(work, ana, "Asia/Jakarta")
    assert {value for name, value in view.choices.items() if "." in name} == {"on"}
    assert view.choices["quiet"] == "off"
    assert view.choices["quiet_zone"] == "Asia/Jakarta"
    assert not view.email_may_be_off


@pytest.mark.usefixtures("device")
def test_a_class_that_was_turned_off_is_not_mailed_the_others_are(work, clock, ana, linh, ticket):
    preferences.choose(work, ana, "email.reply", "off")
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert told(work) == []
    tickets.resolve(work, linh, ticket.number)
    clock.advance(seconds=HOLD)
    assert told(work) == ["resolved"]

    preferences.choose(work, ana, "email.reply", "on")
    messages.reply(work, linh, ticket.number, says("Hello again"))
    clock.advance(minutes=5)
    assert told(work) == ["reply"]


@pytest.mark.usefixtures("device")
def test_it_is_one_persons_choice(work, clock, ana, budi, minh, linh):
    opened = [opens(work, viewer) for viewer in (ana, budi, minh)]
    mails(work)
    preferences.choose(work, ana, "email.reply", "off")
    for ticket in opened:
        messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert sorted(mail.address for mail in mails(work)) == [budi.address, minh.address]


@pytest.mark.usefixtures("device")
def test_turning_a_class_off_during_the_hold_is_in_time(work, clock, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    preferences.choose(work, ana, "email.reply", "off")
    clock.advance(seconds=HOLD)
    assert told(work) == []


@pytest.mark.usefixtures("device")
def test_a_reminder_is_of_the_class_of_what_it_reminds_of(work, clock, ana, linh, ticket):
    preferences.choose(work, ana, "email.details", "off")
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    clock.advance(days=3, minutes=1)
    resolution.run_due(work)
    clock.advance(minutes=1)
    assert told(work) == []


def test_email_cannot_be_off_while_push_reaches_nobody(work, ana):
    with pytest.raises(DeviceNeeded):
        preferences.choose(work, ana, "email.reply", "off")
    preferences.choose(work, ana, "push.reply", "off")
    assert preferences.view(work, ana).choices["email.reply"] == "on"
    assert not preferences.wants(work, account(work, ana), "push", "reply")


def test_email_comes_again_when_the_last_device_is_gone(work, clock, monkeypatch, ana, linh, ticket):
    with monkeypatch.context() as patched:
        patched.setattr(preferences, "has_live_device", lambda _work, _account: True)
        preferences.choose(work, ana, "email.reply", "off")
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert told(work) == ["reply"]
    preferences.choose(work, ana, "email.reply", "on")  # turning it on needs no device


@pytest.mark.usefixtures("device")
def test_codes_confirmations_and_security_are_nobodys_choice(work, ana):
    for name in Preference:
        preferences.choose(work, ana, f"email.{name}", "off")
    preferences.choose(work, ana, "quiet", "on")
    goes_to(work, "2026-11-22T23:30:00")
    opens(work, ana)
    notifications.about_security(work, account(work, ana), "password_changed")
    assert told(work) == ["confirmation", "security"]
    with pytest.raises(Invalid):
        preferences.choose(work, ana, "email.security", "off")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email.reply", "maybe"), ("email.", "off"), ("sms.reply", "off"), ("", ""), ("off", "on"), ("quiet", "1"),
        ("quiet_from", "24:00"), ("quiet_from", "7:00"), ("quiet_until", "22:00"), ("quiet_zone", "Mars/Olympus"),
        ("quiet_zone", "../../etc/passwd"), ("quiet_from", "٢٢:٠٠"), ("role", "admin"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(work, ana, name, value):
    before = preferences.view(work, ana)
    with pytest.raises(Invalid):
        preferences.choose(work, ana, name, value)
    assert preferences.view(work, ana) == before


def test_only_customers_choose(work, linh, minh):
    for viewer in (linh, minh, NOBODY, SYSTEM):
        with pytest.raises(NotAllowed):
            preferences.choose(work, viewer, "quiet", "on")
        with pytest.raises(NotAllowed):
            preferences.view(work, viewer)


# Quiet hours.


@pytest.mark.parametrize(
    ("begins", "ends", "zone", "now", "until"),
    [
        ("22:00", "07:00", "UTC", "2026-11-22T21:59", None),
        ("22:00", "07:00", "UTC", "2026-11-22T22:00", "2026-11-23T07:00"),
        ("22:00", "07:00", "UTC", "2026-11-23T06:59", "2026-11-23T07:00"),
        ("22:00", "07:00", "UTC", "2026-11-23T07:00", None),
        ("13:00", "15:00", "UTC", "2026-11-22T14:00", "2026-11-22T15:00"),
        ("13:00", "15:00", "UTC", "2026-11-22T12:59", None),
        ("13:00", "15:00", "UTC", "2026-11-22T15:00", None),
        ("22:00", "07:00", "Asia/Jakarta", "2026-11-22T15:00", "2026-11-23T00:00"),
        ("22:00", "07:00", "Asia/Jakarta", "2026-11-22T14:59", None),
        # In Kyiv clocks go back at 4:00 on October 25: this night has an hour more. In March one less.
        ("22:00", "07:00", "Europe/Kyiv", "2026-10-24T20:00", "2026-10-25T05:00"),
        ("22:00", "07:00", "Europe/Kyiv", "2026-03-28T21:00", "2026-03-29T04:00"),
        # The hour that comes twice: its second half past three is after its first.
        ("22:00", "03:30", "Europe/Kyiv", "2026-10-25T00:15", "2026-10-25T00:30"),
        ("22:00", "03:30", "Europe/Kyiv", "2026-10-25T01:15", "2026-10-25T01:30"),
    ],
)
def test_when_quiet_hours_end(work, ana, begins, ends, zone, now, until):
    chosen = account(work, ana)
    chosen.preferences = {"quiet": "on", "quiet_from": begins, "quiet_until": ends, "quiet_zone": zone}
    goes_to(work, now)
    found = preferences.quiet_until(chosen, work.now)
    assert found == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def test_nobody_sleeps_who_did_not_say_so(work, ana):
    assert preferences.quiet_until(account(work, ana), work.now) is None
    assert preferences.quiet_until(None, work.now) is None


def test_a_zone_that_is_none_stops_nobodys_mail(work, clock, ana, budi, linh, ticket):
    """An account may say that it lives anywhere; its quiet hours are then those of UTC."""
    account(work, ana).time_zone = "Mars/Olympus"
    preferences.choose(work, ana, "quiet", "on")
    assert preferences.view(work, ana).choices["quiet_zone"] == "UTC"
    # As they were kept before that was looked at, or before the zone was given up.
    account(work, ana).preferences |= {"quiet_zone": "Mars/Olympus"}
    other = opens(work, budi)
    mails(work)
    goes_to(work, "2030-01-01 12:00")
    for number in (ticket.number, other.number):
        messages.reply(work, linh, number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert {mail.number for mail in mails(work)} == {ticket.number, other.number}


def test_alerts_wait_for_the_end_of_the_quiet_hours_and_leave_as_one(work, ana, linh, ticket):
    preferences.choose(work, ana, "quiet", "on", "Asia/Jakarta")
    goes_to(work, "2026-11-22T15:30:00")  # half past ten in the evening there
    for text in ("One", "Two"):
        messages.reply(work, linh, ticket.number, says(text))
        work.now += timedelta(hours=1)
        assert told(work) == []
    tickets.resolve(work, linh, ticket.number)
    goes_to(work, "2026-11-22T23:59:59")
    assert told(work) == []
    assert outbox.next_due_at(work) == datetime(2026, 11, 23, tzinfo=UTC)
    goes_to(work, "2026-11-23T00:00:00")
    assert told(work) == ["resolved"]
    work.now += timedelta(days=1)
    assert told(work) == []


def test_each_ticket_has_one_alert_in_the_morning(work, ana, linh):
    opened = [opens(work, ana) for _ in range(3)]
    mails(work)
    preferences.choose(work, ana, "quiet", "on", "UTC")
    goes_to(work, "2026-11-22T23:00:00")
    for ticket in (*opened, *opened):
        messages.reply(work, linh, ticket.number, says("Hello"))
    work.now += timedelta(hours=1)
    assert told(work) == []
    goes_to(work, "2026-11-23T07:00:00")
    assert sorted(mail.number for mail in mails(work)) == [ticket.number for ticket in opened]


def test_what_was_read_in_the_night_is_not_mailed_in_the_morning(work, ana, linh, ticket):
    preferences.choose(work, ana, "quiet", "on", "UTC")
    goes_to(work, "2026-11-22T23:00:00")
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    work.now += timedelta(hours=1)
    assert told(work) == []
    conversation.seen(work, ana, ticket.number, reply.seq)
    goes_to(work, "2026-11-23T07:00:00")
    assert told(work) == []


def test_whoever_ends_the_quiet_hours_is_told_at_once(work, ana, linh, ticket):
    preferences.choose(work, ana, "quiet", "on", "UTC")
    goes_to(work, "2026-11-22T23:00:00")
    messages.reply(work, linh, ticket.number, says("Hello"))
    work.now += timedelta(hours=1)
    assert told(work) == []
    preferences.choose(work, ana, "quiet", "off")
    work.now += timedelta(seconds=HOLD)
    assert told(work) == ["reply"]


def test_a_night_of_one_is_nobody_elses(work, ana, budi, linh):
    opened = [opens(work, viewer) for viewer in (ana, budi)]
    mails(work)
    preferences.choose(work, ana, "quiet", "on", "UTC")
    goes_to(work, "2026-11-22T23:00:00")
    for ticket in opened:
        messages.reply(work, linh, ticket.number, says("Hello"))
    work.now += timedelta(seconds=HOLD)
    assert [mail.address for mail in mails(work)] == [budi.address]


# One ticket.


def test_whoever_a_ticket_is_for_mutes_it_and_takes_it_back(
    work, clock, ana, linh, minh, ticket, guest_ticket
):
    mails(work)
    for viewer, one in ((ana, ticket), (minh, guest_ticket)):
        muting.mute(work, viewer, one.number)
        muting.mute(work, viewer, one.number)
        assert conversation.thread(work, one.id, team=False).muted
        messages.reply(work, linh, one.number, says("Hello"))
        clock.advance(seconds=HOLD)
        assert told(work) == []
        muting.unmute(work, viewer, one.number)
        assert not conversation.thread(work, one.id, team=False).muted
        messages.reply(work, linh, one.number, says("Hello again"))
        clock.advance(minutes=5)
        assert told(work) == ["reply"]


def test_nobody_else_mutes_it(work, budi, linh, minh, ticket):
    for act in (muting.mute, muting.unmute):
        for stranger in (budi, minh, NOBODY):
            with pytest.raises(NotFound):
                act(work, stranger, ticket.number)
        with pytest.raises(NotAllowed):
            act(work, linh, ticket.number)
    assert not conversation.thread(work, ticket.id, team=True).muted


def test_a_muted_tickets_codes_still_come(work, minh, guest_ticket):
    mails(work)
    muting.mute(work, minh, guest_ticket.number)
    link = access.new_link(work, guest_ticket)
    access.send_code(work, link, "browser", "192.0.2.7", "en")
    assert told(work) == ["code"]


def test_open_pages_hear_that_a_ticket_was_muted(store, ana):
    ticket = store.write(lambda work: opens(work, ana))
    heard: list[set[str]] = []
    store.listeners.append(heard.append)
    store.write(muting.mute, ana, ticket.number)
    store.write(muting.unmute, ana, ticket.number)
    assert heard == [{f"ticket:{ticket.id}"}] * 2
    assert store.read(lambda work: work.session.exec(select(Alert)).all()) != []
