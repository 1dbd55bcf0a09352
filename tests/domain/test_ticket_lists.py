"""Tickets in lists: the customer's own and the team's queue, page after page."""

import pytest

from tests.cast import opens, says
from ticket_portal.domain import messages, tickets
from ticket_portal.domain.tickets import PAGE


# The customer's list.
def test_waiting_for_me_comes_first_then_the_last_activity(work, clock, ana, linh):
    first, second, third = (_after_a_minute(clock, opens, work, ana) for _ in range(3))
    assert _numbers(work, ana) == [third.number, second.number, first.number]

    _after_a_minute(clock, messages.reply, work, linh, second.number, says("Hello"))
    assert _numbers(work, ana) == [second.number, third.number, first.number]

    _after_a_minute(clock, tickets.resolve, work, linh, first.number)
    assert _numbers(work, ana) == [first.number, second.number, third.number]

    _after_a_minute(clock, messages.reply, work, ana, third.number, says("Hello?"))
    _after_a_minute(clock, tickets.confirm_solved, work, ana, first.number)
    assert _numbers(work, ana) == [first.number, third.number, second.number]


def test_pages_follow_each_other_without_gaps_or_doubles(work, clock, settings, ana, budi, linh):
    settings.limit_tickets_per_hour = 1000
    opened = [opens(work, ana).number for _ in range(PAGE * 2 + 3)]  # many at the very same moment
    for number in opened[::7]:
        tickets.resolve(work, linh, number)
    opens(work, budi)

    pages = list(_pages(work, ana))
    assert [len(p) for p in pages] == [PAGE, PAGE, 3]
    listed = [n for page in pages for n in page]
    assert sorted(listed) == sorted(opened)
    assert set(listed[: len(opened[::7])]) == set(opened[::7])


def test_exactly_full_pages_end_without_an_empty_one(work, settings, ana):
    settings.limit_tickets_per_hour = 1000
    for _ in range(PAGE):
        opens(work, ana)
    assert tickets.mine(work, ana).after == ""
    opens(work, ana)
    assert [len(p) for p in _pages(work, ana)] == [PAGE, 1]


def test_tickets_that_move_between_two_pages_hide_no_other(work, clock, settings, ana, linh):
    settings.limit_tickets_per_hour = 1000
    opened = [_after_a_minute(clock, opens, work, ana).number for _ in range(PAGE * 3)]
    moved: set[int] = set()
    listed: list[int] = []
    after, turn = "", 0
    while True:
        page = tickets.mine(work, ana, after)
        listed += [r.number for r in page.rows]
        if not page.after:
            break
        after, turn = page.after, turn + 1
        for number, act in ((opened[turn], messages.reply), (opened[-turn], messages.reply)):
            act(work, linh, number, says("Hello"))
            moved.add(number)
        tickets.resolve(work, linh, opened[turn + 5])
        moved.add(opened[turn + 5])
        opens(work, ana)
        clock.advance(minutes=1)

    still = [n for n in listed if n not in moved]
    assert sorted(still) == sorted(set(opened) - moved)


HOSTILE_PLACES = [
    "~",
    "a~b~c",
    "1~2026-01-01~5~6",
    f"{10**30}~2026-01-01T00:00:00+00:00~1",
    f"0~2026-01-01T00:00:00+00:00~{-(10**30)}",
    "1~9999-12-31T23:59:59-14:00~1",
    "1~0001-01-01T00:00:00+14:00~1",
    "1~2026-01-01T00:00:00~x' OR 1=1",
    "\ud800~\0~1",
    "9" * 5000 + "~x~1",
]


@pytest.mark.parametrize("place", HOSTILE_PLACES)
def test_a_place_that_is_none_is_the_beginning(work, ana, linh, ticket, place):
    assert [r.number for r in tickets.mine(work, ana, place).rows] == [ticket.number]
    assert [r.number for r in tickets.queue(work, linh, place).rows] == [ticket.number]


# The team's queue.
def test_who_waits_longest_for_an_answer_is_on_top(work, clock, ana, budi, minh, linh):
    of_ana, of_budi, of_minh = (_after_a_minute(clock, opens, work, v) for v in (ana, budi, minh))
    assert _queue(work, linh) == [of_ana.number, of_budi.number, of_minh.number]

    _after_a_minute(clock, messages.reply, work, ana, of_ana.number, says("Hello?"))
    assert _queue(work, linh)[0] == of_ana.number, "asking again loses no place"

    _after_a_minute(clock, messages.reply, work, linh, of_ana.number, says("Hello"))
    assert _queue(work, linh) == [of_budi.number, of_minh.number, of_ana.number]

    _after_a_minute(clock, messages.request_details, work, linh, of_budi.number, says("Which?"))
    assert _queue(work, linh) == [of_minh.number, of_ana.number, of_budi.number]

    _after_a_minute(clock, tickets.resolve, work, linh, of_minh.number)
    assert _queue(work, linh) == [of_ana.number, of_budi.number, of_minh.number]

    _after_a_minute(clock, tickets.still_need_help, work, minh, of_minh.number)
    _after_a_minute(clock, messages.reply, work, budi, of_budi.number, says("This one."))
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
        page = tickets.queue(work, linh, after)
        listed += [r.number for r in page.rows]
        if not (after := page.after):
            break
    assert listed == [n for n in opened if n not in opened[::3]] + opened[::3]


def test_the_queue_says_whose_ticket_it_is_and_who_has_it(work, ana, minh, linh, admin, ticket, guest_ticket):
    tickets.assign_to_me(work, linh, ticket.number)
    rows = {r.number: r for r in tickets.queue(work, admin).rows}
    assert (rows[ticket.number].requester, rows[ticket.number].assignee) == ("Ana", "Linh")
    assert (rows[guest_ticket.number].requester, rows[guest_ticket.number].assignee) == ("Minh", "")
    assert tickets.mine(work, ana).rows[0].assignee == ""


def _after_a_minute(clock, act, *args):
    done = act(*args)
    clock.advance(minutes=1)
    return done


def _numbers(work, viewer) -> list[int]:
    return [r.number for r in tickets.mine(work, viewer).rows]


def _queue(work, viewer) -> list[int]:
    return [r.number for r in tickets.queue(work, viewer).rows]


def _pages(work, viewer):
    after = ""
    while True:
        page = tickets.mine(work, viewer, after)
        yield [r.number for r in page.rows]
        if not (after := page.after):
            return
