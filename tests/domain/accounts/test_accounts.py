"""Accounts: signing up, and what is kept of an account."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from tests.cast import BROWSER, IP, code_for, mails
from tests.conftest import advance
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, codes
from ticket_portal.domain.accounts.accounts import RESET, SIGN_UP, SignUp
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.errors import (
    BadAddress,
    CodeExpired,
    CodeWrong,
    Missing,
    PasswordTooCommon,
    PasswordTooShort,
    TooLong,
    WrongPassword,
)
from ticket_portal.store.tables import Account, Alert, Challenge

NEW_PASSWORD = "a new and longer one"
DOOR = CodeScope(SIGN_UP, "minh@example.com", BROWSER, IP)


def form(address: str = "minh@example.com", password: str = NEW_PASSWORD) -> SignUp:
    """What somebody typed into the sign-up form."""
    return SignUp.parse(" Minh  Nguyen ", address, password, "vi", "Asia/Ho_Chi_Minh")


def who(store, token: str):
    """Whose session a token opens."""
    return store.read(sessions.viewer, keys.token_hash(token))


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
        store.read(codes.status, CodeScope(SIGN_UP, a, BROWSER, IP)).sent
        for a in (ana.address, "minh@example.com")
    ]
    assert statuses == [True, True]

    sent = {(m.kind, m.address, m.data.get("what")) for m in store.write(mails)}
    assert sent == {("security", ana.address, "already_signed_up"), ("code", "minh@example.com", None)}
    token, refusal = store.write(
        accounts.finish_sign_up, CodeScope(SIGN_UP, ana.address, BROWSER, IP), "000000"
    )
    assert (token, type(refusal)) == ("", CodeWrong)
    assert store.read(accounts.find, ana.address).password_hash == hash_before


def test_known_and_unknown_addresses_write_the_same_rows(store, ana):
    def rows(work) -> int:
        return len(work.session.exec(select(Challenge)).all()), len(
            work.session.exec(select(Alert)).all()  # also of the mail that tells the owner of a known address
        )

    accounts.ask_to_sign_up(store, form(ana.address), BROWSER, IP)
    known = store.read(rows)
    accounts.ask_to_sign_up(store, form("minh@example.com"), BROWSER, IP)
    assert store.read(rows) == (known[0] * 2, known[1] * 2)


def test_signing_up_in_two_browsers_makes_one_account(store):
    doors = [CodeScope(SIGN_UP, DOOR.address, f"browser {n}", IP) for n in range(2)]
    typed = []
    for scope in doors:
        accounts.ask_to_sign_up(store, form(), scope.browser, IP)
        typed.append(store.write(code_for, scope.address))
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
        "🔑🚀🎉🐙🌵🍕🎸📎🧊🦉",
        "  spaces  count ",
        "mật khẩu của tôi",
        "nul\0in the middle",
        "half \ud83d of a pair",
        "the harbour at night " * 3 + "x" * 937,
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


def test_a_code_is_for_one_thing(store, ana):
    accounts.ask_to_sign_up(store, form(), BROWSER, IP)
    code = store.write(code_for, DOOR.address)
    scope = CodeScope(RESET, DOOR.address, BROWSER, IP)
    assert isinstance(accounts.reset_password(store, scope, code, NEW_PASSWORD), CodeExpired)


def test_the_chosen_language_is_remembered(work, ana, budi):
    accounts.set_language(work, ana.account_id, "uk")
    accounts.set_language(work, budi.account_id, "tlh")
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
    assert store.read(outbox.next_due_at) is None
