"""Guessing, in time and all at once: exactly the tries that are allowed, an alarm, an end, and the owner's way in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import select

from tests.cast import BROWSER, IP, PASSWORD, WRONG_CODE, code_for, mails
from tests.conftest import advance
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, codes, credentials, guessing, known_browsers, proof_links
from ticket_portal.domain.accounts.accounts import RESET, SIGN_UP
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.accounts.guessing import Guessed, Target
from ticket_portal.domain.errors import (
    CodeExpired,
    CodeWrong,
    DomainError,
    GuessingEnded,
    LinkInvalid,
    NotYourPassword,
    PasswordTooCommon,
    TeamPasswordTooShort,
    TooMany,
    TooManyCodes,
    WrongPassword,
)
from ticket_portal.domain.sessions import Arrival
from ticket_portal.settings import Settings
from ticket_portal.store.tables import FailureStreak, KnownBrowser, LimitHit, ProofLink

AT_A_TIME = 16
WRONG = "not the password"
HERS = "her own browser"
A_STRANGERS = "a stranger's browser"
NEW_PASSWORD = "a new and longer one"
A_DAY_LATER = {"days": 1, "minutes": 1}


def at_once(tries: int, act: Callable[[int], object]) -> list[str]:
    """What became of so many tries that all begin at the same moment: the code of each one's refusal, "" for none."""
    together = min(tries, AT_A_TIME)
    begin = Barrier(together)

    def one(n: int) -> str:
        if n < together:
            begin.wait(20)
        try:
            act(n)
        except DomainError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(one, range(tries)))


def refusal(act: Callable[[], object]) -> str:
    """The code by which something was refused, "" where it was not."""
    try:
        act()
    except DomainError as error:
        return error.code
    return ""


def at(browser: str) -> Arrival:
    """Somebody who signs in in this browser, which keeps its token: which one it has makes no difference here."""
    return Arrival(browser=browser, successor=browser)


def signs_in(store, viewer, password=PASSWORD, browser="", ip=IP) -> str:
    """The code of the refusal."""
    return refusal(lambda: accounts.sign_in(store, viewer.address, password, ip, at(browser)))


def guesses_on(store, viewer, most: int) -> int:
    """Guess at a password for as long as it takes, waiting out each pause; return how many were looked at."""
    tried = 0
    for n in range(10 * most):
        found = signs_in(store, viewer, WRONG, ip=f"192.0.2.{n % 200}")
        tried += found == WrongPassword.code
        if found == GuessingEnded.code:
            return tried
        if found == TooMany.code:
            advance(store, **A_DAY_LATER)
    raise AssertionError(f"{tried} were looked at, and no end")


# Many at once.


def test_wrong_sign_ins_at_once_get_no_more_tries(store, ana):
    """Counting after the slow hash let 17 through instead of 10."""
    found = at_once(80, lambda n: accounts.sign_in(store, ana.address, WRONG, f"192.0.2.{n}"))
    assert found.count(WrongPassword.code) == store.settings.limit_sign_ins_per_hour
    assert set(found) == {WrongPassword.code, TooMany.code}


def test_wrong_sign_ins_from_one_network_at_once_get_no_more_tries(store, settings):
    settings.limit_sign_ins_per_ip_per_hour = 25
    found = at_once(60, lambda n: accounts.sign_in(store, f"{n}@example.com", WRONG, IP))
    assert found.count(WrongPassword.code) == settings.limit_sign_ins_per_ip_per_hour


def test_tries_at_the_own_password_at_once_are_no_more(store, ana):
    found = at_once(80, lambda n: credentials.prove(store, ana, WRONG, f"192.0.2.{n}"))
    assert found.count(NotYourPassword.code) == store.settings.limit_sign_ins_per_hour


def test_codes_from_many_browsers_at_once_get_no_more_tries(store, settings):
    settings.limit_codes_per_hour = 100
    doors = [CodeScope("guest:1", "minh@example.com", f"browser {n}", f"192.0.2.{n}") for n in range(8)]
    for scope in doors:
        store.write(codes.send, scope, "en")

    def tries(n: int) -> None:
        if refused := store.write(codes.enter, doors[n % len(doors)], WRONG_CODE):
            raise refused

    found = at_once(80, tries)
    looked_at = [store.read(lambda work, d=d: codes._newest(work, d).wrong_tries) for d in doors]
    assert sum(looked_at) == settings.limit_code_tries_per_hour
    assert "" not in found


