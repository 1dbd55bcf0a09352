"""The QA hooks, as an engineer's script meets them."""

from datetime import datetime

import pytest
from pydantic import SecretStr

from tests.cast import asks_about
from tests.push_service import Browser
from tests.routes.engineer import ELSEWHERE, HERE, Engineer
from ticket_portal.demo import people
from ticket_portal.demo.scenarios import SCENARIOS
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import messages, new_ticket

MAIL_FIELDS = {"to", "subject", "kind", "locale", "headers", "text", "html", "link", "code", "created_at"}


def _reply(engineer: Engineer, linh: Viewer, number: int, body: str = "Try again now.") -> None:
    form = messages.MessageForm(body, asks_about(linh).client_id)
    engineer.portal.store.write(messages.reply, linh, number, form)


def _opens(engineer: Engineer, viewer: Viewer) -> int:
    return engineer.portal.store.write(new_ticket.submit, viewer, asks_about(viewer), HERE).number or 0


def test_a_mail_leaves_when_the_clock_says_so_and_is_there_at_once(engineer, ana, linh):
    number = _opens(engineer, ana)
    engineer.lets_pass(0)
    assert engineer.calls("DELETE", "/test/mailbox").status_code == 204
    _reply(engineer, linh, number)

    assert engineer.mails("ana@example.com") == []
    engineer.lets_pass(21)

    [mail] = engineer.mails("ANA@example.com")
    assert set(mail) == MAIL_FIELDS
    assert (mail["to"], mail["kind"], mail["locale"], mail["code"]) == (
        "ana@example.com",
        "reply",
        "es",
        None,
    )
    assert str(number) in mail["subject"]
    assert mail["link"].startswith(engineer.portal.settings.public_url)
    assert mail["link"] in mail["text"]
    assert "Try again now." not in mail["text"] + mail["html"]


def _subscribes(engineer: Engineer, viewer: Viewer) -> Browser:
    browser = Browser("https://push.example.com/send/1")
    form = DeviceForm.parse(engineer.portal.settings, browser.subscription, "", "en")
    engineer.portal.store.write(devices.add, viewer, form, "b1")
    return browser


def test_a_push_is_captured_as_it_left(engineer, ana, linh):
    number = _opens(engineer, ana)
    engineer.lets_pass(0)
    browser = _subscribes(engineer, ana)
    _reply(engineer, linh, number)
    engineer.lets_pass(0)

    [push] = engineer.calls("GET", "/test/push?to=ANA@example.com").json()
    assert (push["to"], push["endpoint"], push["kind"]) == ("ana@example.com", browser.endpoint, "reply")
    assert (push["locale"], push["tag"], push["url"]) == ("es", f"ticket-{number}", f"/es/tickets/{number}")
    assert push["headers"] == {"TTL": "86400", "Topic": f"ticket-{number}", "Urgency": "normal"}
    assert "Try again now." not in str(push)
    assert engineer.calls("GET", f"/test/push?endpoint={browser.endpoint}").json() == [push]
    assert engineer.calls("GET", "/test/push?to=budi@example.com").json() == []

    assert engineer.calls("DELETE", "/test/push").status_code == 204
    assert engineer.calls("GET", "/test/push").json() == []


def test_devices_can_be_made_to_be_gone(engineer, ana, linh):
    number = _opens(engineer, ana)
    engineer.lets_pass(0)
    _subscribes(engineer, ana)
    assert engineer.calls("POST", "/test/faults", {"push_gone": True}).json()["push_gone"] is True
    _reply(engineer, linh, number)
    engineer.lets_pass(0)

    assert engineer.calls("GET", "/test/push").json() == []
    assert engineer.portal.store.read(devices.mine, ana) == []


def test_a_long_leap_brings_everything_at_its_own_time(engineer, ana, linh):
    number = _opens(engineer, ana)
    form = messages.MessageForm("Which network?", asks_about(linh).client_id)
    engineer.portal.store.write(messages.request_details, linh, number, form)
    began = datetime.fromisoformat(engineer.lets_pass(0)["now"])
    engineer.lets_pass(15 * 86_400)

    found = list(reversed(engineer.mails("ana@example.com")))
    assert [m["kind"] for m in found] == [
        "confirmation", "details_requested", "reminder", "reminder", "closed",
    ]  # fmt: skip
    days = [(datetime.fromisoformat(m["created_at"]) - began).days for m in found]
    assert days[1:] == [0, 3, 7, 14]


