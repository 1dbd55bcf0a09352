"""Where an account is signed in, as its owner sees it and ends it."""

import logging
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.cast import IP, PASSWORD, mails
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, known_browsers, sign_ins
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.sessions import Arrival
from ticket_portal.store.tables import Challenge

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

    assert len(row.user_agent) == sessions.LONGEST_USER_AGENT
    assert "\0" not in row.user_agent
    assert "\n" not in row.user_agent


# A sign-in from a browser that the account does not know.


def arrives(work, viewer, browser, successor, agent=FIREFOX, session=""):
    """The viewer of a session that begins in a browser; from then on that has the token `successor`."""
    account = accounts.find(work, viewer.address)
    arrival = Arrival(agent, browser, successor, session, IP)
    return sessions.viewer(work, keys.token_hash(sign_ins.begin(work, account, arrival)))


def told(work):
    """The mails about sign-ins that leave now."""
    return [m for m in mails(work) if m.data.get("what") == "signed_in"]


def test_the_first_sign_in_of_all_is_told_to_nobody(work, ana):
    first = arrives(work, ana, "one", "one+")
    assert told(work) == []
    assert not sessions.viewer(work, first.session).new_sign_in


def test_a_new_browser_is_told_by_mail_and_in_the_portal(work, ana, settings):
    known = arrives(work, ana, "one", "one+")
    other = arrives(work, ana, "two", "two+", IPHONE)

    [mail] = told(work)
    assert (mail.address, mail.kind, mail.language) == (ana.address, "security", "es")
    assert (mail.data["browser"], mail.data["system"]) == ("Safari", "iPhone")
    assert IP not in str(mail)
    work.session.expire_all()
    assert sessions.viewer(work, known.session).new_sign_in
    assert not sessions.viewer(work, other.session).new_sign_in, "an attacker is not asked"
    assert [view.unfamiliar for view in sign_ins.views(work, known)] == [False, True]


def test_a_known_browser_is_told_to_nobody(work, ana, budi):
    before = arrives(work, ana, "one", "one+")
    sessions.end(work, before.session)
    arrives(work, budi, "one+", "one++")
    arrives(work, ana, "one++", "one+++")
    arrives(work, ana, "lost", "new", session=before.session)
    assert told(work) == []


def test_another_accounts_browser_is_a_new_one(work, ana, budi):
    arrives(work, ana, "one", "one+")
    arrives(work, budi, "two", "two+")
    arrives(work, ana, "two+", "two++")
    assert len(told(work)) == 1


def test_many_new_browsers_are_one_mail_an_hour(work, ana, clock, settings):
    arrives(work, ana, "one", "one+")
    for n in range(5):
        arrives(work, ana, f"new {n}", f"new {n}+")
    assert len(told(work)) == 1
    clock.advance(minutes=settings.sign_in_notice_minutes + 1)
    arrives(work, ana, "newest", "newest+")
    assert len(told(work)) == 1


def test_this_was_me_is_said_for_others_and_never_for_oneself(work, ana, minh):
    known, stranger = arrives(work, ana, "one", "one+"), arrives(work, ana, "two", "two+")
    sign_ins.recognise(work, stranger)
    work.session.expire_all()
    assert sessions.viewer(work, known.session).new_sign_in, "whoever came in can't take the notice away"
    sign_ins.recognise(work, known)
    work.session.expire_all()
    assert not sessions.viewer(work, known.session).new_sign_in
    for other in (minh, NOBODY):
        with pytest.raises(NotAllowed):
            sign_ins.recognise(work, other)


def test_sessions_are_capped_and_the_longest_unused_one_ends(work, ana, minh, clock, settings):
    settings.limit_sessions_per_account = 3
    begun = []
    for n in range(3):
        begun.append(arrives(work, ana, f"b{n}", f"b{n}+"))
        clock.advance(minutes=2)
    sessions.seen(work, begun[0].session)
    begun.append(arrives(work, ana, "b3", "b3+"))
    work.session.expire_all()
    is_open = [sessions.viewer(work, one.session) != NOBODY for one in begun]
    assert is_open == [True, False, True, True]
    assert f"session:{begun[1].session}" in work.topics
    assert len(sign_ins.views(work, begun[0])) == 3

    guests = []
    for _ in range(4):
        guests.append(keys.token_hash(sign_ins.begin_guest(work, minh.address, Arrival())))
        clock.advance(seconds=1)
    assert [sessions.viewer(work, guest) != NOBODY for guest in guests] == [False, True, True, True]


def test_what_belongs_to_a_browser_moves_with_its_token_and_codes_on_their_way_do_not(work, ana, minh):
    for n, (address, used_at) in enumerate(
        ((ana.address, work.now), (minh.address, work.now), (ana.address, None))
    ):
        work.session.add(
            Challenge(
                purpose=f"p{n}", address=address, browser_hash="one", code_hmac="", used_at=used_at,
                created_at=work.now, expires_at=work.now + timedelta(minutes=5),
            )
        )  # fmt: skip
    arrives(work, ana, "one", "one+")
    work.session.expire_all()
    found = {c.purpose: c.browser_hash for c in work.session.exec(select(Challenge)).all()}
    assert found == {"p0": "one+", "p1": "one", "p2": "one"}
    assert "browser:one" in work.topics


def test_only_tokens_that_this_portal_signed_are_browsers(settings):
    token = known_browsers.new_token(settings)
    assert known_browsers.token_hash(settings, token)
    for wrong in ("", "x", keys.new_token(), token[:-1], token + "0", "x" + token[1:], "\xe9" * 75):
        assert known_browsers.token_hash(settings, wrong) == ""


def test_a_sign_in_that_is_committed_is_in_the_security_log(store, ana, caplog):
    with caplog.at_level(logging.INFO, logger="ticket_portal.security"):
        accounts.sign_in(store, ana.address, PASSWORD, IP, Arrival(FIREFOX, "one", "two", "", IP))
    said = [record.getMessage() for record in caplog.records if record.name == "ticket_portal.security"]
    assert [line.partition(" ")[0] for line in said if "sign_in" in line] == ["event=sign_in"]
    assert ana.address not in str(said)
    assert IP not in str(said)
