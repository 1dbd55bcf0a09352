"""How a page of a ticket begins, and for whom it doesn't."""

from dataclasses import replace

import pytest

from tests.cast import mails, opens, says
from ticket_portal.domain.errors import NotFound, TicketLocked
from ticket_portal.domain.guests import disown, opening
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import conversation, messages, resolution, tickets


@pytest.fixture
def link(work, guest_ticket) -> str:
    """The token of the link in Minh's confirmation."""
    return mails(work)[0].guest_token


def test_it_says_which_ticket_and_how_far_it_was_read(work, ana, linh, ticket):
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    conversation.seen(work, ana, ticket.number, reply.seq)
    messages.reply(work, linh, ticket.number, says("One more"))
    begins = opening.by_number(work, ana, ticket.number)
    assert (begins.id, begins.number, begins.merged_into) == (ticket.id, ticket.number, None)
    assert (begins.read, begins.came_from) == (reply.seq, 0)
    assert opening.by_number(work, linh, ticket.number).read == 0, "the team reads for itself"


def test_it_is_the_same_answer_for_what_is_not_theirs_and_what_is_not_there(
    work, ana, budi, minh, ticket, guest_ticket
):
    for viewer, number in [
        (NOBODY, ticket.number), (budi, ticket.number), (minh, ticket.number), (NOBODY, guest_ticket.number),
        (ana, guest_ticket.number), (replace(minh, address="other@example.com"), guest_ticket.number),
        (ana, 99_999), (ana, 0), (ana, -1), (ana, 10**30),
    ]:  # fmt: skip
        for ask in (opening.by_number, tickets.look_up):
            with pytest.raises(NotFound) as refused:
                ask(work, viewer, number)
            assert not isinstance(refused.value, TicketLocked)


def test_a_locked_ticket_says_so_to_its_address_alone(work, minh, budi, linh, guest_ticket, link):
    disown.lock(work, disown.token_for(work, link))
    with pytest.raises(TicketLocked):
        opening.by_number(work, minh, guest_ticket.number)
    with pytest.raises(NotFound) as refused:
        opening.by_number(work, budi, guest_ticket.number)
    assert not isinstance(refused.value, TicketLocked)
    assert opening.by_number(work, linh, guest_ticket.number).id == guest_ticket.id


def test_it_says_from_which_ticket_one_was_led_here_if_that_is_so(work, ana, budi, linh, ticket):
    other, third, of_budi = opens(work, ana), opens(work, ana), opens(work, budi)
    resolution.merge(work, linh, ticket.number, other.number)
    assert opening.by_number(work, ana, ticket.number).merged_into == other.number
    assert opening.by_number(work, ana, other.number, ticket.number).came_from == ticket.number
    for named in (third.number, of_budi.number, 99_999, 10**30, -1):
        assert opening.by_number(work, ana, other.number, named).came_from == 0
