"""The doors of the settings: nothing without a session and the password, and a download without foreign words."""

import io
from zipfile import ZipFile

import httpx
import pytest

from tests.cast import BUDI, PASSWORD
from tests.security.conftest import CANARY, World, signed_in
from tests.security.server import Served
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.operations import qa
from ticket_portal.store.tables import Account

PROVED = ("/auth/change-password", "/auth/change-email", "/auth/export", "/auth/delete-account")
DOORS = (*PROVED, "/auth/sign-out-everywhere", "/auth/keep-account", "/auth/change-email/code")
TYPED = {"password": "a quiet harbour", "email": "taken.over@example.com", "code": "000000"}


def post(portal: Served, door: str, cookies: dict[str, str], **typed: str) -> httpx.Response:
    """Submit a form from a page of the portal."""
    return httpx.post(
        portal.url + door, data=typed, headers={"Origin": portal.url}, cookies=cookies, timeout=20
    )


def budi(portal: Served) -> Account:
    """His account as it is kept."""
    found = portal.store.read(accounts.find, BUDI.address)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _fresh_limits(portal: Served) -> None:
    portal.store.write(qa.forget_limits)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("attacker", ["nobody", "guest", "guest as account"])
def test_who_is_not_signed_in_is_led_to_the_sign_in(
    portal: Served, world: World, door: str, attacker: str
) -> None:
    before = budi(portal)
    answer = post(portal, door, world.cookies[attacker], current_password=PASSWORD, **TYPED)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert answer.headers["cache-control"] == "no-store"
    assert budi(portal) == before


@pytest.mark.parametrize("door", PROVED)
@pytest.mark.parametrize("password", ["", "not the password", "\0", "x" * 4_000])
def test_an_open_session_is_no_proof(portal: Served, door: str, password: str) -> None:
    before = budi(portal)
    answer = post(portal, door, signed_in(portal, BUDI.address), current_password=password, **TYPED)
    assert answer.status_code == 303
    assert "problem=" in answer.headers["location"]
    assert "password=" not in answer.headers["location"]
    assert budi(portal) == before


def test_a_download_holds_no_word_of_others_and_no_note(portal: Served, world: World) -> None:
    answer = post(portal, "/auth/export", signed_in(portal, BUDI.address), current_password=PASSWORD)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    archive = ZipFile(io.BytesIO(answer.content))
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert f"tickets/{world.budi_number}/ticket.json" in archive.namelist()
    assert "Budi's own words" in everything
    assert CANARY not in everything
    assert "password" not in everything
    assert not list(portal.store.settings.data_dir.glob("tmp*")), "nothing of it stays on the disk"


def test_the_agents_have_no_way_to_delete_themselves(portal: Served, world: World) -> None:
    cookies = signed_in(portal, "linh@example.com")
    answer = post(portal, "/auth/delete-account", cookies, current_password=PASSWORD)
    assert answer.status_code == 303
    found = portal.store.read(accounts.find, "linh@example.com")
    assert found is not None
    assert found.deletion_at is None


def test_pages_of_the_settings_need_a_sign_in(portal: Served, world: World) -> None:
    for page in ("password", "email", "email/code", "data", "delete"):
        for cookies, status in ((world.cookies["guest"], 303), (signed_in(portal, BUDI.address), 200)):
            answer = httpx.get(f"{portal.url}/es/settings/{page}", cookies=cookies)
            assert answer.status_code == status, page


@pytest.mark.parametrize("door", PROVED)
def test_guessing_the_password_ends_after_some_tries(portal: Served, world: World, door: str) -> None:
    before, stolen = budi(portal), signed_in(portal, BUDI.address)
    for n in range(portal.store.settings.limit_sign_ins_per_hour):
        post(portal, door, stolen, current_password=f"guess {n}", **TYPED)
    answer = post(portal, door, stolen, current_password=PASSWORD, **TYPED)
    assert "problem=too_many" in answer.headers["location"]
    assert budi(portal) == before