def test_sign_ups_at_once_cost_no_more_hashes_than_codes(store, settings, monkeypatch):
    hashed: list[str] = []
    make = accounts.hasher.hash
    monkeypatch.setattr(accounts.hasher, "hash", lambda password: hashed.append(password) or make(password))
    form = accounts.SignUp.parse("Minh", "minh@example.com", NEW_PASSWORD, "vi")
    found = at_once(40, lambda n: accounts.ask_to_sign_up(store, form, f"browser {n}", f"192.0.2.{n}"))
    assert found.count("") == len(hashed) == settings.limit_codes_per_hour
    assert set(found) == {"", TooManyCodes.code}


def test_a_double_sign_up_is_one_code_and_counts_once(store):
    form = accounts.SignUp.parse("Minh", "minh@example.com", NEW_PASSWORD, "vi")
    found = at_once(AT_A_TIME, lambda _: accounts.ask_to_sign_up(store, form, BROWSER, IP))
    assert found.count("") == 1
    assert len(store.write(mails)) == 1
    assert len(store.read(lambda work: work.session.exec(select(LimitHit)).all())) == len(
        ("address", "network")
    )


def test_wrong_resets_at_once_hash_nothing(store, ana, monkeypatch):
    scope = CodeScope(RESET, store.write(accounts.ask_to_reset, ana.address, "en", BROWSER, IP), BROWSER, IP)
    monkeypatch.setattr(accounts.hasher, "hash", lambda _: pytest.fail("hashed"))

    def tries(_: int) -> None:
        if refused := accounts.reset_password(store, scope, WRONG_CODE, NEW_PASSWORD):
            raise refused

    assert at_once(40, tries).count(CodeWrong.code) == store.settings.code_tries - 1


def test_guesses_at_ones_own_code_in_messages_at_once_are_no_more(store, ana, settings):
    settings.limit_code_tries_per_hour = 3
    store.write(codes.send, CodeScope(RESET, ana.address, A_STRANGERS, IP), "en")
    at_once(20, lambda n: store.write(codes.refuse_own, ana.address, f"is it 90000{n % 10}?"))
    kept = store.read(
        lambda work: work.session.exec(select(LimitHit).where(LimitHit.rule == "code_mentions")).all()
    )
    assert len(kept) == settings.limit_code_tries_per_hour


def test_right_sign_ins_do_not_count_and_stop_nobody(store, ana):
    for _ in range(3):
        assert at_once(8, lambda _: accounts.sign_in(store, ana.address, PASSWORD, IP)) == [""] * 8
    kept = store.read(
        lambda work: (
            work.session.exec(select(LimitHit)).all(),
            work.session.exec(select(FailureStreak)).all(),
        )
    )
    assert kept == ([], [])


# Over time.


def test_a_patient_stranger_gets_a_hundred_passwords_and_no_more(store, settings, ana):
    """NIST SP 800-63B-4, 3.2.2; by the limit of an hour alone it were 87,600 a year."""
    assert guesses_on(store, ana, 100) == settings.limit_failures_in_a_row
    advance(store, days=200)
    assert signs_in(store, ana) == GuessingEnded.code
    alarms = [m for m in store.write(mails) if m.data.get("what") == "guessing"]
    assert [(m.address, m.data["failures"], m.data["ended"]) for m in alarms] == [
        (ana.address, 20, False),
        (ana.address, 100, True),
    ]


def test_an_unknown_address_ends_the_same_way_and_is_mailed_nothing(store, settings, ana):
    settings.limit_failures_in_a_row, settings.guessing_alarm_after = 12, 11
    ana = type(ana)(role="customer", address="nobody@example.com")
    assert guesses_on(store, ana, 12) == 12
    assert store.write(mails) == []


