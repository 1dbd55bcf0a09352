"""Who comes in: tokens of the API that hold, end and are revoked, and what each may do."""

import logging

import pytest
from sqlmodel import func, select
from starlette.routing import Mount, Route

from tests.cast import ANA, LINH, PASSWORD
from tests.conftest import advance
from tests.routes.system import System, opens_ticket, problem_of
from ticket_portal.domain.accounts import accounts, api_tokens
from ticket_portal.domain.accounts.api_tokens import Scope
from ticket_portal.domain.desk import team
from ticket_portal.domain.tickets import tickets
from ticket_portal.routes.api import routes as doors
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import ApiToken, LimitHit
from ticket_portal.store.unit_of_work import Store

UNKNOWN = f"tp_{'x' * 43}"


def test_nobody_comes_in_without_a_token_that_holds(system, store):
    number = opens_ticket(system, ANA.address)
    revoked, expired = (store.write(api_tokens.new_token, LINH.address, expires="1d") for _ in range(2))
    store.write(api_tokens.revoke, _id_of(store, revoked))
    advance(store, days=1)

    for token in ("", "nonsense", revoked, expired, UNKNOWN, "' OR 1=1 --"):
        answer = System(store, token).calls("GET", f"/api/v1/tickets/{number}")
        assert problem_of(answer) == (401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for header in ("Basic abc", "Bearer", "Bearer  "):
        answer = System(store, "").calls("GET", f"/api/v1/tickets/{number}", Authorization=header)
        assert problem_of(answer) == (401, "unauthorized")


def test_a_token_ends_with_its_agents_rights(system, store):
    number = opens_ticket(system, ANA.address)
    assert system.calls("GET", f"/api/v1/tickets/{number}").status_code == 200
    store.write(team.set_role, LINH.address, Role.CUSTOMER)
    try:
        assert system.calls("GET", f"/api/v1/tickets/{number}").status_code == 401
    finally:
        store.write(team.set_role, LINH.address, Role.AGENT)
    assert system.calls("GET", f"/api/v1/tickets/{number}").status_code == 401  # and stays ended


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


def _served() -> set[tuple[str, str]]:
    """Every method of every address that the API really answers at, but its docs."""
    [mount] = doors.routes
    assert isinstance(mount, Mount)
    return {
        (method, route.path)
        for route in mount.routes
        if isinstance(route, Route) and route.path.startswith("/v1")
        for method in route.methods or ()
    }


def test_each_address_and_method_wants_a_token_and_a_scope(system, store):
    """Read from the routes: one that is added later can't be without."""
    number = opens_ticket(system, ANA.address)
    reader = System(store, store.write(api_tokens.new_token, LINH.address, scope=Scope.READ))
    declared = {(o.method, o.path): o.scope for o in doors.OPERATIONS}
    served = _served()
    assert {(m, p) for m, p in served if m != "HEAD"} == set(declared)

    for method, path in sorted(served):
        scope = declared["GET" if method == "HEAD" else method, path]
        at = f"/api{path}".replace("{number}", str(number))
        assert System(store, "").calls(method, at).status_code == 401, (method, path)
        answer = reader.calls(method, at, {} if method == "POST" else None)
        if scope == Scope.READ:
            assert answer.status_code == 200, (method, path)
        else:
            assert problem_of(answer) == (403, "insufficient_scope"), (method, path)
            assert 'error="insufficient_scope", scope="write"' in answer.headers["www-authenticate"]
        assert (scope == Scope.READ) == (method in ("GET", "HEAD")), "what writes needs the scope for it"


def test_a_scope_is_asked_for_before_the_body_is_looked_at(system, store):
    reader = System(store, store.write(api_tokens.new_token, LINH.address, scope=Scope.READ))
    answer = reader.calls("POST", "/api/v1/tickets", b"{" * 70_000)
    assert problem_of(answer) == (403, "insufficient_scope")


def test_bad_tokens_are_limited_and_good_ones_are_not(system, store, settings, caplog):
    settings.limit_bad_tokens_per_ip_per_hour = 20
    caplog.set_level(logging.INFO, "ticket_portal.security")
    stranger = System(store, UNKNOWN)
    answers = [stranger.calls("GET", "/api/v1/tickets") for _ in range(300)]

    codes = [a.status_code for a in answers]
    assert codes == [401] * 20 + [429] * 280
    assert problem_of(answers[-1]) == (429, "too_many")
    assert answers[-1].headers["retry-after"].endswith("GMT")
    # Past the limit nothing is written, neither in the database nor in the log.
    counted = select(func.count()).select_from(LimitHit).where(LimitHit.rule == "bad_tokens_ip")
    assert store.read(lambda work: work.session.exec(counted).one()) == 20
    said = [r.getMessage() for r in caplog.records]
    assert len([line for line in said if "event=api_token_refused" in line]) == 20
    assert len([line for line in said if "event=limit_reached" in line]) == 1
    # The same address, a good token: not affected.
    assert system.calls("GET", "/api/v1/tickets").status_code == 200
    advance(store, hours=1, seconds=1)
    assert stranger.calls("GET", "/api/v1/tickets").status_code == 401


def test_bad_tokens_that_come_at_once_are_counted_each(store, system, settings):
    settings.limit_bad_tokens_per_ip_per_hour = 10
    answers = System(store, UNKNOWN).calls_at_once(40, "GET", "/api/v1/tickets", None)
    codes = [a.status_code for a in answers]
    assert (codes.count(401), codes.count(429)) == (10, 30)


def test_a_request_without_a_token_is_no_guess(store, system, settings):
    settings.limit_bad_tokens_per_ip_per_hour = 1
    for _ in range(3):
        assert System(store, "").calls("GET", "/api/v1/tickets").status_code == 401


def test_the_use_of_a_token_is_noted(store, system):
    before = store.read(api_tokens.views)[0]
    assert before.last_used_at is None
    assert system.calls("GET", "/api/v1/tickets").status_code == 200
    first = store.read(api_tokens.views)[0].last_used_at
    assert first is not None
    system.calls("GET", "/api/v1/tickets")
    assert store.read(api_tokens.views)[0].last_used_at == first
    advance(store, minutes=1)
    system.calls("GET", "/api/v1/tickets")
    assert store.read(api_tokens.views)[0].last_used_at > first


def _id_of(store: Store, token: str) -> str:
    return store.read(
        lambda work: work.session.get_one(ApiToken, api_tokens.keys.token_hash(token)).public_id
    )
