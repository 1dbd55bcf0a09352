"""The named scenarios: what testers are told is what people meet."""

import pytest
from sqlmodel import func, select

from tests.cast import reads, sees
from ticket_portal.demo import people, scenarios
from ticket_portal.demo.people import CAST
from ticket_portal.demo.scenarios import SCENARIOS, NoSuchScenario
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.errors import CannotReopen, CodeExpired, NotFound, TicketMerged
from ticket_portal.domain.guests import access, page
from ticket_portal.domain.operations import qa
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import messages, tickets
from ticket_portal.store.tables import Alert, LimitHit, Ticket
from ticket_portal.store.unit_of_work import Store, Work


@pytest.fixture
def store(store):
    """A database that is emptied by a scenario, and has its usual people again afterwards."""
    from tests.conftest import _add_people

    yield store
    store.write(qa.reset)
    store.write(_add_people)


def _viewer(store: Store, address: str) -> Viewer:
    return store.read(lambda work: sessions.of_account(accounts.find(work, address)))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_can_be_loaded_over_any_other_one(store, name):
    scenarios.load(store, "demo")

    told = scenarios.load(store, name)

    assert told["scenario"] == name
    assert told["accounts"]["linh"]["address"] == "linh@example.com"
    assert store.read(lambda work: work.session.exec(select(LimitHit)).all()) == []
    assert accounts.sign_in(store, "ana@example.com", told["password"], "192.0.2.1")


def test_the_demo_has_a_ticket_in_every_state_that_people_meet(store):
    told = scenarios.load(store, "demo")

    states = {t["status"] for t in told["tickets"]}
    assert states == {"new", "open", "waiting_customer", "resolved", "closed"}
    assert {t["email"] for t in told["tickets"]} == {
        "ana@example.com",
        "budi@example.com",
        "guest@example.com",
    }
    linh = _viewer(store, "linh@example.com")
    for ticket in told["tickets"]:
        assert store.read(reads, linh, ticket["number"])


def test_the_demo_mails_nobody_about_the_past(store):
    scenarios.load(store, "demo")

    assert store.write(outbox.take_due) == []
    assert store.read(lambda work: work.session.exec(select(Alert.state).distinct()).all()) != ["waiting"]


def test_the_demo_is_loaded_into_an_empty_database_alone(store):
    assert not scenarios.load_into_empty(store)

    store.write(qa.reset)

    assert scenarios.load_into_empty(store)
    assert not scenarios.load_into_empty(store)


def test_a_guests_link_leads_to_the_ticket(store):
    told = scenarios.load(store, "guest-ticket")

    view = store.read(page.arrive, told["token"], "a-browser")

    assert (view.number, view.code.sent) == (told["number"], False)
    assert told["link"].endswith(f"/guest/{told['token']}")
    [mail] = store.write(outbox.take_due)
    assert (mail.kind, mail.address) == ("confirmation", "guest@example.com")


def test_an_expired_code_is_told_to_the_browser_that_asked_for_it(store):
    told = scenarios.load(store, "guest-expired-code")
    browser = keys.token_hash(told["browser"])

    assert isinstance(store.read(page.arrive, told["token"], browser).code.refusal, CodeExpired)
    _token, refusal = store.write(access.verify, told["token"], browser, "192.0.2.1", told["code"])
    assert isinstance(refusal, CodeExpired)


def test_two_hundred_tickets_are_anas(store):
    told = scenarios.load(store, "two-hundred-tickets")
    ana = _viewer(store, told["email"])

    found, after = 0, ""
    while True:
        page = store.read(tickets.mine, ana, after)
        found, after = found + len(page.rows), page.after
        if not after:
            break

    assert found == told["count"] == 200
    assert store.read(reads, ana, told["numbers"][0])
    assert store.read(reads, ana, told["numbers"][1])


def test_five_hundred_messages_stand_in_one_conversation(store):
    told = scenarios.load(store, "five-hundred-messages")
    ana = _viewer(store, told["email"])

    assert store.read(reads, ana, told["number"])[-1] == "Message 500 of 500."
    count = store.read(
        lambda work: work.session.exec(select(func.count()).select_from(messages.Message)).one()
    )
    assert count == 500
    assert store.write(outbox.take_due) == []


def test_what_closed_lately_reopens_and_what_closed_long_ago_does_not(store):
    told = scenarios.load(store, "closed-reopenable")
    ana = _viewer(store, told["email"])
    store.write(messages.reply, ana, told["number"], _form())
    assert store.read(_status, told["number"]) == "open"

    told = scenarios.load(store, "closed-final")
    ana = _viewer(store, told["email"])
    with pytest.raises(CannotReopen):
        store.write(messages.reply, ana, told["number"], _form())


def test_a_merged_ticket_goes_on_elsewhere(store):
    told = scenarios.load(store, "merged")
    ana = _viewer(store, told["email"])

    with pytest.raises(TicketMerged):
        store.write(messages.reply, ana, told["number"], _form())
    assert "merged" in [m.event for m in store.read(sees, ana, told["number"])]
    assert store.read(_status, told["into"]["number"]) == "new"


def test_a_scenario_sets_the_clock_right_and_signs_everybody_out(store):
    scenarios.load(store, "demo")
    token = accounts.sign_in(store, "ana@example.com", people.PASSWORD, "192.0.2.1")
    store.write(qa.advance, 86_400)
    late = store.read(lambda work: work.now)

    scenarios.load(store, "resolved")

    assert (late - store.read(lambda work: work.now)).total_seconds() > 86_000
    assert store.read(sessions.viewer, keys.token_hash(token)) == NOBODY
    told = store.read(lambda work: work.session.exec(select(Ticket)).one())
    assert told.resolved_at < store.read(lambda work: work.now)


def test_every_open_page_hears_of_it(store):
    heard: set[str] = set()
    store.listeners.append(heard.update)

    scenarios.load(store, "empty")

    assert {"clock", "queue"} <= heard


def test_an_unknown_scenario_changes_nothing(store):
    scenarios.load(store, "resolved")
    with pytest.raises(NoSuchScenario):
        scenarios.load(store, "nothing")
    assert store.read(lambda work: work.session.exec(select(func.count()).select_from(Ticket)).one()) == 1


def test_the_cast_is_named_in_the_contract():
    assert [(p.address, p.role) for p in CAST] == [
        ("ana@example.com", "customer"),
        ("budi@example.com", "customer"),
        ("linh@example.com", "agent"),
        ("admin@example.com", "admin"),
    ]
    assert people.PASSWORD == "portal-demo-1"


def test_a_stranger_sees_nothing_of_a_scenario(store):
    told = scenarios.load(store, "resolved")
    budi = _viewer(store, "budi@example.com")
    with pytest.raises(NotFound):
        store.read(reads, budi, told["number"])


def _form() -> messages.MessageForm:
    return messages.MessageForm("And now?", "0190c0de-0000-7000-8000-000000000001")


def _status(work: Work, number: int) -> str:
    return work.session.exec(select(Ticket.status).where(Ticket.number == number)).one()