def test_a_patient_stranger_gets_a_hundred_codes_and_no_more(store, settings, ana):
    settings.code_resend_seconds = 0
    scope = CodeScope(RESET, ana.address, A_STRANGERS, IP)
    tried = 0
    for _ in range(200):
        advance(store, **A_DAY_LATER)
        store.write(accounts.ask_to_reset, ana.address, "en", A_STRANGERS, IP)
        found = [store.write(codes.enter, scope, WRONG_CODE) for _ in range(5)]
        tried += sum(isinstance(f, CodeWrong) or f.code == "code_ended" for f in found)
        if isinstance(found[-1], GuessingEnded):
            break
    last = store.read(lambda work: work.session.exec(select(FailureStreak)).one())
    assert last.failures == settings.limit_failures_in_a_row

    store.write(mails)
    advance(store, **A_DAY_LATER)
    store.write(accounts.ask_to_reset, ana.address, "en", A_STRANGERS, IP)
    [mail] = [m for m in store.write(mails) if m.kind == "code"]
    assert mail.secret["code"] == "", "no code is taken any more, so none is sent"
    assert isinstance(accounts.reset_password(store, scope, "123456", NEW_PASSWORD), GuessingEnded)
    accounts.reset_by_link(store, mail.secret["link"], NEW_PASSWORD, HERS)
    assert signs_in(store, ana, NEW_PASSWORD) == ""


def test_other_codes_are_not_sent_where_none_is_taken(store, settings):
    settings.limit_failures_in_a_row = 10
    scope = CodeScope(SIGN_UP, "minh@example.com", BROWSER, IP)
    for _ in range(2):
        store.write(codes.send, scope, "vi")
        for _ in range(5):
            store.write(codes.enter, scope, WRONG_CODE)
        advance(store, minutes=2)
    with pytest.raises(GuessingEnded):
        store.write(codes.send, scope, "vi")
    [alarm] = [m for m in store.write(mails) if m.data.get("what") == "guessing"]
    store.write(accounts.allow_browser, alarm.secret["link"], BROWSER)
    store.write(codes.send, scope, "vi")
    assert store.write(codes.enter, scope, store.write(code_for, scope.address)) is None


def test_pauses_grow_and_the_right_one_ends_the_row(store, settings, ana):
    settings.failure_pauses = "3:30,5:240"
    settings.limit_sign_ins_per_hour = 100
    for _ in range(3):
        assert signs_in(store, ana, WRONG) == WrongPassword.code
    assert signs_in(store, ana) == TooMany.code
    advance(store, minutes=31)
    for _ in range(2):
        assert signs_in(store, ana, WRONG) == WrongPassword.code
    advance(store, minutes=239)
    assert signs_in(store, ana) == TooMany.code
    advance(store, minutes=2)
    assert signs_in(store, ana) == ""
    assert store.read(lambda work: work.session.exec(select(FailureStreak)).all()) == []


def test_ones_own_password_has_an_end_too(store, settings, ana):
    settings.limit_failures_in_a_row = 10
    for _ in range(10):
        assert refusal(lambda: credentials.prove(store, ana, WRONG, IP)) == NotYourPassword.code
    advance(store, days=3)
    assert refusal(lambda: credentials.prove(store, ana, PASSWORD, IP)) == GuessingEnded.code
    assert signs_in(store, ana) == "", (
        "an open page that others play with keeps its owner out of nothing else"
    )


def test_a_row_is_forgotten_after_a_year_and_names_nobody(work, clock, ana):
    guessing.count(work, Target(Guessed.SIGN_IN, ana.address))
    assert ana.address not in str(work.session.exec(select(FailureStreak)).all())
    clock.advance(days=364)
    guessing.sweep(work)
    assert work.session.exec(select(FailureStreak)).all()
    clock.advance(days=2)
    guessing.sweep(work)
    assert not work.session.exec(select(FailureStreak)).all()


@pytest.mark.parametrize("wrong", ["10", "10:", ":30", "ten:30", "10:0", "0:10", "10:30:2"])
def test_pauses_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="failures and minutes"):
        Settings(_env_file=None, failure_pauses=wrong)


# The owner's way in.


def test_strangers_keep_no_owner_out_of_a_browser_that_they_used_before(store, ana):
    assert signs_in(store, ana, browser=HERS) == ""
    guesses_on(store, ana, 100)
    assert signs_in(store, ana, browser=A_STRANGERS) == GuessingEnded.code
    assert signs_in(store, ana, browser=HERS) == ""
    assert signs_in(store, ana, browser=A_STRANGERS) == GuessingEnded.code, (
        "her sign-in gives strangers no new tries"
    )


