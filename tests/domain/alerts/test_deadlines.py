"""How tickets end by time: reminded of, closed, and told of."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlmodel import select

from tests.cast import asks_about, mails, says, sees
from tests.conftest import advance
from ticket_portal.domain.alerts import deadlines
from ticket_portal.domain.tickets import conversation, messages, new_ticket, resolution, tickets
from ticket_portal.store.tables import Alert, Event

HOLD = 20


def events_of(work, ticket) -> list[str]:
    """The whole log of a ticket."""
    work.session.flush()
    query = select(Event.kind).where(Event.ticket_id == ticket.id).order_by(Event.seq)
    return list(work.session.exec(query).all())


def passes(work, clock, **by) -> list[str]:
    """Time passes, and what it brings is done; the kinds of the mails that leave."""
    clock.advance(**by)
    while resolution.run_due(work):
        pass
    clock.advance(seconds=HOLD)
    return [m.kind for m in mails(work)]


def test_what_is_resolved_closes_after_seven_days_and_the_requester_is_told(work, clock, linh, ticket):
    mails(work)
    tickets.resolve(work, linh, ticket.number)
    closes_at = clock.now + timedelta(days=7)
    clock.advance(seconds=HOLD)
    [mail] = mails(work)
    assert mail.data["closes"] == closes_at.isoformat()
    assert mail.data["until"] == (closes_at + timedelta(days=14)).isoformat()

    assert passes(work, clock, days=6, hours=23) == []
    assert ticket.status == "resolved"
    assert passes(work, clock, hours=1) == ["closed"]
    assert ticket.status == "closed"
    assert [m.role for m in sees(work, linh, ticket.number)][-1] == "system"
    assert passes(work, clock, days=100) == []


def test_what_waits_for_its_customer_is_reminded_of_twice_and_then_closes(work, clock, ana, linh, ticket):
    mails(work)
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    conversation.seen(work, ana, ticket.number, 10**6)
    asked = clock.now
    assert passes(work, clock, days=2, hours=23) == []
    assert conversation.thread(work, ticket.id, team=False).resolution.closes_at == ""
    clock.advance(hours=1)
    resolution.run_due(work)
    clock.advance(seconds=HOLD)
    [first] = mails(work)
    assert (first.kind, first.data.get("closes")) == ("reminder", None)

    clock.advance(days=4)
    resolution.run_due(work)
    clock.advance(seconds=HOLD)
    [second] = mails(work)
    assert (second.kind, second.data["closes"]) == ("reminder", (asked + timedelta(days=14)).isoformat())
    assert conversation.thread(work, ticket.id, team=False).resolution.closes_at == second.data["closes"]
    assert passes(work, clock, days=6, hours=23) == []
    assert passes(work, clock, hours=1) == ["closed"]
    assert events_of(work, ticket)[-3:] == ["reminder", "reminder", "closed"]
    assert "reminder" not in [m.event for m in sees(work, linh, ticket.number)]


def test_an_answer_ends_the_waiting_and_a_word_of_the_team_begins_it_anew(work, clock, ana, linh, ticket):
    mails(work)
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    clock.advance(seconds=HOLD)
    mails(work)
    assert passes(work, clock, days=3) == ["reminder"]
    messages.reply(work, linh, ticket.number, says("Take your time."))
    assert passes(work, clock, days=2) == ["reply"]
    assert passes(work, clock, days=1) == ["reminder"]
    messages.reply(work, ana, ticket.number, says("Tron."))
    assert passes(work, clock, days=100) == []
    assert ticket.status == "open"


def test_nothing_is_closed_without_a_warning_because_the_portal_stood_still(work, clock, linh, ticket):
    mails(work)
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    clock.advance(seconds=HOLD)
    mails(work)
    assert passes(work, clock, days=30) == ["reminder"]
    assert passes(work, clock, days=3) == []
    assert passes(work, clock, days=1) == ["reminder"]
    assert passes(work, clock, days=6) == []
    assert passes(work, clock, days=1) == ["closed"]


def test_reminders_follow_the_settings(work, clock, settings, linh, ticket):
    mails(work)
    settings.reminder_days, settings.close_waiting_days = "1,5,9", 6
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    clock.advance(seconds=HOLD)
    mails(work)
    assert passes(work, clock, days=1) == ["reminder"]
    assert passes(work, clock, days=4) == ["reminder"]
    assert passes(work, clock, days=1) == ["closed"]

    settings.reminder_days = ""
    tickets.move(work, ticket, "waiting_customer")
    assert passes(work, clock, days=5) == []
    assert passes(work, clock, days=1) == ["closed"]


def test_who_tells_the_team_within_the_hold_is_not_reminded(work, clock, ana, linh, ticket):
    mails(work)
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    clock.advance(seconds=HOLD)
    mails(work)
    clock.advance(days=3)
    resolution.run_due(work)
    messages.reply(work, ana, ticket.number, says("Tron."))
    clock.advance(seconds=HOLD)
    assert mails(work) == []


def test_a_closing_that_was_taken_back_at_once_is_not_mailed(work, clock, linh, ticket):
    mails(work)
    tickets.resolve(work, linh, ticket.number)
    resolution.reopen(work, linh, ticket.number)
    clock.advance(seconds=HOLD)
    assert [m.kind for m in mails(work)] == ["reopened"]


def test_eight_processes_close_and_tell_once(store, ana, linh):
    number = store.write(new_ticket.submit, ana, asks_about(ana)).number
    store.write(tickets.resolve, linh, number)
    advance(store, days=7)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: store.write(resolution.run_due), range(8)))

    assert sum(done) == 1
    told = store.read(lambda w: w.session.exec(select(Alert).where(Alert.kind == "closed")).all())
    closed = store.read(lambda w: w.session.exec(select(Event).where(Event.kind == "closed")).all())
    assert (len(told), len(closed)) == (1, 1)
    assert store.read(deadlines.next_due_at) is None
