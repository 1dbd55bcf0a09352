"""What a guest's link does alone, and what the log says of all this: nothing."""

import time

import httpx
from sqlmodel import select

from tests.security.conftest import CANARY, World, signed_in
from tests.security.server import Served
from ticket_portal.store.tables import Challenge
from ticket_portal.store.unit_of_work import Work

PASSWORD = "portal-demo-1"


def test_a_link_alone_changes_nothing_and_a_mail_scanner_gets_nothing(portal: Served, world: World) -> None:
    """Following the link sends no code and starts no session; neither does HEAD."""

    def codes(work: Work) -> int:
        return len(work.session.exec(select(Challenge)).all())

    before = portal.store.read(codes)
    for method in ("GET", "HEAD"):
        answer = httpx.request(method, f"{portal.url}/guest/{world.minh_link}")
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "minh" not in answer.text
        assert CANARY not in answer.text
    assert portal.store.read(codes) == before


def test_a_code_works_only_in_the_browser_that_asked(portal: Served, world: World) -> None:
    """Whoever sees the mail, or guesses, needs that browser's cookie; and tries are counted."""
    told: list[str] = []
    with httpx.Client(base_url=portal.url, headers={"Origin": portal.url}) as asker:
        asker.post("/auth/guest/send-code", data={"token": world.minh_link})
        with httpx.Client(base_url=portal.url, headers={"Origin": portal.url}) as thief:
            for number in range(15):
                form = {"token": world.minh_link, "code": f"{number:06d}"}
                answer = thief.post("/auth/guest/verify", data=form)
                told.append(str(answer.headers.get_list("set-cookie")))
    assert not any("portal_guest" in cookies for cookies in told)


def test_secrets_are_not_in_the_log(portal: Served, world: World) -> None:
    """Not the link's token, not a password, not a session, not what people write or are called."""
    httpx.get(f"{portal.url}/guest/{world.minh_link}?code=123456")
    httpx.get(f"{portal.url}/guest/{world.minh_link}/more")
    httpx.post(f"{portal.url}/guest/{world.minh_link}", data={"x": "y"})
    secret = signed_in(portal, "ana@example.com")
    httpx.get(f"{portal.url}/tickets/{world.ana_number}", cookies=secret)
    time.sleep(0.3)
    log = portal.logged()
    for private in (world.minh_link, secret["portal_session"], PASSWORD, "ana@example.com", CANARY):
        assert private not in log
