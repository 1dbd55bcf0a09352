"""Lists of tickets: the place where a page begins, as a browser names it."""

import pytest

from ticket_portal.domain.tickets import queue, tickets

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
    assert [r.number for r in queue.page(work, linh, place).rows] == [ticket.number]
