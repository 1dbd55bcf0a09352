"""Who may do what: both sides of each rule, side by side."""

import pytest

from tests.cast import opens, reads, says, sees
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.errors import NotAllowed, NotFound
from ticket_portal.domain.people import NOBODY, SYSTEM, Viewer
from ticket_portal.domain.sessions import of_account
from ticket_portal.domain.tickets import conversation, messages, queue, tickets


def test_a_customers_ticket_is_for_that_customer_and_the_team(work, ana, budi, minh, linh, admin, ticket):
    for viewer in (ana, linh, admin):
        assert tickets.find(work, viewer, ticket.number) is ticket
    for viewer in (budi, minh, NOBODY, SYSTEM):
        with pytest.raises(NotFound):
            tickets.find(work, viewer, ticket.number)


def test_a_guests_ticket_is_for_whoever_proved_its_address(work, ana, minh, linh, guest_ticket):
    for viewer in (minh, linh):
        assert tickets.find(work, viewer, guest_ticket.number) is guest_ticket
    other_guest = Viewer(role="guest", address="other@example.com")
    for viewer in (ana, other_guest, NOBODY):
        with pytest.raises(NotFound):
            tickets.find(work, viewer, guest_ticket.number)


def test_an_account_proves_its_address_and_the_guest_keeps_the_ticket(work, minh, linh, guest_ticket):
    later = of_account(accounts.create(work, minh.address, "Minh", "-"))
    messages.reply(work, linh, guest_ticket.number, says("Try again now."))

    assert reads(work, later, guest_ticket.number) == reads(work, minh, guest_ticket.number)


def test_a_ticket_of_an_account_is_not_for_a_guest_who_reads_its_mail(work, ana, ticket):
    """An address may pass to somebody else one day; what belongs to the account stays there."""
    guest_of_that_address = Viewer(role="guest", address=ana.address)

    assert sees(work, ana, ticket.number)
    with pytest.raises(NotFound):
        sees(work, guest_of_that_address, ticket.number)
    assert tickets.mine(work, guest_of_that_address).rows == []


def test_a_guests_ticket_is_not_for_an_account_with_another_address(work, budi, guest_ticket):
    almost = Viewer(role="customer", account_id=budi.account_id, address="minh@example.co")
    with pytest.raises(NotFound):
        tickets.find(work, almost, guest_ticket.number)


def test_a_viewer_without_an_account_never_matches_a_ticket_without_one(work, guest_ticket):
    nobody_in_particular = Viewer(role="customer", account_id=None, address="")
    with pytest.raises(NotFound):
        tickets.find(work, nobody_in_particular, guest_ticket.number)


def test_the_answer_is_the_same_for_a_strangers_ticket_and_for_none(work, budi, ticket):
    refusals = []
    for number in (ticket.number, 9_999_999, 0, -1, 2**31, 10**30, -(10**30)):
        with pytest.raises(NotFound) as refused:
            messages.reply(work, budi, number, says("Hello?"))
        refusals.append((type(refused.value), refused.value.code, refused.value.values))
    assert len(set(map(str, refusals))) == 1


TEAM_WORK = {
    "note": lambda work, viewer, number: messages.note(work, viewer, number, says("Called twice.")),
    "request details": lambda work, viewer, number: messages.request_details(
        work, viewer, number, says("Which?")
    ),
    "resolve": tickets.resolve,
    "assign": tickets.assign_to_me,
}


@pytest.mark.parametrize("what", TEAM_WORK)
def test_the_teams_work_is_for_the_team(work, ana, budi, linh, ticket, what):
    with pytest.raises(NotAllowed):
        TEAM_WORK[what](work, ana, ticket.number)
    with pytest.raises(NotFound):
        TEAM_WORK[what](work, budi, ticket.number)
    TEAM_WORK[what](work, linh, ticket.number)


@pytest.mark.parametrize("what", [tickets.confirm_solved, tickets.still_need_help])
def test_only_the_requester_says_whether_it_is_solved(work, ana, budi, linh, ticket, what):
    tickets.resolve(work, linh, ticket.number)
    with pytest.raises(NotAllowed):
        what(work, linh, ticket.number)
    with pytest.raises(NotFound):
        what(work, budi, ticket.number)
    assert ticket.status == "resolved"
    what(work, ana, ticket.number)
    assert ticket.status != "resolved"


def test_the_queue_and_tickets_in_somebodys_name_are_for_the_team(work, ana, minh, linh, ticket):
    assert [r.number for r in queue.page(work, linh).rows] == [ticket.number]
    for viewer in (ana, minh, NOBODY):
        with pytest.raises(NotFound):
            queue.page(work, viewer)


def test_a_list_is_ones_own(work, ana, budi, minh, linh):
    of_ana, of_budi, of_minh = opens(work, ana), opens(work, budi), opens(work, minh)

    assert [r.number for r in tickets.mine(work, ana).rows] == [of_ana.number]
    assert [r.number for r in tickets.mine(work, budi).rows] == [of_budi.number]
    assert [r.number for r in tickets.mine(work, minh).rows] == [of_minh.number]
    for viewer in (linh, NOBODY):
        with pytest.raises(NotFound):
            tickets.mine(work, viewer)


def test_earlier_messages_and_reading_are_for_readers_only(work, ana, budi, ticket):
    assert conversation.earlier(work, ana, ticket.number, 2)[0]
    conversation.seen(work, ana, ticket.number, 1)
    with pytest.raises(NotFound):
        conversation.earlier(work, budi, ticket.number, 2)
    with pytest.raises(NotFound):
        conversation.seen(work, budi, ticket.number, 1)


def test_lost_rights_take_effect_at_the_next_question(work, linh, ticket):
    assert reads(work, linh, ticket.number)
    no_longer = Viewer(role="customer", account_id=linh.account_id, address=linh.address)
    with pytest.raises(NotFound):
        reads(work, no_longer, ticket.number)