def test_a_known_browser_has_an_allowance_and_no_more(store, settings, ana):
    assert signs_in(store, ana, browser=HERS) == ""
    found = at_once(40, lambda _: accounts.sign_in(store, ana.address, WRONG, IP, at(HERS)))
    assert found.count(WrongPassword.code) == settings.limit_sign_ins_per_hour
    assert signs_in(store, ana, browser="") == "", "nor does it stop others"


def test_one_guest_in_an_office_stops_nobody_who_was_there_before(store, settings, ana, budi):
    settings.limit_sign_ins_per_ip_per_hour = settings.limit_codes_per_ip_per_hour = 3
    assert signs_in(store, ana, browser=HERS) == ""
    for n in range(4):
        refusal(lambda n=n: accounts.sign_in(store, f"{n}@example.com", WRONG, IP))
        refusal(
            lambda n=n: store.write(
                codes.send, CodeScope("guest:1", f"{n}@example.com", f"browser {n}", IP), "en"
            )
        )
    assert signs_in(store, budi) == TooMany.code
    assert signs_in(store, ana, browser=HERS) == ""
    store.write(codes.send, CodeScope(RESET, ana.address, HERS, IP), "en")
    assert refusal(lambda: credentials.prove(store, ana, PASSWORD, IP)) == ""


def test_a_browser_is_known_for_one_address(store, ana, budi):
    assert signs_in(store, ana, browser=HERS) == ""
    guesses_on(store, budi, 100)
    assert signs_in(store, budi, browser=HERS) == GuessingEnded.code


def test_a_code_makes_a_browser_known(store, ana):
    scope = CodeScope("guest:1", ana.address, HERS, IP)
    store.write(codes.send, scope, "en")
    assert store.read(known_browsers.allowance, ana.address, HERS) == ""
    assert store.write(codes.enter, scope, store.write(code_for, ana.address)) is None
    assert store.read(known_browsers.allowance, ana.address, HERS) == HERS


def test_the_longest_unseen_of_many_browsers_is_forgotten_and_all_after_a_year(work, clock, ana):
    for n in range(known_browsers.MOST + 1):
        known_browsers.remember(work, ana.address, f"browser {n}")
        clock.advance(seconds=1)
    assert known_browsers.allowance(work, ana.address, "browser 0") == ""
    assert known_browsers.allowance(work, ana.address, "browser 1") == "browser 1"
    assert known_browsers.allowance(work, ana.address, "") == ""
    assert ana.address not in str(work.session.exec(select(KnownBrowser)).all())
    clock.advance(days=366)
    assert known_browsers.allowance(work, ana.address, "browser 1") == ""
    known_browsers.sweep(work)
    assert not work.session.exec(select(KnownBrowser)).all()


def link_for(store, address: str) -> str:
    """The link of the mail that "Forgot your password?" sends."""
    store.write(accounts.ask_to_reset, address, "en", BROWSER, IP)
    [mail] = [m for m in store.write(mails) if m.kind == "code" and m.address == address]
    return mail.secret["link"]


def test_a_link_lets_the_owner_in_with_the_password_as_it_is(store, ana):
    guesses_on(store, ana, 100)
    store.write(mails)
    link = link_for(store, ana.address)
    store.write(accounts.allow_browser, link, HERS)
    assert signs_in(store, ana, browser=HERS) == ""
    assert signs_in(store, ana, browser=A_STRANGERS) == GuessingEnded.code
    with pytest.raises(LinkInvalid):
        store.write(accounts.allow_browser, link, A_STRANGERS)


def test_a_link_sets_a_new_password_from_any_browser_once(store, ana):
    token = accounts.sign_in(store, ana.address, PASSWORD, IP, at(A_STRANGERS))
    link = link_for(store, ana.address)
    scope = CodeScope(RESET, ana.address, BROWSER, IP)
    for _ in range(3):
        assert store.read(proof_links.preview, link).has_account, (
            "looking changes nothing: scanners follow links"
        )
    with pytest.raises(PasswordTooCommon):
        accounts.reset_by_link(store, link, "password2026", HERS)

    accounts.reset_by_link(store, link, NEW_PASSWORD, HERS)

    assert signs_in(store, ana, NEW_PASSWORD) == ""
    assert store.read(sessions.viewer, keys.token_hash(token)).account_id is None, "signed out everywhere"
    assert store.read(known_browsers.allowance, ana.address, A_STRANGERS) == "", "and no longer known there"
    with pytest.raises(LinkInvalid):
        accounts.reset_by_link(store, link, "another long one of hers", HERS)
    assert isinstance(store.write(codes.enter, scope, "000000"), CodeExpired), "its code ended too"
    [told] = [m for m in store.write(mails) if m.kind == "security"]
    assert told.data["what"] == "password_changed"


