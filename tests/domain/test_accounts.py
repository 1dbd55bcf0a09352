"""Accounts: signing up, signing in, a new password."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from tests.cast import BROWSER, IP, PASSWORD, code_for, mails
from tests.conftest import advance
from ticket_portal.domain import accounts, codes, keys, notifications, sessions
from ticket_portal.domain.accounts import RESET, SIGN_UP, SignUp
from ticket_portal.domain.codes import Door
from ticket_portal.domain.errors import (
    BadAddress,
    CodeExpired,
    CodeWrong,
    Missing,
    PasswordTooCommon,
    PasswordTooShort,
    TooLong,
    TooMany,
    WrongPassword,
)
from ticket_portal.domain.people import NOBODY
from ticket_portal.store.tables import Account, Alert, Challenge

NEW_PASSWORD = "a new and longer one"
DOOR = Door(SIGN_UP, "minh@example.com", BROWSER, IP)


REAL_HASHER = accounts.hasher  # before conftest makes it cheap


def form(address: str = "minh@example.com", password: str = NEW_PASSWORD) -> SignUp:
    """What somebody typed into the sign-up form."""
    return SignUp.parse(" Minh  Nguyen ", address, password, "vi", "Asia/Ho_Chi_Minh")


def who(store, token: str):
    """Whose session a token opens."""
    return store.read(sessions.viewer, keys.token_hash(token))


# Signing up.


def test_from_the_form_to_the_account(store):
    accounts.ask_to_sign_up(store, form(), BROWSER, IP)
    assert store.read(accounts.find, "minh@example.com") is None, "no account before the address is proved"
    token, refusal = store.write(accounts.finish_sign_up, DOOR, store.write(code_for, DOOR.address))

    assert refusal is None
    viewer = who(store, token)
    assert (viewer.role, viewer.name, viewer.language, viewer.time_zone) == (
        "customer", "Minh Nguyen", "vi", "Asia/Ho_Chi_Minh",
    )  # fmt: skip
    assert (
        who(store, accounts.sign_in(store, "Minh@example.com", NEW_PASSWORD, IP)).account_id
        == viewer.account_id
    )


def test_a_wrong_code_makes_no_account(store):
    accounts.ask_to_sign_up(store, form(), BROWSER, IP)
    code = store.write(code_for, DOOR.address)
    token, refusal = store.write(accounts.finish_sign_up, DOOR, f"{(int(code) + 1) % 10**6:06d}")
    assert (token, type(refusal)) == ("", CodeWrong)
    assert store.read(accounts.find, DOOR.address) is None


def test_a_known_address_gets_the_same_answer_and_a_mail_that_says_so(store, ana):
    hash_before = store.read(accounts.find, ana.address).password_hash
    answers = [
        accounts.ask_to_sign_up(store, form(a), BROWSER, IP) for a in (ana.address, "minh@example.com")
    ]
    assert answers == [None, None]
    statuses = [
        store.read(codes.status, Door(SIGN_UP, a, BROWSER, IP)).sent
        for a in (ana.address, "minh@example.com")
    ]
    assert statuses == [True, True]

    sent = {(m.kind, m.address, m.data.get("what")) for m in store.write(mails)}
    assert sent == {("security", ana.address, "already_signed_up"), ("code", "minh@example.com", None)}
    token, refusal = store.write(accounts.finish_sign_up, Door(SIGN_UP, ana.address, BROWSER, IP), "000000")
    assert (token, type(refusal)) == ("", CodeWrong)
    assert store.read(accounts.find, ana.address).password_hash == hash_before


def test_known_and_unknown_addresses_write_the_same_rows(store, ana):
    def rows(work) -> int:
        return len(work.session.exec(select(Challenge)).all()), len(
            work.session.exec(select(Alert).where(Alert.kind == "code")).all()
        )

    accounts.ask_to_sign_up(store, form(ana.address), BROWSER, IP)
    known = store.read(rows)
    accounts.ask_to_sign_up(store, form("minh@example.com"), BROWSER, IP)
    assert store.read(rows) == (known[0] * 2, known[1] * 2)


def test_signing_up_in_two_browsers_makes_one_account(store):
    doors = [Door(SIGN_UP, DOOR.address, f"browser {n}", IP) for n in range(2)]
    typed = []
    for door in doors:
        accounts.ask_to_sign_up(store, form(), door.browser, IP)
        typed.append(store.write(code_for, door.address))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda n: store.write(accounts.finish_sign_up, doors[n], typed[n]), range(2)))

    assert sorted(bool(token) for token, _ in done) == [False, True]
    assert [type(refusal) for _, refusal in done if refusal] == [CodeExpired]


def test_the_password_that_counts_is_the_one_of_the_newest_form(store):
    accounts.ask_to_sign_up(store, form(password="the first password"), BROWSER, IP)
    advance(store, seconds=61)
    accounts.ask_to_sign_up(store, form(password="the second password"), BROWSER, IP)
    store.write(accounts.finish_sign_up, DOOR, store.write(code_for, DOOR.address))
    assert accounts.sign_in(store, DOOR.address, "the second password", IP)
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, DOOR.address, "the first password", IP)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": "  "}, Missing),
        ({"name": "\0"}, Missing),
        ({"name": "x" * 81}, TooLong),
        ({"email": "minh"}, BadAddress),
        ({"password": "123456789"}, PasswordTooShort),
        ({"password": "1234567890"}, PasswordTooCommon),
        ({"password": "QWERTYUIOP"}, PasswordTooCommon),
        ({"password": "x" * 1001}, TooLong),
    ],
)
def test_what_a_form_must_have(change, refusal):
    good = {"name": "Minh", "email": "minh@example.com", "password": NEW_PASSWORD, "language_code": "vi"}
    assert SignUp.parse(**good)
    with pytest.raises(refusal):
        SignUp.parse(**good | change)


@pytest.mark.parametrize(
    "password",
    [
        "🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑",
        "  spaces  count ",
        "mật khẩu của tôi",
        "nul\0in the middle",
        "half \ud83d of a pair",
        "x" * 1000,
    ],
)
def test_any_characters_are_welcome(store, password):
    accounts.ask_to_sign_up(store, form(password=password), BROWSER, IP)
    store.write(accounts.finish_sign_up, DOOR, store.write(code_for, DOOR.address))
    assert accounts.sign_in(store, DOOR.address, password, IP)
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, DOOR.address, password + "!", IP)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"), ("Asia/Calcutta", "Asia/Calcutta"),
        ("", "UTC"), ("../../etc/passwd", "UTC"), ("<b>", "UTC"), ("x" * 200, "UTC"), ("Etc/GMT+3\n", "UTC"),
        ("Mars/Olympus", "UTC"), ("Europe", "UTC"), ("Etc/", "UTC"), ("\0", "UTC"),
    ],
)  # fmt: skip
def test_a_zone_is_a_zones_name_or_utc(typed, kept):
    assert SignUp.parse("Zoe", DOOR.address, "long enough and not common", "en", typed).time_zone == kept


# Signing in.


def test_the_right_password_opens_a_session(store, ana, linh):
    for viewer in (ana, linh):
        token = accounts.sign_in(store, f" {viewer.address.upper()} ", PASSWORD, IP)
        assert who(store, token).account_id == viewer.account_id


def test_unknown_address_and_wrong_password_get_one_answer(store, ana):
    answers = set()
    for address in (ana.address, "nobody@example.com"):
        with pytest.raises(WrongPassword) as refused:
            accounts.sign_in(store, address, "not the password", IP)
        answers.add((refused.value.code, str(refused.value.values)))
    assert len(answers) == 1


def test_known_and_unknown_addresses_cost_one_hash_each(store, ana, monkeypatch):
    hashed = []
    monkeypatch.setattr(accounts, "verify", lambda password, kept: bool(hashed.append(kept)))
    for address in (ana.address, "nobody@example.com"):
        with pytest.raises(WrongPassword):
            accounts.sign_in(store, address, "not the password", IP)
    assert len(hashed) == 2
    # The same parameters, or the time would tell.
    assert len({h.rsplit("$", 2)[0] for h in hashed}) == 1


def test_a_hash_costs_what_owasp_advises():
    assert REAL_HASHER.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_huge_password_is_wrong_without_being_hashed(monkeypatch):
    monkeypatch.setattr(accounts.hasher, "verify", lambda *_: pytest.fail("hashed"))
    assert not accounts.verify("x" * 1001, "-")


def test_ten_wrong_passwords_an_hour_close_the_door_for_the_address(store, ana, budi):
    for n in range(10):
        with pytest.raises(WrongPassword):
            accounts.sign_in(store, ana.address, "not the password", f"192.0.2.{n}")
    with pytest.raises(TooMany):
        accounts.sign_in(store, ana.address, PASSWORD, IP)
    assert accounts.sign_in(store, budi.address, PASSWORD, IP)
    advance(store, hours=1)
    assert accounts.sign_in(store, ana.address, PASSWORD, IP)


def test_an_unknown_address_is_limited_all_the_same(store):
    for _ in range(10):
        with pytest.raises(WrongPassword):
            accounts.sign_in(store, "nobody@example.com", "not the password", IP)
    with pytest.raises(TooMany):
        accounts.sign_in(store, "nobody@example.com", "not the password", IP)


def test_wrong_passwords_are_limited_per_place_too(store, settings, ana):
    settings.limit_sign_ins_per_ip_per_hour = 3
    for n in range(3):
        with pytest.raises(WrongPassword):
            accounts.sign_in(store, f"{n}@example.com", "not the password", IP)
    with pytest.raises(TooMany):
        accounts.sign_in(store, ana.address, PASSWORD, IP)
    assert accounts.sign_in(store, ana.address, PASSWORD, "198.51.100.9")


def test_successful_sign_ins_do_not_count(store, settings, ana):
    settings.limit_sign_ins_per_hour = settings.limit_sign_ins_per_ip_per_hour = 2
    for _ in range(4):
        accounts.sign_in(store, ana.address, PASSWORD, IP)
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, ana.address, "not the password", IP)
    accounts.sign_in(store, ana.address, PASSWORD, "198.51.100.9")
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, ana.address, "not the password", "198.51.100.9")


def test_ones_own_sign_in_forgives_no_guesses_at_others(store, settings, ana, budi):
    """Else whoever has an account could guess without end by signing in between."""
    settings.limit_sign_ins_per_ip_per_hour = 3
    for _ in range(3):
        with pytest.raises(WrongPassword):
            accounts.sign_in(store, budi.address, "not the password", IP)
    with pytest.raises(TooMany):
        accounts.sign_in(store, ana.address, PASSWORD, IP)


def test_a_password_changed_while_it_was_checked_opens_nothing(store, ana, monkeypatch):
    def verify_slowly(password: str, hashed: str) -> bool:
        store.write(_set_password, ana.address, "-")
        return True

    monkeypatch.setattr(accounts, "verify", verify_slowly)
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, ana.address, PASSWORD, IP)


# A new password.


def ask_to_reset(store, address: str) -> Door:
    """Ask for a code for a new password."""
    return Door(RESET, store.write(accounts.ask_to_reset, address, "en", BROWSER, IP), BROWSER, IP)


def test_a_new_password_signs_out_everywhere_and_is_told_by_mail(store, ana, budi):
    old = [accounts.sign_in(store, ana.address, PASSWORD, IP) for _ in range(2)]
    of_budi = accounts.sign_in(store, budi.address, PASSWORD, IP)
    heard: list[set[str]] = []
    store.listeners.append(heard.append)
    door = ask_to_reset(store, " Ana@Example.com ")
    assert accounts.reset_password(store, door, store.write(code_for, ana.address), NEW_PASSWORD) is None

    assert [who(store, token) for token in old] == [NOBODY, NOBODY]
    assert who(store, of_budi).account_id == budi.account_id
    assert {f"session:{keys.token_hash(token)}" for token in old} <= set().union(*heard)
    assert accounts.sign_in(store, ana.address, NEW_PASSWORD, IP)
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, ana.address, PASSWORD, IP)
    [told] = store.write(mails)
    assert (told.kind, told.address, told.language, told.data["what"]) == (
        "security", ana.address, "es", "password_changed",
    )  # fmt: skip


def test_resetting_an_unknown_address_looks_the_same_and_does_nothing(store, ana):
    for address in (ana.address, "nobody@example.com"):
        door = ask_to_reset(store, address)
        assert store.read(codes.status, door).sent
        assert accounts.reset_password(store, door, "00000", NEW_PASSWORD).code == "code_wrong"
    assert {m.address for m in store.write(mails)} == {ana.address}
    assert store.read(accounts.find, "nobody@example.com") is None


def test_a_weak_password_uses_no_code_up(store, ana):
    door = ask_to_reset(store, ana.address)
    code = store.write(code_for, ana.address)
    for weak in ("short", "1234567890"):
        with pytest.raises((PasswordTooShort, PasswordTooCommon)):
            accounts.reset_password(store, door, code, weak)
    assert accounts.reset_password(store, door, code, NEW_PASSWORD) is None


def test_a_wrong_code_changes_nothing(store, ana):
    token = accounts.sign_in(store, ana.address, PASSWORD, IP)
    door = ask_to_reset(store, ana.address)
    code = store.write(code_for, ana.address)
    assert accounts.reset_password(store, door, f"{(int(code) + 1) % 10**6:06d}", NEW_PASSWORD)
    assert who(store, token).account_id == ana.account_id
    assert accounts.sign_in(store, ana.address, PASSWORD, IP)


def test_a_new_password_opens_the_door_that_guessing_closed(store, ana):
    for _ in range(10):
        with pytest.raises(WrongPassword):
            accounts.sign_in(store, ana.address, "not the password", IP)
    door = ask_to_reset(store, ana.address)
    accounts.reset_password(store, door, store.write(code_for, ana.address), NEW_PASSWORD)
    assert accounts.sign_in(store, ana.address, NEW_PASSWORD, IP)


def test_hundreds_of_old_sessions_do_not_keep_one_from_a_new_password(store, ana):
    """A single NOTIFY takes less than 8000 bytes; each session is a topic of 72."""

    def many(work) -> None:
        account = accounts.find(work, ana.address)
        for _ in range(300):
            sessions.begin(work, account)

    store.write(many)
    door = ask_to_reset(store, ana.address)
    assert accounts.reset_password(store, door, store.write(code_for, ana.address), NEW_PASSWORD) is None


def test_a_code_is_for_one_thing(store, ana):
    accounts.ask_to_sign_up(store, form(), BROWSER, IP)
    code = store.write(code_for, DOOR.address)
    door = Door(RESET, DOOR.address, BROWSER, IP)
    assert isinstance(accounts.reset_password(store, door, code, NEW_PASSWORD), CodeExpired)


def test_the_chosen_language_is_remembered(work, ana, budi):
    accounts.speak(work, ana.account_id, "uk")
    accounts.speak(work, budi.account_id, "tlh")
    work.session.expire_all()
    assert accounts.find(work, ana.address).language == "uk"
    assert accounts.find(work, budi.address).language == "en"


def test_no_password_is_readable_in_the_database(store):
    accounts.ask_to_sign_up(store, form(), BROWSER, IP)
    store.write(accounts.finish_sign_up, DOOR, store.write(code_for, DOOR.address))

    def everything(work) -> str:
        return str([work.session.exec(select(t)).all() for t in (Account, Challenge, Alert)])

    assert NEW_PASSWORD not in store.read(everything)
    assert "$argon2id$" in store.read(accounts.find, DOOR.address).password_hash
    assert store.read(notifications.next_due_at) is None


def _set_password(work, address: str, hashed: str) -> None:
    accounts.find(work, address).password_hash = hashed
