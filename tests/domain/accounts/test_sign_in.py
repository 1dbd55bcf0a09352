"""Signing in: one answer for all that is wrong, one hash for everybody, and an end to guessing."""

import pytest

from tests.cast import IP, PASSWORD
from tests.conftest import advance
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.errors import (
    TooMany,
    WrongPassword,
)

REAL_HASHER = accounts.hasher  # before conftest makes it cheap


def who(store, token: str):
    """Whose session a token opens."""
    return store.read(sessions.viewer, keys.token_hash(token))


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


def _set_password(work, address: str, hashed: str) -> None:
    accounts.find(work, address).password_hash = hashed
