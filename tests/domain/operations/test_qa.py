"""What testers use: the clock, fresh limits, an empty database."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel, func, select

from tests.cast import opens
from ticket_portal.domain import limits
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.operations import qa

ONE = Limit("one", 1)


def test_the_clock_goes_forward_for_everybody_who_comes_later(store):
    before = store.read(lambda work: work.now)
    said = store.write(qa.advance, 3600)
    assert store.read(qa.offset) == 3600
    assert timedelta() <= store.read(lambda work: work.now) - said < timedelta(minutes=1)
    assert said - before >= timedelta(hours=1)


@pytest.mark.parametrize("seconds", [-1, 11 * 366 * 86_400, 10**30])
def test_the_clock_never_goes_back_or_out_of_the_calendar(work, seconds):
    with pytest.raises(qa.TooFar):
        qa.advance(work, seconds)
    assert qa.offset(work) == 0


def test_moving_the_clock_tells_every_open_page(work):
    qa.advance(work, 60)
    assert "clock" in work.topics


def test_limits_are_forgotten(work):
    limits.spend(work, ONE, "ana")
    qa.forget_limits(work)
    limits.spend(work, ONE, "ana")


def test_a_reset_leaves_nothing_and_the_real_time(work, ana, minh):
    for viewer in (ana, minh):
        opens(work, viewer)
    real = work.now
    qa.advance(work, 3600)
    work.now += timedelta(hours=1)
    qa.reset(work)
    assert work.now == real
    for table in SQLModel.metadata.sorted_tables:
        assert work.session.connection().execute(select(func.count()).select_from(table)).scalar_one() == 0, (
            table.name
        )
