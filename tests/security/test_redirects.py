"""Where a form leads: into the portal, whatever the address bar brought along."""

import re
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.security.server import Served
from ticket_portal.i18n.locales import own_address

PASSWORD = "portal-demo-1"
TRICKS = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
    "https://evil.example", "http:evil.example", "https:/evil.example", "javascript:alert(1)", "//[", "http://[",
    "/\t/[", "evil.example", "@evil.example", " //evil.example", "/\r\nSet-Cookie: a=b", "/\u2028/evil.example", "",
    "//evil.example\\@127.0.0.1", "/%0a/\\evil", "\u00a0//evil.example", "data:text/html,x", "/\0/evil",
]  # fmt: skip


@pytest.mark.parametrize("wanted", TRICKS, ids=range(len(TRICKS)))
def test_a_sign_in_leads_only_into_the_portal(browser: httpx.Client, wanted: str) -> None:
    """Whatever the address bar brought along: else the form leads to the tickets."""
    answer = browser.post(
        "/auth/sign-in", data={"email": "ana@example.com", "password": PASSWORD, "next": wanted}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/tickets"
    assert own_address(wanted) == ""


@pytest.mark.parametrize(
    "wanted", ["/tickets/12345", "/es/agent?x=1#y", "/.//evil.example", "/a b", "/%2F/evil"]
)
def test_addresses_of_the_portal_stay(browser: httpx.Client, wanted: str) -> None:
    """What leads into the portal leads there: to its own host, as a browser reads the answer."""
    answer = browser.post(
        "/auth/sign-in", data={"email": "ana@example.com", "password": PASSWORD, "next": wanted}
    )
    assert httpx.URL(str(browser.base_url)).join(answer.headers["location"]).host == "127.0.0.1"
    assert answer.headers["location"].startswith(wanted[:2])


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/tickets",
        "/tickets/%0d%0aSet-Cookie:%20a=b",
        "/ua//evil.example",
        "/en//evil.example",
        "/%5Cevil.example/",
        "/ua/%5C%5Cevil.example",
        "//evil.example//",
    ],
)
def test_no_redirect_leads_out(portal: Served, path: str) -> None:
    """Not the language aliases, not the sign-in, not the removal of a slash."""
    host, port = urlsplit(portal.url).hostname, urlsplit(portal.url).port
    with socket.create_connection((host, port), 5) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode("latin-1")
    head = answer.partition("\r\n\r\n")[0]
    assert not re.search(r"(?im)^set-cookie: a=b", head)
    found = re.search(r"(?im)^location: (.*)$", head)
    if found:
        assert httpx.URL(f"{portal.url}/").join(found[1].strip()).host == host
        assert "\\" not in found[1]
