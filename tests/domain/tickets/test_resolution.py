"""How tickets end by people: closed by the team, joined, followed; and what their requester thinks of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cast import asks_about, mails, opens, reads, says, sees
from ticket_portal.domain.errors import (
    CannotReopen,
    CardFound,
    MergeIntoClosed,
    MergeIntoItself,
    MergeIntoMerged,
    MergeOfStrangers,
    NotAllowed,
    NotFound,
    RatingFinal,
    RatingMissing,
    TicketMerged,
    TooFast,
    TooLong,
)
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import conversation, messages, new_ticket, resolution, tickets
from ticket_portal.domain.tickets.resolution import RatingForm

HOLD = 20


# By the team.
def test_the_team_closes_and_reopens_and_the_requester_is_told(work, clock, linh, ticket):
    mails(work)
    resolution.close(work, linh, ticket.number)
    resolution.close(work, linh, ticket.number)
    clock.advance(seconds=HOLD)
    [mail] = mails(work)
    assert (mail.kind, mail.data["until"]) == ("closed", (ticket.closed_at + timedelta(days=14)).isoformat())
    resolution.reopen(work, linh, ticket.number)
    resolution.reopen(work, linh, ticket.number)
    clock.advance(minutes=2)
    assert [m.kind for m in mails(work)] == ["reopened"]
    assert ticket.status == "open"


def test_what_is_closed_for_good_is_not_reopened(work, clock, linh, ticket):
    resolution.close(work, linh, ticket.number)
    clock.advance(days=14)
    with pytest.raises(CannotReopen):
        resolution.reopen(work, linh, ticket.number)


@pytest.mark.parametrize("act", [resolution.close, resolution.reopen])
def test_closing_and_reopening_is_the_teams(work, ana, budi, ticket, act):
    with pytest.raises(NotAllowed):
        act(work, ana, ticket.number)
    with pytest.raises(NotFound):
        act(work, budi, ticket.number)


# The rating.
def test_a_closed_ticket_is_rated_by_its_requester_and_the_team_sees_it(work, clock, ana, budi, linh, ticket):
    with pytest.raises(NotAllowed):
        resolution.rate(work, ana, ticket.number, RatingForm(5))
    resolution.close(work, linh, ticket.number)
    resolution.rate(work, ana, ticket.number, RatingForm(2, "Slow."))
    clock.advance(hours=23)
    resolution.rate(work, ana, ticket.number, RatingForm(4, "Slow, but kind."))
    found = conversation.thread(work, ticket.id, team=True).resolution
    assert (found.score, found.comment, found.can_rate) == (4, "Slow, but kind.", True)

    clock.advance(hours=1)
    assert not conversation.thread(work, ticket.id, team=False).resolution.can_rate
    with pytest.raises(RatingFinal):
        resolution.rate(work, ana, ticket.number, RatingForm(1))
    with pytest.raises(NotAllowed):
        resolution.rate(work, linh, ticket.number, RatingForm(5))
    with pytest.raises(NotFound):
        resolution.rate(work, budi, ticket.number, RatingForm(1))


def test_a_rating_moves_no_ticket_in_the_lists_and_mails_nobody(work, clock, ana, linh, ticket):
    mails(work)
    resolution.close(work, linh, ticket.number)
    clock.advance(seconds=HOLD)
    mails(work)
    before = ticket.updated_at
    clock.advance(hours=1)
    resolution.rate(work, ana, ticket.number, RatingForm(5))
    clock.advance(hours=1)
    assert mails(work) == []
    assert ticket.updated_at == before


def test_a_rating_that_says_the_same_is_no_entry_and_there_is_an_end_to_changing_it(
    work, ana, linh, ticket, settings
):
    settings.limit_messages_per_10_minutes = 3
    resolution.close(work, linh, ticket.number)
    before = ticket.last_seq
    for _ in range(9):
        resolution.rate(work, ana, ticket.number, RatingForm(5, "Fine."))
    assert ticket.last_seq == before + 1
    for score in (4, 3):
        resolution.rate(work, ana, ticket.number, RatingForm(score))
    with pytest.raises(TooFast):
        resolution.rate(work, ana, ticket.number, RatingForm(2))


def test_a_rating_is_no_place_for_a_secret(work, ana, linh, ticket):
    resolution.close(work, linh, ticket.number)
    form = RatingForm.parse({"score": "5", "comment": "Now pay me back to 4111 1111 1111 1111"})
    with pytest.raises(CardFound):
        resolution.rate(work, ana, ticket.number, form)


@pytest.mark.parametrize("score", ["", "0", "6", "five", "３", None])
def test_a_rating_is_a_number_from_one_to_five(score):
    with pytest.raises(RatingMissing):
        RatingForm.parse({"score": score})


def test_a_rating_with_a_comment():
    assert RatingForm.parse({"score": "3", "comment": " Fine.\0 "}) == RatingForm(3, "Fine.")
    with pytest.raises(TooLong):
        RatingForm.parse({"score": "3", "comment": "x" * 1_001})


# Joining.
def test_a_joined_ticket_leads_to_the_other_and_stays_readable(work, clock, ana, linh, ticket):
    other = opens(work, ana, "Still pending")
    mails(work)
    resolution.merge(work, linh, ticket.number, other.number)
    resolution.merge(work, linh, ticket.number, other.number)

    assert (ticket.status, ticket.merged_into) == ("merged", other.number)
    assert reads(work, ana, ticket.number) == ["Since Monday."]
    assert resolution.follow_merge(work, ana, ticket) is other
    last, joined = sees(work, ana, ticket.number)[-1], sees(work, ana, other.number)[-1]
    assert (last.event, last.other) == ("merged", other.number)
    assert (joined.event, joined.other) == ("joined", ticket.number)
    assert {r.number: r.joined_with for r in tickets.mine(work, ana).rows} == {
        ticket.number: other.number, other.number: 0,
    }  # fmt: skip
    clock.advance(seconds=HOLD)
    [mail] = mails(work)
    assert (mail.kind, mail.number, mail.data["into"]) == ("merged", ticket.number, other.number)
    with pytest.raises(TicketMerged):
        messages.reply(work, ana, ticket.number, says("Hello?"))
    for act in (resolution.close, resolution.reopen):
        with pytest.raises(TicketMerged):
            act(work, linh, ticket.number)


def test_what_was_to_be_told_of_a_joined_ticket_gives_way_to_the_new_number(work, clock, ana, linh, ticket):
    other = opens(work, ana)
    mails(work)
    messages.reply(work, linh, ticket.number, says("We look."))
    resolution.merge(work, linh, ticket.number, other.number)
    clock.advance(seconds=HOLD)
    assert [m.kind for m in mails(work)] == ["merged"]


def test_what_was_joined_before_leads_on_to_the_last_one(work, ana, linh, ticket):
    second, third = opens(work, ana), opens(work, ana)
    resolution.merge(work, linh, ticket.number, second.number)
    resolution.merge(work, linh, second.number, third.number)
    work.session.flush()
    assert ticket.merged_into == second.merged_into == third.number


def test_who_waits_for_an_answer_goes_on_waiting_in_the_other_ticket(work, clock, ana, linh):
    first = opens(work, ana)
    since = clock.now
    clock.advance(hours=5)
    second = opens(work, ana)
    messages.request_details(work, linh, second.number, says("Which?"))
    resolution.merge(work, linh, first.number, second.number)
    assert (second.status, second.queue_rank, second.waiting_since) == ("open", 0, since)


def test_only_tickets_of_one_person_are_joined(work, clock, ana, budi, minh, linh, ticket):
    of_ana, of_budi, of_minh = opens(work, ana), opens(work, budi), opens(work, minh)
    as_guest = opens(work, replace(minh, address=ana.address))
    for stranger in (of_budi, of_minh, as_guest):
        with pytest.raises(MergeOfStrangers):
            resolution.merge(work, linh, ticket.number, stranger.number)
    with pytest.raises(MergeIntoItself):
        resolution.merge(work, linh, ticket.number, ticket.number)
    for nothing in (99_999, 0, 10**12):
        with pytest.raises(NotFound):
            resolution.merge(work, linh, ticket.number, nothing)
    with pytest.raises(NotFound):
        resolution.merge(work, ana, ticket.number, of_ana.number)

    resolution.close(work, linh, of_ana.number)
    clock.advance(days=14)
    with pytest.raises(MergeIntoClosed):
        resolution.merge(work, linh, ticket.number, of_ana.number)
    another = opens(work, ana)
    resolution.merge(work, linh, ticket.number, another.number)
    with pytest.raises(MergeIntoMerged):
        resolution.merge(work, linh, opens(work, ana).number, ticket.number)
    with pytest.raises(TicketMerged):
        resolution.merge(work, linh, ticket.number, opens(work, ana).number)


def test_two_agents_who_join_crosswise_do_not_wait_for_each_other(store, ana, linh):
    one, other = (store.write(new_ticket.submit, ana, asks_about(ana)).number for _ in range(2))

    def join(pair):
        try:
            store.write(resolution.merge, linh, *pair)
        except (TicketMerged, MergeIntoMerged):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(join, [(one, other), (other, one)])) == [False, True]


# Following.
def test_a_follow_up_is_linked_both_ways_for_the_same_person_alone(work, ana, budi, minh, linh, guest_ticket):
    earlier = opens(work, ana)
    after = new_ticket.submit(work, ana, replace(asks_about(ana), follows=earlier.number))
    work.session.flush()
    assert conversation.thread(work, after.id, team=False).resolution.follows == earlier.number
    assert conversation.thread(work, earlier.id, team=False).resolution.followed_by == after.number

    strangers = new_ticket.submit(work, budi, replace(asks_about(budi), follows=earlier.number))
    unproved = new_ticket.submit(work, NOBODY, replace(asks_about(minh), follows=guest_ticket.number))
    assert strangers.follows is unproved.follows is None
    proved = new_ticket.submit(work, minh, replace(asks_about(minh), follows=guest_ticket.number))
    assert (proved.follows, proved.proved_by) == (guest_ticket.number, "code")
    elsewhere = replace(asks_about(minh), address="other@example.com", follows=guest_ticket.number)
    assert new_ticket.submit(work, minh, elsewhere).follows is None
