"""Limits: windows that move, and pauses that a new try does not shorten."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import pytest
from sqlmodel import select

from ticket_portal.domain import limits
from ticket_portal.domain.errors import TooMany, TooManyCodes
from ticket_portal.domain.limits import Limit
from ticket_portal.settings import Settings
from ticket_portal.store.tables import LimitHit
from ticket_portal.store.unit_of_work import Store

THREE = Limit("three", 3)
PAUSED = Limit("paused", 3, pause=timedelta(minutes=30))


def test_there_is_room_again_as_the_window_moves_on(work, clock):
    begun = clock.now
    for _ in range(3):
        limits.spend(work, THREE, "ana")
        clock.advance(minutes=10)
    with pytest.raises(TooMany) as refused:
        limits.spend(work, THREE, "ana")
    assert refused.value.values["until"] == begun + timedelta(hours=1)

    clock.advance(minutes=30, seconds=-1)
    assert limits.until(work, THREE, "ana")
    clock.advance(seconds=1)
    limits.spend(work, THREE, "ana")
    assert limits.until(work, THREE, "ana") == begun + timedelta(minutes=70)


def test_a_refused_use_does_not_count(work, clock):
    for _ in range(3):
        limits.spend(work, THREE, "ana")
    for _ in range(5):
        with pytest.raises(TooMany):
            limits.spend(work, THREE, "ana")
    clock.advance(hours=1)
    for _ in range(3):
        limits.spend(work, THREE, "ana")


def test_everybody_and_everything_has_its_own_room(work):
    for _ in range(3):
        limits.spend(work, THREE, "ana")
    limits.spend(work, THREE, "budi")
    limits.spend(work, Limit("four", 4), "ana")
    limits.spend(work, THREE, "ana", "phone")


def test_the_refusal_is_the_callers(work):
    for _ in range(3):
        limits.spend(work, THREE, "ana", refusal=TooManyCodes)
    with pytest.raises(TooManyCodes):
        limits.spend(work, THREE, "ana", refusal=TooManyCodes)


def test_a_pause_lasts_from_the_last_use_to_the_second(work, clock):
    for _ in range(3):
        limits.use(work, PAUSED, "ana")
        clock.advance(minutes=5)
    end = limits.until(work, PAUSED, "ana")
    assert end == clock.now + timedelta(minutes=25)
    clock.advance(minutes=25, seconds=-1)
    assert limits.until(work, PAUSED, "ana") == end
    clock.advance(seconds=1)
    assert limits.until(work, PAUSED, "ana") is None


def test_a_pause_that_began_late_in_the_window_is_not_cut_short(work, clock):
    limits.use(work, PAUSED, "ana")
    clock.advance(minutes=58)
    limits.use(work, PAUSED, "ana")
    limits.use(work, PAUSED, "ana")
    clock.advance(minutes=29)
    assert limits.until(work, PAUSED, "ana")


def test_after_a_pause_the_window_still_counts(work, clock):
    for _ in range(3):
        limits.use(work, PAUSED, "ana")
    clock.advance(minutes=30)
    assert limits.until(work, PAUSED, "ana") is None
    limits.use(work, PAUSED, "ana")
    assert limits.until(work, PAUSED, "ana"), "more than three within the hour"

    clock.advance(minutes=31)
    limits.use(work, PAUSED, "ana")
    assert limits.until(work, PAUSED, "ana") is None, "the first three are an hour ago"


def test_a_success_gives_back_only_ones_own(work):
    for name in ("ana", "ana", "ana", "budi"):
        limits.use(work, THREE, name)
    limits.use(work, PAUSED, "ana")
    limits.forget(work, THREE, "ana")
    assert limits.until(work, THREE, "ana") is None
    assert len(work.session.exec(select(LimitHit)).all()) == 2


def test_old_uses_are_swept_when_no_limit_looks_at_them(work, clock):
    limits.use(work, THREE, "ana")
    clock.advance(hours=23)
    limits.sweep(work)
    assert work.session.exec(select(LimitHit)).all()
    clock.advance(hours=2)
    limits.sweep(work)
    assert not work.session.exec(select(LimitHit)).all()


def test_a_pause_of_days_is_not_swept_away(work, clock, settings):
    settings.code_pause_minutes = 3 * 24 * 60
    limit = Limit("tries", 1, pause=timedelta(minutes=settings.code_pause_minutes))
    limits.use(work, limit, "ana")
    clock.advance(days=2)
    limits.sweep(work)
    assert limits.until(work, limit, "ana")


def test_nobody_reads_in_the_database_who_was_limited(work):
    limits.use(work, THREE, "ana@example.com", "192.0.2.7")
    assert "ana" not in str(work.session.exec(select(LimitHit)).all())


def test_many_at_once_do_not_share_the_last_place(store):
    def one(_: int) -> int:
        try:
            store.write(limits.spend, THREE, "ana")
        except TooMany:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(16))) == 3


def test_what_is_released_does_not_count_and_others_uses_do(work):
    limits.spend(work, THREE, "ana")
    mine = [limits.spend(work, THREE, "ana"), limits.spend(work, THREE, "ana")]
    limits.release(work, mine)
    assert len(work.session.exec(select(LimitHit)).all()) == 1
    limits.release(work, [])
    for _ in range(2):
        limits.spend(work, THREE, "ana")
    with pytest.raises(TooMany):
        limits.spend(work, THREE, "ana")


def spends(settings: Settings, tries: int) -> int:
    """In a process of its own: how many of so many tries found room."""
    store, found = Store(settings), 0
    for _ in range(tries):
        try:
            store.write(limits.spend, THREE, "ana")
        except TooMany:
            continue
        found += 1
    store.close()
    return found


@pytest.mark.slow
def test_processes_share_one_count(store):
    settings = store.settings.model_copy()
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(spends, [settings] * 3, [10] * 3))
    assert sum(found) == THREE.most
