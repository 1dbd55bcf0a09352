"""Codes: each rule of docs/contract.md#guests, to its boundary."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from tests.cast import BROWSER, IP, code_for, mails
from ticket_portal.domain import keys
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.accounts.codes import CodeScope, CodeStatus
from ticket_portal.domain.errors import (
    CodeEnded,
    CodeExpired,
    CodeReplaced,
    CodeUnfinished,
    CodeUsed,
    CodeWrong,
    CodeWrongFewLeft,
    TooMany,
    TooManyCodes,
    TooSoon,
)
from ticket_portal.store.tables import Alert, Challenge

DOOR = CodeScope("guest:1", "minh@example.com", BROWSER, IP)


def get_code(work, scope: CodeScope = DOOR) -> str:
    codes.send(work, scope, "en")
    return code_for(work, scope.address)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_right_code_opens_once(work):
    code = get_code(work)
    assert codes.enter(work, DOOR, code) is None
    assert isinstance(codes.enter(work, DOOR, code), CodeUsed)


def test_a_code_that_was_never_asked_for_opens_nothing(work):
    assert isinstance(codes.enter(work, DOOR, "123456"), CodeExpired)
    assert codes.status(work, DOOR) == CodeStatus()


@pytest.mark.parametrize(
    "write",
    [
        lambda code: f" {code[:3]} {code[3:]} ",
        lambda code: f"{code[:3]}-{code[3:]}",
        lambda code: f"{code[:3]}\u2013{code[3:]}\u00a0",
        lambda code: "".join(chr(ord("\uff10") + int(digit)) for digit in code),
        lambda code: "".join(chr(0x0660 + int(digit)) for digit in code),
        lambda code: "\u200b" + code + "\n",
    ],
    ids=["spaces", "dash", "long dash", "full-width", "arabic", "invisible"],
)
def test_a_code_may_be_written_as_people_write_it(work, write):
    assert codes.enter(work, DOOR, write(get_code(work))) is None


def test_leading_zeros_are_kept(work, monkeypatch):
    monkeypatch.setattr(keys.secrets, "randbelow", lambda _most: 42)
    assert get_code(work) == "000042"
    assert isinstance(codes.enter(work, DOOR, "42"), CodeUnfinished)
    assert codes.enter(work, DOOR, "000042") is None


def test_a_code_lives_ten_minutes_to_the_second(work, clock):
    code = get_code(work)
    clock.advance(minutes=10, seconds=-1)
    assert codes.status(work, DOOR).refusal is None
    clock.advance(seconds=1)
    assert isinstance(codes.status(work, DOOR).refusal, CodeExpired)
    assert isinstance(codes.enter(work, DOOR, code), CodeExpired)

    clock.advance(hours=2)
    code = get_code(work)
    clock.advance(minutes=10, seconds=-1)
    assert codes.enter(work, DOOR, code) is None


def test_five_wrong_tries_end_the_code_and_the_last_ones_are_announced(work):
    code = get_code(work)
    refusals = [codes.enter(work, DOOR, wrong(code)) for _ in range(5)]

    assert [type(r) for r in refusals] == [CodeWrong, *[CodeWrongFewLeft] * 3, CodeEnded]
    assert [r.values.get("left") for r in refusals] == [None, 3, 2, 1, None]
    assert isinstance(codes.enter(work, DOOR, code), CodeEnded), "the right code comes too late"


def test_the_last_try_may_be_the_right_one(work):
    code = get_code(work)
    for _ in range(4):
        codes.enter(work, DOOR, wrong(code))
    assert codes.enter(work, DOOR, code) is None


def test_ten_wrong_tries_an_hour_pause_entry_and_a_new_code_does_not_help(work, clock):
    code = get_code(work)
    for _ in range(5):
        codes.enter(work, DOOR, wrong(code))
    clock.advance(minutes=2)
    code = get_code(work)
    for _ in range(4):
        codes.enter(work, DOOR, wrong(code))
    refusal = codes.enter(work, DOOR, wrong(code))
    assert isinstance(refusal, TooMany)
    paused_until = refusal.values["until"]
    assert (paused_until - clock.now).total_seconds() == 30 * 60

    clock.advance(minutes=2)
    fresh = get_code(work)
    assert codes.enter(work, DOOR, fresh).values["until"] == paused_until
    assert codes.status(work, DOOR).refusal.values["until"] == paused_until

    clock.advance(minutes=27)
    fresh = get_code(work)
    clock.advance(seconds=59)
    assert isinstance(codes.enter(work, DOOR, fresh), TooMany)
    clock.advance(seconds=1)
    assert codes.enter(work, DOOR, fresh) is None


def test_the_pause_follows_the_ticket_and_address_into_other_browsers(work, settings):
    settings.limit_code_tries_per_hour = 3
    code = get_code(work)
    for _ in range(3):
        codes.enter(work, DOOR, wrong(code))

    elsewhere = CodeScope(DOOR.purpose, DOOR.address, "another browser", "198.51.100.9")
    assert isinstance(codes.enter(work, elsewhere, get_code(work, elsewhere)), TooMany)
    other_ticket = CodeScope("guest:2", DOOR.address, BROWSER, IP)
    assert codes.enter(work, other_ticket, get_code(work, other_ticket)) is None


def test_tries_during_a_pause_do_not_make_it_longer(work, clock, settings):
    settings.limit_code_tries_per_hour = 3
    code = get_code(work)
    ends = {codes.enter(work, DOOR, wrong(code)).values.get("until") for _ in range(3)}
    clock.advance(minutes=20)
    ends.add(codes.enter(work, DOOR, wrong(code)).values["until"])
    assert len(ends - {None}) == 1


def test_tries_are_limited_per_place_too(work, settings):
    settings.limit_code_tries_per_ip_per_hour = 3
    for n in range(3):
        scope = CodeScope(f"guest:{n}", f"{n}@example.com", BROWSER, IP)
        codes.enter(work, scope, wrong(get_code(work, scope)))
    assert isinstance(codes.enter(work, DOOR, get_code(work)), TooMany)
    elsewhere = CodeScope(DOOR.purpose, DOOR.address, "another browser", "198.51.100.9")
    assert codes.enter(work, elsewhere, get_code(work, elsewhere)) is None


def test_right_codes_do_not_count_as_tries(work, clock, settings):
    settings.limit_code_tries_per_hour = 2
    settings.limit_codes_per_hour = 100
    for _ in range(5):
        assert codes.enter(work, DOOR, get_code(work)) is None
        clock.advance(minutes=1)


def test_a_new_code_can_be_asked_for_after_a_minute_to_the_second(work, clock):
    get_code(work)
    begun = clock.now
    clock.advance(seconds=59)
    with pytest.raises(TooSoon) as refused:
        codes.send(work, DOOR, "en")
    assert refused.value.values["until"] == codes.status(work, DOOR).resend_at
    clock.advance(seconds=1)
    assert codes.status(work, DOOR).resend_at == clock.now
    get_code(work)
    assert (clock.now - begun).total_seconds() == 60


def test_five_codes_an_hour_and_address_whatever_they_are_for(work, clock):
    begun = clock.now
    for n in range(5):
        get_code(work, CodeScope(("guest:1", "guest:2", "reset")[n % 3], DOOR.address, f"browser {n}", IP))
    with pytest.raises(TooManyCodes) as refused:
        codes.send(work, CodeScope("sign_up", DOOR.address, "browser 6", IP), "en")
    assert (refused.value.values["until"] - begun).total_seconds() == 3600
    get_code(work, CodeScope("guest:1", "other@example.com", BROWSER, IP))

    clock.advance(hours=1, seconds=-1)
    with pytest.raises(TooManyCodes):
        codes.send(work, DOOR, "en")
    clock.advance(seconds=1)
    get_code(work)


def test_codes_are_limited_per_place_too(work, settings):
    settings.limit_codes_per_ip_per_hour = 2
    for n in range(2):
        get_code(work, CodeScope("guest:1", f"{n}@example.com", BROWSER, IP))
    with pytest.raises(TooManyCodes):
        codes.send(work, DOOR, "en")
    get_code(work, CodeScope("guest:1", DOOR.address, BROWSER, "198.51.100.9"))


def test_a_replaced_code_says_so_and_counts_as_a_wrong_try(work, clock):
    old = get_code(work)
    clock.advance(minutes=1)
    new = get_code(work)
    if old != new:
        assert isinstance(codes.enter(work, DOOR, old), CodeReplaced)
        assert isinstance(codes.status(work, DOOR).refusal, CodeReplaced)
        assert codes._newest(work, DOOR).wrong_tries == 1
    assert codes.enter(work, DOOR, new) is None


def test_a_code_works_only_in_the_browser_that_asked(work):
    code = get_code(work)
    for elsewhere in ("another browser", ""):
        assert isinstance(
            codes.enter(work, CodeScope(DOOR.purpose, DOOR.address, elsewhere, IP), code), CodeExpired
        )
    assert codes.enter(work, DOOR, code) is None


def test_a_code_works_only_for_its_ticket_and_its_address(work):
    code = get_code(work)
    for purpose, address in (
        ("guest:2", DOOR.address),
        (DOOR.purpose, "other@example.com"),
        ("reset", DOOR.address),
    ):
        scope = CodeScope(purpose, address, BROWSER, IP)
        other = get_code(work, scope)
        if other != code:
            assert isinstance(codes.enter(work, scope, code), CodeWrong)


def test_a_browser_without_a_name_is_never_the_one_that_asked(work):
    nameless = CodeScope(DOOR.purpose, DOOR.address, "", IP)
    code = get_code(work, nameless)
    assert isinstance(codes.enter(work, nameless, code), CodeExpired)


def test_looking_changes_nothing_and_shows_no_secret(work):
    code = get_code(work)
    for _ in range(20):
        shown = codes.status(work, DOOR)
    assert shown.sent
    assert code not in str(shown)
    assert codes.enter(work, DOOR, code) is None
    assert codes.status(work, DOOR) == CodeStatus(), "used: the beginning again"


def test_the_database_holds_no_readable_code(work):
    codes.send(work, DOOR, "en", sealed={"hash": "the password's hash"})
    rows = str(work.session.exec(select(Challenge)).all()) + str(work.session.exec(select(Alert)).all())
    code = mails(work)[0].secret["code"]
    assert code not in rows
    assert "password" not in rows
    assert codes.sealed(work, DOOR) == {"hash": "the password's hash"}
    assert [a.sealed for a in work.session.exec(select(Alert)).all()] == [None], "forgotten once it was sent"


def test_for_an_unknown_address_all_happens_but_the_mail(work):
    codes.send(work, DOOR, "en", known=False)
    assert codes.status(work, DOOR).sent
    assert isinstance(codes.enter(work, DOOR, "000000"), CodeWrong)
    assert mails(work) == []
    with pytest.raises(TooSoon):
        codes.send(work, DOOR, "en", known=False)


def test_two_right_entries_at_once_open_once(store):
    store.write(codes.send, DOOR, "en")
    code = store.write(code_for, DOOR.address)
    with ThreadPoolExecutor(8) as pool:
        refusals = list(pool.map(lambda _: store.write(codes.enter, DOOR, code), range(8)))
    assert refusals.count(None) == 1


def test_guessing_at_once_gets_no_more_tries(store):
    store.write(codes.send, DOOR, "en")
    code = store.write(code_for, DOOR.address)
    guesses = [f"{(int(code) + n) % 10**6:06d}" for n in range(1, 17)]
    with ThreadPoolExecutor(8) as pool:
        refusals = list(pool.map(lambda guess: store.write(codes.enter, DOOR, guess), guesses))
    assert sum(isinstance(r, CodeWrong | CodeWrongFewLeft) for r in refusals) == 4
    assert store.read(lambda work: codes._newest(work, DOOR).wrong_tries) == 5


def test_a_double_click_sends_one_code(store):
    def click(_: int) -> int:
        try:
            store.write(codes.send, DOOR, "en")
        except TooSoon:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, range(8))) == 1
    assert len(store.write(mails)) == 1


def test_old_codes_are_swept_with_what_was_sealed_in_them(work, clock):
    codes.send(work, DOOR, "en", sealed={"hash": "the password's hash"})
    clock.advance(days=1)
    codes.sweep(work)
    assert work.session.exec(select(Challenge)).all()
    clock.advance(minutes=11)
    codes.sweep(work)
    assert not work.session.exec(select(Challenge)).all()


@pytest.mark.parametrize(
    "typed", ["", "12", "12345", "1234567", "abc", "9" * 10_000, "\ud800", "\0", "' OR 1=1"]
)
def test_what_is_no_code_is_no_try(work, typed):
    """An empty box, or half a code, is a slip: ten of them must not shut a guest out."""
    code = get_code(work)

    for _ in range(2 * work.settings.limit_code_tries_per_hour):
        assert isinstance(codes.enter(work, DOOR, typed), CodeUnfinished)

    assert isinstance(codes.status(work, DOOR).refusal, CodeUnfinished)
    assert codes.enter(work, DOOR, code) is None


@pytest.mark.parametrize(
    "typed",
    [
        "٣٧٦٣١١", "۳۷۶۳۱۱", "३७६३११", "３７６３１１", "376 311", "376-311", " 376311\n", "3️⃣7️⃣6️⃣3️⃣1️⃣1️⃣",
        "Ticket 12345: 376311", "376311 is your code for ticket 12345", "Ваш код: 376 311.", "\u2068376311\u2069",
    ],
)  # fmt: skip
def test_a_code_is_read_in_any_script_and_out_of_a_sentence(typed):
    assert codes.digits(typed) == "376311"
