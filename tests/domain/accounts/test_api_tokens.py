"""Tokens of the API: what they may do, when they end, and what is known of them."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from tests.cast import ADMIN, ANA, LINH
from ticket_portal.domain import keys
from ticket_portal.domain.accounts import accounts, api_tokens
from ticket_portal.domain.accounts.api_tokens import BadExpiry, BadToken, Scope, ScopeMissing, TokenState
from ticket_portal.domain.people import NOBODY
from ticket_portal.store.tables import ApiToken


def _only(work) -> api_tokens.TokenView:
    [found] = api_tokens.views(work)
    return found


def test_a_token_has_a_form_that_scanners_find_and_older_ones_still_work(work):
    token = api_tokens.new_token(work, LINH.address)
    assert token.startswith("tp_")
    assert api_tokens.caller(work, token).viewer.address == LINH.address

    older = keys.new_token()
    work.session.get_one(ApiToken, keys.token_hash(token)).token_hash = keys.token_hash(older)
    work.flush()
    assert api_tokens.caller(work, older).viewer.address == LINH.address


def test_what_is_kept_of_a_token_opens_nothing(work):
    token = api_tokens.new_token(work, LINH.address, name="Billing")
    row = work.session.exec(select(ApiToken)).one()
    for kept in (row.token_hash, row.public_id, *vars(_only(work)).values()):
        assert token not in str(kept)
        assert api_tokens.caller(work, str(kept)).viewer == NOBODY


@pytest.mark.parametrize(
    ("typed", "days"), [("", 365), ("90d", 90), (" 1D ", 1), ("never", None), ("Never", None)]
)
def test_a_token_ends_after_days_or_never(work, clock, typed, days):
    expected = None if days is None else clock.now + timedelta(days=days)
    assert api_tokens.expiry(work, typed) == expected


def test_a_token_ends_after_a_day_in_utc(work, clock):
    clock._work.now = datetime(2027, 1, 31, 23, 59, tzinfo=UTC)
    assert api_tokens.expiry(work, "2027-01-31") == datetime(2027, 2, 1, tzinfo=UTC)
    with pytest.raises(BadExpiry):
        api_tokens.expiry(work, "2027-01-30")


@pytest.mark.parametrize(
    "typed",
    ["0d", "-1d", "99999d" * 2, "9999999d", "9999-12-31", "2020-01-01", "soon", "90", "2027-02-30", "１d"],
)
def test_what_is_no_time_in_the_future_is_refused(work, typed):
    with pytest.raises(BadExpiry):
        api_tokens.expiry(work, typed)


def test_a_token_works_until_it_expires(work, clock):
    token = api_tokens.new_token(work, LINH.address, expires="2d")
    clock.advance(days=2, seconds=-1)
    assert api_tokens.caller(work, token).viewer.of_team
    clock.advance(seconds=1)
    assert api_tokens.caller(work, token).viewer == NOBODY
    assert _only(work).state == TokenState.EXPIRED


def test_a_token_is_revoked_by_its_id_once(work, clock):
    kept, token = (api_tokens.new_token(work, LINH.address) for _ in range(2))
    row = work.session.get_one(ApiToken, keys.token_hash(token))

    api_tokens.revoke(work, row.public_id)
    first = row.revoked_at
    clock.advance(days=1)

    assert api_tokens.revoke(work, row.public_id).state == TokenState.REVOKED
    assert row.revoked_at == first
    assert api_tokens.caller(work, token).viewer == NOBODY
    assert api_tokens.caller(work, kept).viewer.of_team
    for unknown in ("", "nonsense", token, row.token_hash):
        with pytest.raises(api_tokens.NoSuchToken):
            api_tokens.revoke(work, unknown)


def test_the_beginning_of_an_id_is_enough_where_it_is_one_token_s(work):
    rows = [
        work.session.get_one(ApiToken, keys.token_hash(api_tokens.new_token(work, LINH.address)))
        for _ in range(2)
    ]
    for row, public_id in zip(rows, ("abc_1", "abcd2"), strict=True):
        row.public_id = public_id
    work.flush()

    for unclear in ("a", "abc"):
        with pytest.raises(api_tokens.TokenUnclear):
            api_tokens.revoke(work, unclear)
    for pattern in ("%", "_", "ab__1"):
        with pytest.raises(api_tokens.NoSuchToken):
            api_tokens.revoke(work, pattern)
    assert api_tokens.revoke(work, "abc_").id == "abc_1"
    assert rows[1].revoked_at is None


def test_a_token_whose_agent_is_none_now_is_told_as_suspended(work):
    """As a role that was changed in the database by hand leaves it."""
    token = api_tokens.new_token(work, LINH.address)
    accounts.find(work, LINH.address).role = "customer"
    work.flush()
    assert _only(work).state == TokenState.SUSPENDED
    assert api_tokens.caller(work, token).viewer == NOBODY


def test_the_list_tells_what_an_operator_asks(work, admin, clock):
    api_tokens.new_token(work, LINH.address, name="  Billing\nsystem ", scope=Scope.READ, by=admin.account_id)
    clock.advance(seconds=1)
    api_tokens.new_token(work, ADMIN.address)

    newest, billing = api_tokens.views(work)

    assert (newest.agent, newest.name) == (ADMIN.address, f"Admin, {clock.now:%Y-%m-%d}")
    assert (billing.name, billing.scope, billing.created_by) == ("Billing system", "read", ADMIN.address)
    assert (billing.state, billing.last_used_at) == (TokenState.ACTIVE, None)
    assert [t.id for t in api_tokens.views(work, "LINH@example.com")] == [billing.id]
    with pytest.raises(api_tokens.NotFound):
        api_tokens.views(work, "unknown@example.com")


def test_its_use_is_noted_once_a_minute(work, clock):
    token = api_tokens.new_token(work, LINH.address)
    noted = []
    for seconds in (0, 30, 29, 1, 59, 1):
        clock.advance(seconds=seconds)
        caller = api_tokens.caller(work, token)
        noted.append(caller.note_use)
        if caller.note_use:
            api_tokens.note_use(work, caller)
    assert noted == [True, False, False, True, False, True]
    assert _only(work).last_used_at == clock.now


def test_a_scope_holds_what_it_includes(work):
    reader, writer = (
        api_tokens.caller(work, api_tokens.new_token(work, LINH.address, scope=scope)) for scope in Scope
    )
    api_tokens.require_scope(reader, Scope.READ)
    api_tokens.require_scope(writer, Scope.READ)
    api_tokens.require_scope(writer, Scope.WRITE)
    with pytest.raises(ScopeMissing):
        api_tokens.require_scope(reader, Scope.WRITE)
    assert set(api_tokens.INCLUDES) == set(Scope)


def test_a_token_that_ends_during_its_request_writes_nothing(work):
    """Its sender holds the body back until the token is revoked, and then goes on."""
    caller = api_tokens.caller(work, api_tokens.new_token(work, LINH.address))
    api_tokens.require(work, caller, Scope.WRITE)
    api_tokens.revoke(work, _only(work).id)
    with pytest.raises(BadToken):
        api_tokens.require(work, caller, Scope.WRITE)


def test_the_security_log_tells_of_tokens_without_showing_one(store, caplog):
    caplog.set_level(logging.INFO, "ticket_portal.security")
    token = store.write(api_tokens.new_token, LINH.address, scope=Scope.READ)
    store.write(api_tokens.revoke, store.read(api_tokens.views)[0].id)
    with pytest.raises(BadToken):
        api_tokens.authenticate(store, token, "192.0.2.1")

    said = [record.getMessage() for record in caplog.records]
    assert [line.split()[0] for line in said] == [
        "event=api_token_created",
        "event=api_token_revoked",
        "event=api_token_refused",
    ]
    for line in said:
        assert token not in line
        assert keys.token_hash(token) not in line
        assert LINH.address not in line
        assert "192.0.2.1" not in line


def test_a_customer_gets_no_token(work):
    with pytest.raises(api_tokens.NotFound):
        api_tokens.new_token(work, ANA.address)