def test_a_link_used_twice_at_once_works_once(store, ana):
    link = link_for(store, ana.address)
    found = at_once(
        AT_A_TIME, lambda n: accounts.reset_by_link(store, link, f"a new and longer one {n}", HERS)
    )
    assert found.count("") == 1


def test_a_link_runs_out_after_half_an_hour_and_its_hash_alone_is_kept(store, ana):
    link = link_for(store, ana.address)
    assert link not in str(store.read(lambda work: work.session.exec(select(ProofLink)).all()))
    advance(store, minutes=29)
    assert store.read(proof_links.preview, link)
    advance(store, minutes=1)
    for bad in (link, "", "short", "A" * 43, "ü" * 43):
        with pytest.raises(LinkInvalid):
            store.read(proof_links.preview, bad)
    advance(store, days=2)
    store.write(proof_links.sweep)
    assert store.read(lambda work: work.session.exec(select(ProofLink)).all()) == []


def test_the_team_chooses_a_longer_one_and_strangers_do_not_learn_who_is_of_the_team(store, ana, linh):
    for viewer in (ana, linh):
        scope = CodeScope(
            RESET, store.write(accounts.ask_to_reset, viewer.address, "en", BROWSER, IP), BROWSER, IP
        )
        assert accounts.reset_password(store, scope, WRONG_CODE, "purple-otter").code == CodeWrong.code
    code = store.write(code_for, linh.address)
    with pytest.raises(TeamPasswordTooShort):
        accounts.reset_password(store, scope, code, "purple-otter")
    assert accounts.reset_password(store, scope, code, "purple-otter-93") is None
    with pytest.raises(TeamPasswordTooShort):
        credentials.change_password(store, linh, "purple-otter-93", "yellow-otter", IP)
    advance(store, minutes=2)
    with pytest.raises(TeamPasswordTooShort):
        accounts.reset_by_link(store, link_for(store, linh.address), "yellow-otter", BROWSER)


# What is kept of a password.


def kept(store, viewer) -> str:
    """The hash of an account's password."""
    return store.read(accounts.find, viewer.address).password_hash


def test_an_older_hash_is_renewed_at_the_sign_in(store, ana):
    weaker = accounts.hasher.using(memory_cost=8, rounds=2)
    older = weaker.hash(PASSWORD)
    store.write(set_hash, ana.address, older)
    assert signs_in(store, ana, WRONG) == WrongPassword.code
    assert kept(store, ana) == older
    assert signs_in(store, ana) == ""
    renewed = kept(store, ana)
    assert renewed != older
    assert not accounts.hasher.needs_update(renewed)
    assert signs_in(store, ana) == ""
    assert kept(store, ana) == renewed, "once is enough"


def test_a_hash_that_was_changed_meanwhile_is_not_overwritten(store, ana, monkeypatch):
    store.write(set_hash, ana.address, accounts.hasher.using(memory_cost=8, rounds=2).hash(PASSWORD))
    newest = accounts.hasher.hash(NEW_PASSWORD)
    renew = accounts.renewed_hash

    def while_it_is_changed(*given: str) -> str:
        store.write(set_hash, ana.address, newest)
        return renew(*given)

    monkeypatch.setattr(accounts, "renewed_hash", while_it_is_changed)
    assert signs_in(store, ana) == WrongPassword.code
    assert kept(store, ana) == newest


def test_a_password_of_before_the_normal_form_still_signs_in_and_gets_it(store, ana):
    parted, composed = "contrasen\u0303a de otro an\u0303o", "contrase\u00f1a de otro a\u00f1o"
    store.write(set_hash, ana.address, accounts.hasher.hash(parted))
    assert signs_in(store, ana, composed) == WrongPassword.code
    assert signs_in(store, ana, parted) == ""
    assert signs_in(store, ana, composed) == ""
    assert signs_in(store, ana, parted) == ""


def set_hash(work, address: str, hashed: str) -> None:
    """Keep another hash of an account's password."""
    account = accounts.find(work, address)
    account.password_hash = hashed
    work.session.add(account)
