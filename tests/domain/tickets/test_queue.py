"""The team's queue, page after page."""

from tests.cast import opens, says
from tests.conftest import after_a_minute
from ticket_portal.domain.tickets import messages, queue, tickets
from ticket_portal.domain.tickets.listing import PAGE


def test_who_waits_longest_for_an_answer_is_on_top(work, clock, ana, budi, minh, linh):
    of_ana, of_budi, of_minh = (after_a_minute(clock, opens, work, v) for v in (ana, budi, minh))
    assert _queue(work, linh) == [of_ana.number, of_budi.number, of_minh.number]

    after_a_minute(clock, messages.reply, work, ana, of_ana.number, says("Hello?"))
    assert _queue(work, linh)[0] == of_ana.number, "asking again loses no place"

    after_a_minute(clock, messages.reply, work, linh, of_ana.number, says("Hello"))
    assert _queue(work, linh) == [of_budi.number, of_minh.number, of_ana.number]

    after_a_minute(clock, messages.request_details, work, linh, of_budi.number, says("Which?"))
    assert _queue(work, linh) == [of_minh.number, of_ana.number, of_budi.number]

    after_a_minute(clock, tickets.resolve, work, linh, of_minh.number)
    assert _queue(work, linh) == [of_ana.number, of_budi.number, of_minh.number]

    after_a_minute(clock, tickets.still_need_help, work, minh, of_minh.number)
    after_a_minute(clock, messages.reply, work, budi, of_budi.number, says("This one."))
    assert _queue(work, linh) == [of_minh.number, of_budi.number, of_ana.number]


def test_closed_tickets_are_no_work(work, ana, minh, linh):
    closed, merged = opens(work, ana), opens(work, minh)
    tickets.resolve(work, linh, closed.number)
    tickets.confirm_solved(work, ana, closed.number)
    tickets.move(work, merged, "merged")
    assert _queue(work, linh) == []


def test_the_queues_pages_have_no_gaps_or_doubles(work, settings, ana, linh):
    settings.limit_tickets_per_hour = 1000
    opened = [opens(work, ana).number for _ in range(PAGE * 2 + 1)]
    for number in opened[::3]:
        messages.reply(work, linh, number, says("Hello"))
    listed, after = [], ""
    while True:
        page = queue.page(work, linh, after)
        listed += [r.number for r in page.rows]
        if not (after := page.after):
            break
    assert listed == [n for n in opened if n not in opened[::3]] + opened[::3]


def test_the_queue_says_whose_ticket_it_is_and_who_has_it(work, ana, minh, linh, admin, ticket, guest_ticket):
    tickets.assign_to_me(work, linh, ticket.number)
    rows = {r.number: r for r in queue.page(work, admin).rows}
    assert (rows[ticket.number].requester, rows[ticket.number].assignee) == ("Ana", "Linh")
    assert (rows[guest_ticket.number].requester, rows[guest_ticket.number].assignee) == ("Minh", "")
    assert tickets.mine(work, ana).rows[0].assignee == ""


def _queue(work, viewer) -> list[int]:
    return [r.number for r in queue.page(work, viewer).rows]
