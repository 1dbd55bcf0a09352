"""Where an account is signed in, as its owner sees it and ends it."""

import pytest

from ticket_portal.domain import accounts, keys, sessions, sign_ins
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.people import NOBODY

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


def begin(work, viewer, agent=""):
    """The viewer of a new session."""
    token = sessions.begin(work, accounts.find(work, viewer.address), agent)
    return sessions.viewer(work, keys.token_hash(token))


def test_one_sees_ones_own_sessions_and_this_one_first(work, ana, budi, clock):
    here = begin(work, ana, FIREFOX)
    clock.advance(minutes=5)
    begin(work, ana, IPHONE)
    begin(work, budi, FIREFOX)

    first, second = sign_ins.views(work, here)

    assert (first.browser, first.system, first.here) == ("Firefox", "Linux", True)
    assert (second.browser, second.system, second.here) == ("Safari", "iPhone", False)
    assert here.session not in str(first), "the hash of a token stays on the server"


def test_what_has_run_out_or_ended_is_not_listed(work, ana, clock):
    sessions.end(work, begin(work, ana).session)
    begin(work, ana)
    clock.advance(days=20)
    here = begin(work, ana)

    assert [view.here for view in sign_ins.views(work, here)] == [True]


def test_a_session_is_ended_from_another_device_at_once(work, ana):
    here, there = begin(work, ana), begin(work, ana, IPHONE)
    key = next(view.key for view in sign_ins.views(work, here) if not view.here)

    sign_ins.end(work, here, key)

    assert sessions.viewer(work, there.session) == NOBODY
    assert sessions.viewer(work, here.session) == here
    assert f"session:{there.session}" in work.topics
    sign_ins.end(work, here, key)
    sign_ins.end(work, here, "no such key \ud800")


def test_nobody_ends_a_session_of_somebody_else(work, ana, budi, minh):
    hers, his = begin(work, ana), begin(work, budi)
    key = sign_ins.views(work, hers)[0].key

    for other in (his, minh, NOBODY):
        sign_ins.end(work, other, key)

    assert sessions.viewer(work, hers.session) == hers
    assert sign_ins.views(work, minh) == sign_ins.views(work, NOBODY) == []


def test_one_signs_out_everywhere(work, ana, budi, minh):
    all_of_hers, his = [begin(work, ana) for _ in range(3)], begin(work, budi)

    sign_ins.end_all(work, all_of_hers[0])

    assert {sessions.viewer(work, viewer.session) for viewer in all_of_hers} == {NOBODY}
    assert {f"session:{viewer.session}" for viewer in all_of_hers} <= work.topics
    assert sessions.viewer(work, his.session) == his
    for other in (minh, NOBODY):
        with pytest.raises(NotAllowed):
            sign_ins.end_all(work, other)


def test_what_a_browser_calls_itself_is_cleaned_and_cut(work, ana):
    viewer = begin(work, ana, "Firefox/1\0\n" + "x" * 5_000)
    row = work.session.get_one(sessions.Session, viewer.session)

    assert len(row.agent) == sessions.LONGEST_AGENT
    assert "\0" not in row.agent
    assert "\n" not in row.agent