def test_the_newest_mail_comes_first(engineer, ana, linh):
    number = _opens(engineer, ana)
    _reply(engineer, linh, number)
    engineer.lets_pass(600)

    assert [m["kind"] for m in engineer.mails("ana@example.com")] == ["reply", "confirmation"]
    assert engineer.mails("budi@example.com") == []
    assert len(engineer.calls("GET", "/test/mailbox").json()) == 2


def test_the_clock_goes_forward_for_everybody(engineer):
    before = engineer.calls("GET", "/test/clock").json()["now"]
    engineer.lets_pass(3600)
    assert engineer.calls("GET", "/test/clock").json()["now"][:13] != before[:13]


@pytest.mark.parametrize(
    "sent",
    [{"advance_seconds": -1}, {"advance_seconds": "5"}, {}, {"seconds": 5}, {"advance_seconds": 10**12}, []],
)
def test_a_clock_that_is_asked_the_impossible_says_so(engineer, sent):
    refused = engineer.calls("POST", "/test/clock", sent)
    assert refused.status_code == 422
    assert refused.json()["detail"]


def test_scenarios_are_listed_and_loaded_with_their_mail_delivered(engineer):
    assert engineer.calls("GET", "/test/scenarios").json() == list(SCENARIOS)

    told = engineer.calls("POST", "/test/scenarios/guest-ticket").json()

    [mail] = engineer.mails("guest@example.com")
    assert mail["kind"] == "confirmation"
    assert "/guest/" in mail["link"]
    assert told["link"].partition("/guest/")[0] == mail["link"].partition("/guest/")[0]
    assert told["password"] == people.PASSWORD
    assert engineer.calls("POST", "/test/scenarios/nothing").status_code == 404


def test_mail_waits_while_its_provider_is_down_and_leaves_once_it_is_up(engineer, ana, migrated):
    engineer.calls("POST", "/test/faults", {"mail_down": True})
    _opens(engineer, ana)
    engineer.lets_pass(30)
    assert engineer.mails("ana@example.com") == []
    ready = engineer.calls("GET", "/readyz")
    assert (ready.status_code, ready.json()["mail"]["later"]) == (200, 1)

    engineer.calls("POST", "/test/faults", {"mail_down": False})
    engineer.lets_pass(3600)
    assert len(engineer.mails("ana@example.com")) == 1


def test_a_slow_database_is_slow_until_told_otherwise_or_a_scenario_begins(engineer):
    told = engineer.calls("POST", "/test/faults", {"slow_database_ms": 40}).json()
    assert told == {"mail_down": False, "push_gone": False, "slow_database_ms": 40}
    assert engineer.calls("GET", "/test/clock").elapsed.total_seconds() >= 0.04

    engineer.calls("POST", "/test/scenarios/empty")
    assert engineer.calls("GET", "/test/faults").json() == {
        "mail_down": False,
        "push_gone": False,
        "slow_database_ms": 0,
    }


def test_dropped_sockets_are_asked_of_every_process(engineer):
    heard: set[str] = set()
    engineer.portal.store.listeners.append(heard.update)
    engineer.calls("POST", "/test/faults", {"drop_sockets": True})
    assert heard == {"sockets"}


HOOKS = [
    ("GET", "/test/mailbox"),
    ("DELETE", "/test/mailbox"),
    ("GET", "/test/scenarios"),
    ("POST", "/test/scenarios/empty"),
    ("POST", "/test/clock"),
    ("POST", "/test/faults"),
]


@pytest.mark.parametrize(("method", "path"), HOOKS)
def test_the_hooks_are_for_testers_alone(engineer, monkeypatch, method, path):
    settings = engineer.portal.settings
    assert engineer.calls(method, path, ip=ELSEWHERE).status_code == 404
    assert engineer.calls(method, path, **{"X-Forwarded-For": HERE}).status_code == 404
    assert engineer.calls(method, path, ip=ELSEWHERE, **{"X-Forwarded-For": HERE}).status_code == 404
    assert engineer.calls(method, path, ip=ELSEWHERE, Authorization="Bearer ").status_code == 404

    monkeypatch.setattr(settings, "test_token", SecretStr("sesame"))
    assert engineer.calls(method, path, ip=ELSEWHERE, Authorization="Bearer wrong").status_code == 404
    assert engineer.calls(method, path, ip=ELSEWHERE, Authorization="Bearer sesame").status_code != 404

    monkeypatch.setattr(settings, "test_mode", False)
    assert engineer.calls(method, path).status_code == 404
