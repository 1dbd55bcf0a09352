"""Cookies: for the server alone, and nobody's when they are junk."""

import httpx
import pytest

from tests.security.server import Served

PASSWORD = "portal-demo-1"


def test_cookies_are_for_the_server_alone(portal: Served, browser: httpx.Client) -> None:
    """No script reads them, no other site sends them along with a POST."""
    answer = browser.post("/auth/sign-in", data={"email": "ana@example.com", "password": PASSWORD})
    cookies = answer.headers.get_list("set-cookie")
    assert {c.partition("=")[0] for c in cookies} == {"portal_session", "portal_browser"}
    for cookie in cookies:
        assert "; HttpOnly" in cookie
        assert "; SameSite=lax" in cookie
        assert "; Path=/" in cookie
        assert "Domain=" not in cookie
        assert portal.settings.secure is ("; Secure" in cookie)


@pytest.mark.parametrize(
    "cookie",
    [
        "portal_session=" + "x" * 4000,
        "portal_session=\xff\xfe",
        "portal_session",
        "=",
        ";;;;",
        'portal_session="a; b\\"',
        "portal_zone=../../etc/passwd",
        "portal_zone=/etc/passwd",
        "portal_language=" + "e" * 3000,
        "a=b; " * 300 + "c=d",
        "portal_session=%00",
        "portal_guest={}; portal_browser=[]",
        "$Version=1; portal_session=x",
    ],
)
def test_junk_in_cookies_is_nobody(portal: Served, cookie: str) -> None:
    """No cookie breaks a page."""
    for path, status in (("/", (200, 302)), ("/tickets", (303,)), ("/sign-in", (200,))):
        headers = {"Cookie": cookie.encode("latin-1")}
        assert httpx.get(portal.url + path, headers=headers).status_code in status  # pyright: ignore[reportArgumentType]
    assert "Traceback" not in portal.logged(), portal.logged()[-3000:]
