"""Tickets: a customer's own list, page after page."""

from tests.cast import opens, says
from tests.conftest import after_a_minute
from ticket_portal.domain.tickets import messages, tickets
from ticket_portal.domain.tickets.listing import PAGE


def test_waiting_for_me_comes_first_then_the_last_activity(work, clock, ana, linh):
    first, second, third = (after_a_minute(clock, opens, work, ana) for _ in range(3))
    assert _numbers(work, ana) == [third.number, second.number, first.number]

    after_a_minute(clock, messages.reply, work, linh, second.number, says("Hello"))
    assert _numbers(work, ana) == [second.number, third.number, first.number]

    after_a_minute(clock, tickets.resolve, work, linh, first.number)
    assert _numbers(work, ana) == [first.number, second.number, third.number]

    after_a_minute(clock, messages.reply, work, ana, third.number, says("Hello?"))
    after_a_minute(clock, tickets.confirm_solved, work, ana, first.number)
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
    opened = [after_a_minute(clock, opens, work, ana).number for _ in range(PAGE * 3)]
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


def _numbers(work, viewer) -> list[int]:
    return [r.number for r in tickets.mine(work, viewer).rows]


def _pages(work, viewer):
    after = ""
    while True:
        page = tickets.mine(work, viewer, after)
        yield [r.number for r in page.rows]
        if not (after := page.after):
            return
