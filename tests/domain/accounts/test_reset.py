"""A new password for who forgot theirs."""

import pytest

from tests.cast import BROWSER, IP, PASSWORD, WRONG_CODE, code_for, mails
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, codes
from ticket_portal.domain.accounts.accounts import RESET
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.errors import (
    PasswordTooCommon,
    PasswordTooShort,
    WrongPassword,
)
from ticket_portal.domain.people import NOBODY

NEW_PASSWORD = "a new and longer one"


def who(store, token: str):
    """Whose session a token opens."""
    return store.read(sessions.viewer, keys.token_hash(token))


def ask_to_reset(store, address: str) -> CodeScope:
    """Ask for a code for a new password."""
    return CodeScope(RESET, store.write(accounts.ask_to_reset, address, "en", BROWSER, IP), BROWSER, IP)


def test_a_new_password_signs_out_everywhere_and_is_told_by_mail(store, ana, budi):
    old = [accounts.sign_in(store, ana.address, PASSWORD, IP) for _ in range(2)]
    of_budi = accounts.sign_in(store, budi.address, PASSWORD, IP)
    heard: list[set[str]] = []
    store.listeners.append(heard.append)
    scope = ask_to_reset(store, " Ana@Example.com ")
    assert accounts.reset_password(store, scope, store.write(code_for, ana.address), NEW_PASSWORD) is None

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
        scope = ask_to_reset(store, address)
        assert store.read(codes.status, scope).sent
        assert accounts.reset_password(store, scope, WRONG_CODE, NEW_PASSWORD).code == "code_wrong"
    assert {m.address for m in store.write(mails)} == {ana.address}
    assert store.read(accounts.find, "nobody@example.com") is None


def test_a_weak_password_uses_no_code_up(store, ana):
    scope = ask_to_reset(store, ana.address)
    code = store.write(code_for, ana.address)
    for weak in ("short", "1234567890"):
        with pytest.raises((PasswordTooShort, PasswordTooCommon)):
            accounts.reset_password(store, scope, code, weak)
    assert accounts.reset_password(store, scope, code, NEW_PASSWORD) is None


def test_a_wrong_code_changes_nothing(store, ana):
    token = accounts.sign_in(store, ana.address, PASSWORD, IP)
    scope = ask_to_reset(store, ana.address)
    code = store.write(code_for, ana.address)
    assert accounts.reset_password(store, scope, f"{(int(code) + 1) % 10**6:06d}", NEW_PASSWORD)
    assert who(store, token).account_id == ana.account_id
    assert accounts.sign_in(store, ana.address, PASSWORD, IP)


def test_a_new_password_opens_the_door_that_guessing_closed(store, ana):
    for _ in range(10):
        with pytest.raises(WrongPassword):
            accounts.sign_in(store, ana.address, "not the password", IP)
    scope = ask_to_reset(store, ana.address)
    accounts.reset_password(store, scope, store.write(code_for, ana.address), NEW_PASSWORD)
    assert accounts.sign_in(store, ana.address, NEW_PASSWORD, IP)


def test_hundreds_of_old_sessions_do_not_keep_one_from_a_new_password(store, ana):
    """A single NOTIFY takes less than 8000 bytes; each session is a topic of 72."""

    def many(work) -> None:
        account = accounts.find(work, ana.address)
        for _ in range(300):
            sessions.begin(work, account)

    store.write(many)
    scope = ask_to_reset(store, ana.address)
    assert accounts.reset_password(store, scope, store.write(code_for, ana.address), NEW_PASSWORD) is None
