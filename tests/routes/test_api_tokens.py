"""Who comes in: tokens of the API that hold, end and are revoked."""

import pytest
from sqlmodel import select

from tests.cast import ANA, LINH, PASSWORD
from tests.routes.system import System, opens_ticket, problem_of
from ticket_portal.domain import accounts, api_tokens, keys, tickets
from ticket_portal.store.tables import ApiToken


def test_nobody_comes_in_without_a_token_that_holds(system, store):
    number = opens_ticket(system, ANA.address)
    revoked = store.write(api_tokens.new_token, LINH.address)
    store.write(_revoke, revoked)

    for token in ("", "nonsense", revoked, "' OR 1=1 --"):
        answer = System(store, token).calls("GET", f"/api/v1/tickets/{number}")
        assert problem_of(answer) == (401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for header in ("Basic abc", "Bearer", "Bearer  "):
        answer = System(store, "").calls("GET", f"/api/v1/tickets/{number}", Authorization=header)
        assert problem_of(answer) == (401, "unauthorized")


def test_a_token_ends_with_its_agents_rights(system, store):
    number = opens_ticket(system, ANA.address)
    assert system.calls("GET", f"/api/v1/tickets/{number}").status_code == 200
    store.write(_becomes, LINH.address, "customer")
    try:
        assert system.calls("GET", f"/api/v1/tickets/{number}").status_code == 401
    finally:
        store.write(_becomes, LINH.address, "agent")


def test_a_token_is_for_the_team_alone_and_kept_as_a_hash(store):
    for address in (ANA.address, "unknown@example.com"):
        with pytest.raises(tickets.NotFound):
            store.write(api_tokens.new_token, address)
    token = store.write(api_tokens.new_token, "LINH@example.com")
    kept = store.read(lambda work: work.session.exec(select(ApiToken.token_hash)).all())
    assert kept
    assert token not in kept


def test_a_cookie_opens_nothing(system, store, monkeypatch):
    number = opens_ticket(system, ANA.address)
    session = accounts.sign_in(store, LINH.address, PASSWORD, "192.0.2.1")

    answer = System(store, "").calls("GET", f"/api/v1/tickets/{number}", Cookie=f"portal_session={session}")

    assert answer.status_code == 401


def _revoke(work, token: str) -> None:
    work.session.get_one(ApiToken, keys.token_hash(token)).revoked_at = work.now


def _becomes(work, address: str, role: str) -> None:
    accounts.find(work, address).role = role
