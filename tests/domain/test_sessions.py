"""Sessions: how long they last, for whom, and what ends them."""

from datetime import timedelta

import pytest
from sqlmodel import select

from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.people import NOBODY
from ticket_portal.store.tables import Session


def begin(work, viewer) -> str:
    """The hash of a new session's token, as it stands in every later request."""
    if viewer.account_id is None:
        return keys.token_hash(sessions.begin_guest(work, viewer.address))
    account = accounts.find(work, viewer.address)
    assert account
    return keys.token_hash(sessions.begin(work, account))


def test_a_session_says_who_it_is(work, ana, linh, admin, minh):
    for viewer in (ana, linh, admin):
        found = sessions.viewer(work, begin(work, viewer))
        assert (found.role, found.account_id, found.name) == (viewer.role, viewer.account_id, viewer.name)
    guest = sessions.viewer(work, begin(work, minh))
    assert (guest.role, guest.account_id, guest.address) == ("guest", None, minh.address)


def test_only_the_hash_is_kept(work, ana):
    account = accounts.find(work, ana.address)
    token = sessions.begin(work, account)
    assert token not in str(work.session.exec(select(Session)).all())
    assert sessions.viewer(work, keys.token_hash(token)).account_id == ana.account_id
    assert sessions.viewer(work, token) == NOBODY, "what stands in the database opens nothing"


@pytest.mark.parametrize("token", ["", "x", "\ud800", "' OR 1=1"])
def test_what_is_no_token_is_nobody(work, token):
    assert sessions.viewer(work, keys.token_hash(token)) == NOBODY


IDLE = {"ana": {"days": 14}, "linh": {"hours": 4}, "admin": {"hours": 4}, "minh": {"minutes": 30}}
MOST = {"ana": {"days": 30}, "linh": {"hours": 12}, "admin": {"hours": 12}, "minh": {"hours": 12}}


@pytest.mark.parametrize("who", IDLE)
def test_an_idle_session_ends_to_the_second(request, work, clock, who):
    viewer = request.getfixturevalue(who)
    session = begin(work, viewer)
    clock.advance(**IDLE[who])
    clock.advance(seconds=-1)
    assert sessions.viewer(work, session).address == viewer.address
    clock.advance(seconds=1)
    assert sessions.viewer(work, session) == NOBODY


@pytest.mark.parametrize("who", MOST)
def test_a_busy_session_ends_too(request, work, clock, who):
    viewer = request.getfixturevalue(who)
    session, begun = begin(work, viewer), clock.now
    while True:
        before = clock.now
        clock.advance(**IDLE[who])
        clock.advance(seconds=-1)
        if (clock.now - begun) >= _span(MOST[who]):
            break
        sessions.seen(work, session)
        work.session.expire_all()
        assert sessions.viewer(work, session).address == viewer.address
    work.now = before
    clock.advance(seconds=(begun + _span(MOST[who]) - before).total_seconds() - 1)
    assert sessions.viewer(work, session).address == viewer.address
    clock.advance(seconds=1)
    assert sessions.viewer(work, session) == NOBODY


def test_a_page_left_open_does_not_bring_a_session_back(work, clock, minh):
    session = begin(work, minh)
    clock.advance(minutes=30)
    sessions.seen(work, session)
    work.session.expire_all()
    assert sessions.viewer(work, session) == NOBODY


def test_being_there_is_noted_once_a_minute_at_most(work, clock, ana):
    session, begun = begin(work, ana), clock.now
    clock.advance(seconds=60)
    sessions.seen(work, session)
    assert _seen_at(work, session) == begun
    clock.advance(seconds=1)
    sessions.seen(work, session)
    assert _seen_at(work, session) == clock.now


def test_signing_out_ends_this_browser_only_and_tells_its_tabs(work, ana):
    here, there = begin(work, ana), begin(work, ana)
    sessions.end(work, here)
    work.session.expire_all()
    assert sessions.viewer(work, here) == NOBODY
    assert sessions.viewer(work, there).address == ana.address
    assert f"session:{here}" in work.topics
    assert f"session:{there}" not in work.topics


def test_everywhere_is_everywhere_but_nobody_else(work, ana, budi, minh):
    own, others = [begin(work, ana) for _ in range(3)], [begin(work, budi), begin(work, minh)]
    sessions.end_all(work, accounts.find(work, ana.address))
    work.session.expire_all()
    assert {sessions.viewer(work, s) for s in own} == {NOBODY}
    assert NOBODY not in {sessions.viewer(work, s) for s in others}
    assert {f"session:{s}" for s in own} <= work.topics


def test_a_new_role_has_its_own_hours_at_once(work, clock, ana):
    session = begin(work, ana)
    clock.advance(hours=5)
    accounts.find(work, ana.address).role = "agent"
    assert sessions.viewer(work, session) == NOBODY


def _span(parts):
    return timedelta(**parts)


def _seen_at(work, session):
    work.session.expire_all()
    return work.session.get_one(Session, session).seen_at


def test_only_sessions_that_are_over_are_swept(work, clock, settings, ana, budi, minh):
    settings.session_idle_days = settings.session_days
    ended, open_one = begin(work, ana), begin(work, budi)
    begin(work, minh)
    sessions.end(work, ended)
    clock.advance(days=29)
    sessions.sweep(work)
    assert sessions.viewer(work, open_one).address == budi.address
    assert work.session.get(Session, ended) is None
    clock.advance(days=9)
    sessions.sweep(work)
    assert not work.session.exec(select(Session)).all()


def test_of_an_address_with_many_sessions_those_that_were_seen_last_are_told(work, clock, minh):
    """A guest's that ran out stands there for weeks; the open page is not to be forgotten among them."""
    for _ in range(sessions.MOST_TOLD + 5):
        begin(work, minh)
        clock.advance(minutes=31)
    open_one = begin(work, minh)
    assert sessions.of_address(work, minh.address)[0] == open_one
