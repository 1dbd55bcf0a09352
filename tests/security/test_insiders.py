"""The doors of insiders, which are there for nobody else and never in production."""

from collections.abc import Iterator

import httpx
import pytest

from tests.security.conftest import World
from tests.security.server import Served, served

INSIDE = [("GET", "/dev/mailbox"), ("GET", "/dev/mailbox/1"), ("GET", "/dev/mailbox/1/html"), ("GET", "/test/mailbox"),
          ("GET", "/dev/mailbox/gallery"), ("GET", "/dev/mailbox/gallery/mail"),
          ("DELETE", "/test/mailbox"), ("GET", "/test/scenarios"), ("POST", "/test/scenarios/empty"),
          ("GET", "/test/push"), ("DELETE", "/test/push"),
          ("POST", "/test/clock"), ("POST", "/test/faults")]  # fmt: skip


@pytest.mark.parametrize(("method", "address"), INSIDE)
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Authorization": "Bearer nothing"},
    ],
    ids=str,
)
def test_insiders_doors_are_not_there_for_others(
    portal: Served, world: World, method: str, address: str, headers: dict[str, str]
) -> None:
    """Through a proxy, under another name, from another site: 404, and nothing is done."""
    if "Authorization" in headers:  # from this machine they would need no token
        headers = {**headers, "X-Forwarded-For": "127.0.0.1"}
    answer = httpx.request(method, portal.url + address, headers=headers)
    assert answer.status_code == 404
    assert httpx.get(f"{portal.url}/guest/{world.minh_link}").status_code == 200


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """As an operator runs it."""
    chosen = {
        "env": "production",
        "test_mode": False,
        "base_url": "https://support.example.com",
        "worker": False,
    }
    with served(tmp_path_factory.mktemp("production"), **chosen) as running:
        yield running


@pytest.mark.parametrize(("method", "address"), INSIDE)
def test_production_has_no_insiders_doors(production: Served, method: str, address: str) -> None:
    """Not even from this machine."""
    assert httpx.request(method, production.url + address).status_code == 404


def test_production_marks_its_cookies_secure(production: Served) -> None:
    """The public address is https: no cookie may travel without it, and no other origin is the portal's."""
    own = {"Origin": "https://support.example.com"}
    form = {"email": "who@example.com", "password": "a wrong one of mine"}
    answer = httpx.post(f"{production.url}/auth/sign-in", data=form, headers=own)
    assert answer.status_code == 303
    assert all("; Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))
    refused = httpx.post(
        f"{production.url}/auth/sign-in", data=form, headers={"Origin": "http://localhost:3000"}
    )
    assert refused.status_code == 403
