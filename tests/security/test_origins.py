"""Requests of other sites: no door opens to them, and no answer is theirs to read."""

import httpx
import pytest

from tests.security.conftest import World
from tests.security.doors import DOORS
from tests.security.server import Served


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://127.0.0.1/"},
    ],
    ids=str,
)
def test_no_door_opens_to_another_site(
    portal: Served, world: World, door: str, headers: dict[str, str]
) -> None:
    """Nothing is done, and the session goes on."""
    cookies = world.cookies["customer"]
    answer = httpx.post(
        portal.url + door, data={"email": "ana@example.com"}, headers=headers, cookies=cookies
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert httpx.get(f"{portal.url}/tickets", cookies=cookies).status_code == 200


def test_every_door_is_in_the_list() -> None:
    """A new door that sets cookies is tried too."""
    from ticket_portal.routes.forms import account, claims, feedback, guest_forms, proof_link, session

    of_people = (*session.routes, *guest_forms.routes, *claims.routes, *account.routes)
    doors = (*of_people, *feedback.routes, *proof_link.forms)
    assert {route.path for route in doors} == set(DOORS)


@pytest.mark.parametrize(
    "address", ["/", "/healthz", "/api/openapi.json", "/ping", "/dev/mailbox", "/nothing"]
)
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_no_other_site_reads_an_answer(portal: Served, world: World, address: str, origin: str) -> None:
    """Reflex wraps each layer in CORS headers with credentials: they must never name another origin."""
    for method in ("GET", "OPTIONS"):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = httpx.request(method, portal.url + address, headers=asked, cookies=world.cookies["customer"])
        assert "access-control-allow-origin" not in answer.headers
