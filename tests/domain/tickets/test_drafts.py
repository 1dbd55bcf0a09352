"""Drafts: the newer copy counts, and each is its writer's alone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from tests.cast import IP, asks_about, opens, says
from ticket_portal.domain.errors import Invalid, NotFound, TooLong
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import drafts, messages, new_ticket
from ticket_portal.domain.tickets.drafts import DraftForm, DraftView
from ticket_portal.store.tables import Draft


def written(body: str, place: object = "12345", age: timedelta = timedelta(), **more: Any) -> DraftForm:
    """A draft as a browser tells it."""
    typed = {
        "place": str(place),
        "body": body,
        "subject": "",
        "mode": "",
        "age": age / timedelta(milliseconds=1),
    }
    return DraftForm.parse({**typed, **more})


def test_a_draft_is_there_on_the_next_device(work, ana):
    saved_at = drafts.save(work, ana, written("Half a sent", subject="About", mode="note"))

    assert saved_at == work.now
    found = drafts.load(work, ana, "12345")
    assert found == DraftView("About", "Half a sent", "note", work.now.isoformat())
    assert drafts.load(work, ana, "12346") == drafts.load(work, ana, drafts.NEW) == DraftView()


def test_nobody_else_sees_it_not_even_the_team(work, ana, budi, linh, admin, ticket):
    drafts.save(work, ana, written("Mine alone", ticket.number))
    drafts.save(work, linh, written("An agent's", ticket.number))

    assert drafts.load(work, ana, str(ticket.number)).body == "Mine alone"
    assert drafts.load(work, linh, str(ticket.number)).body == "An agent's"
    namesake = Viewer(role="guest", address=ana.address)
    for other in (budi, admin, namesake, NOBODY):
        assert drafts.load(work, other, str(ticket.number)) == DraftView()


def test_nobody_in_particular_has_no_draft_here(work):
    with pytest.raises(NotFound):
        drafts.save(work, NOBODY, written("Mine?"))
    assert work.session.exec(select(Draft)).all() == []


def test_the_newer_copy_counts_however_late_the_older_one_comes(work, clock, minh):
    drafts.save(work, minh, written("from the phone"))
    clock.advance(minutes=5)
    assert drafts.save(work, minh, written("from a laptop that was closed", age=timedelta(hours=1))) is None
    assert drafts.load(work, minh, "12345").body == "from the phone"
    assert drafts.save(work, minh, written("from the phone")) == clock.now - timedelta(minutes=5), (
        "told twice"
    )
    assert drafts.save(work, minh, written("", age=timedelta(minutes=1)))
    assert drafts.save(work, minh, written("late again", age=timedelta(minutes=2))) is None
    assert drafts.load(work, minh, "12345").body == ""


def test_what_is_sent_is_no_draft_any_more_and_what_was_begun_after_it_is(work, clock, ana, ticket):
    place = str(ticket.number)
    drafts.save(work, ana, written("It works now, tha", place))
    clock.advance(seconds=1)
    messages.reply(work, ana, ticket.number, says("It works now, thank you."))
    assert drafts.load(work, ana, place).body == ""
    clock.advance(seconds=1)
    drafts.save(work, ana, written("One more thing", place))
    messages.reply(work, ana, ticket.number, says("Sent before that, and arrived after it."))
    assert drafts.load(work, ana, place).body == "One more thing"


def test_a_new_tickets_draft_goes_with_the_ticket(work, ana, budi):
    for viewer in (ana, budi):
        drafts.save(work, viewer, written("Since Mon", drafts.NEW, subject="Withdrawal"))
    opens(work, ana)
    assert drafts.load(work, ana, drafts.NEW).body == ""
    assert drafts.load(work, budi, drafts.NEW).body == "Since Mon"


def test_whoever_only_names_an_address_touches_no_draft_of_it(work, clock, minh, linh):
    """An emptied draft says since when: what its writer's next device says late would be older than a stranger's."""
    drafts.save(work, minh, written("", drafts.NEW))
    before = drafts.load(work, minh, drafts.NEW)
    clock.advance(minutes=1)
    opens(work, minh)
    new_ticket.submit_for(work, linh, asks_about(minh))
    assert drafts.load(work, minh, drafts.NEW) == before

    new_ticket.submit(work, minh, asks_about(Viewer(role="guest", address="other@example.com")), IP)
    assert drafts.load(work, minh, drafts.NEW).saved_at == work.now.isoformat(), (
        "their own, whatever they name"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"place": "../etc"}, {"place": ""}, {"place": "1" * 13}, {"place": "١٢٣"}, {"place": 12345}, {"place": None},
        {"age": -1}, {"age": "5"}, {"age": None}, {"age": True}, {"age": float("nan")}, {"age": float("inf")},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_browser_of_ours_says_is_refused(wrong):
    with pytest.raises(Invalid):
        DraftForm.parse({"place": "12345", "body": "x", "age": 0, **wrong})


def test_there_is_room_for_a_message_and_an_end(work, ana):
    drafts.save(work, ana, written("x" * drafts.LONGEST_BODY))
    with pytest.raises(TooLong):
        written("x" * (drafts.LONGEST_BODY + 1))
    with pytest.raises(TooLong):
        written("x", subject="x" * (drafts.LONGEST_SUBJECT + 1))
    for number in range(drafts.MOST + 5):
        drafts.save(work, ana, written("x", 20_000 + number))
    work.session.flush()
    assert len(work.session.exec(select(Draft)).all()) == drafts.MOST


def test_an_age_beyond_all_time_is_an_old_draft(work, ana):
    saved_at = drafts.save(work, ana, DraftForm.parse({"place": "1", "body": "x", "age": 1e300}))
    assert saved_at == work.now - drafts.OLDEST


def test_drafts_that_nobody_touches_are_swept(work, clock, ana):
    drafts.save(work, ana, written("old", 1))
    clock.advance(days=60)
    drafts.save(work, ana, written("newer", 2))
    clock.advance(days=31)
    drafts.sweep(work)
    assert [d.place for d in work.session.exec(select(Draft)).all()] == ["2"]
