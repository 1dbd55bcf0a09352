"""What an operator takes away by a command is gone in the running server: another process, within a second."""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.security.client import Client
from tests.security.conftest import World, signed_in
from tests.security.server import ROOT, Served, served
from ticket_portal.domain.accounts import accounts, api_tokens
from ticket_portal.domain.desk import team
from ticket_portal.domain.operations import qa
from ticket_portal.sets.roles import Role

PASSWORD = "a long password of an agent"
LIST = "/api/v1/tickets"
_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on each kind of database."""
    portal: Served = request.getfixturevalue("portal")  # which builds the front end
    if request.param == "sqlite":
        yield portal
        return
    postgres: Callable[[], str] = request.getfixturevalue("postgres")
    with served(tmp_path_factory.mktemp("operators"), database_url=postgres(), worker=False) as running:
        yield running


@pytest.fixture
def agent(server: Served) -> str:
    """The address of an agent of this test alone."""
    return new_agent(server)


def new_agent(server: Served) -> str:
    """Make another agent; return the address."""
    address = f"agent{next(_numbers)}@example.com"
    hashed = accounts.hasher.hash(PASSWORD)
    server.store.write(lambda work: team.create(work, address, "Agent", hashed, Role.AGENT) and None)
    return address


def types(server: Served, *words: str) -> str:
    """What a command prints that an operator types on the server's machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    named = {
        "PORTAL_DATA_DIR": str(server.settings.data_dir),
        "PORTAL_DATABASE_URL": server.settings.database_url,
        "PORTAL_SECRET_KEY": "a secret of the tests",
        "PORTAL_TEST_MODE": "true",
    }
    command = [sys.executable, "-m", "ticket_portal", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={**kept, **named}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def calls(server: Served, token: str, path: str = LIST) -> int:
    """The status that a system gets with this token."""
    return httpx.get(f"{server.url}{path}", headers={"Authorization": f"Bearer {token}"}).status_code


def ends(server: Served, agent: str, *words: str) -> str:
    """Type a command while the agent has a page open; return a token of theirs. The page must be gone by it."""
    cookies = signed_in(server, agent)
    token = server.store.write(api_tokens.new_token, agent)
    assert calls(server, token) == 200

    async def work() -> int | None:
        async with Client(server.url, cookies) as tab:
            await tab.visit("/agent")
            assert agent in tab.seen
            await asyncio.to_thread(types, server, *words)
            return await tab.ended(within=1)

    async def comes_back() -> str:
        async with Client(server.url, cookies) as tab:
            await tab.visit("/agent")
            return tab.seen

    assert asyncio.run(work()) == 4401
    assert httpx.get(f"{server.url}/agent", cookies=cookies).status_code == 303
    assert agent not in asyncio.run(comes_back())
    return token


def test_a_deactivated_agents_open_page_and_token_end(server: Served, agent: str) -> None:
    token = ends(server, agent, "deactivate-agent", agent)
    assert calls(server, token) == 401


@pytest.mark.parametrize("role", ["customer", "admin"])
def test_another_role_is_for_those_who_sign_in_anew(portal: Served, world: World, role: str) -> None:
    address = new_agent(portal)
    token = ends(portal, address, "set-role", address, role)
    assert calls(portal, token) == 401


def test_a_reset_password_and_a_sign_out_end_open_pages(portal: Served, world: World) -> None:
    address = new_agent(portal)
    assert calls(portal, ends(portal, address, "sign-out-agent", address)) == 200  # tokens are no sessions
    assert calls(portal, ends(portal, address, "reset-agent-password", address)) == 401


def test_a_deactivated_agent_does_not_come_in_again(server: Served, agent: str) -> None:
    typed = {"email": agent, "password": PASSWORD}
    origin = {"Origin": server.url}
    types(server, "deactivate-agent", agent)

    refused = httpx.post(f"{server.url}/auth/sign-in", data=typed, headers=origin)
    wrong = httpx.post(f"{server.url}/auth/sign-in", data=typed | {"password": "x" * 20}, headers=origin)

    assert "portal_session" not in refused.cookies
    assert (refused.status_code, refused.headers["location"]) == (
        wrong.status_code,
        wrong.headers["location"],
    )
    types(server, "reactivate-agent", agent)
    assert "portal_session" in httpx.post(f"{server.url}/auth/sign-in", data=typed, headers=origin).cookies


def test_a_token_is_revoked_or_expires(server: Served, agent: str) -> None:
    revoked, kept = (
        types(server, "create-api-token", "--agent", agent, "--name", name).strip() for name in ("A", "B")
    )
    assert (calls(server, revoked), calls(server, kept)) == (200, 200)
    listed = types(server, "list-api-tokens", "--agent", agent)
    [line] = [line for line in listed.splitlines() if " A " in line]

    types(server, "revoke-api-token", line.split()[0])

    assert (calls(server, revoked), calls(server, kept)) == (401, 200)

    def expire(work) -> None:  # as if its day had come
        for token in work.session.exec(api_tokens.select(api_tokens.ApiToken)).all():
            token.expires_at = work.now
            work.session.add(token)

    server.store.write(expire)
    assert calls(server, kept) == 401


def test_a_role_that_is_changed_in_the_database_by_hand_counts_for_the_next_call(
    server: Served, agent: str
) -> None:
    token = server.store.write(api_tokens.new_token, agent)

    def demote(work) -> None:
        accounts.find(work, agent).role = "customer"

    server.store.write(demote)
    assert calls(server, token) == 401


def test_many_bad_tokens_are_limited_and_good_ones_are_not(server: Served, agent: str) -> None:
    """Three hundred, eight at a time, as they came in nine seconds."""
    token = server.store.write(api_tokens.new_token, agent)
    try:
        with ThreadPoolExecutor(8) as together:
            codes = list(together.map(lambda n: calls(server, f"tp_{n:043}"), range(300)))

        assert codes.count(401) <= server.settings.limit_bad_tokens_per_ip_per_hour
        assert codes.count(401) + codes.count(429) == 300
        assert calls(server, token) == 200
    finally:
        server.store.write(qa.forget_limits)  # the server is shared with other tests
