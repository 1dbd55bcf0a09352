"""Every answer of the plain doors: its headers, what is served at all, and forms too large."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.security.doors import DOORS
from tests.security.server import Served

PASSWORD = "portal-demo-1"
UNKNOWN = "A" * 43
# One address for each kind of answer: page, missing page, redirect, file, API, plain door, refusal.
ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/es/sign-in", 200),
    ("GET", "/nothing-here", 404),
    ("GET", "/es/nothing/at/all", 404),
    ("GET", "/assets/nothing.js", 404),
    ("GET", "/tickets", 303),
    ("GET", "/updates", 303),
    ("GET", "/uk/updates", 303),
    ("GET", "/ua/tickets/new", 301),
    ("GET", f"/guest/{UNKNOWN}", 404),
    ("GET", "/favicon.svg", 200),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 200),
    ("GET", "/api/v1/tickets/1", 401),
    ("GET", "/api/docs", 200),
    ("GET", "/dev/mailbox", 200),
    ("GET", "/dev/mailbox/gallery", 200),
    ("GET", "/check-message", 200),
    ("POST", "/webhooks/resend", 404),
    ("POST", "/auth/sign-in", 403),
    ("GET", "/auth/sign-in", 404),
    ("HEAD", "/sign-in", 200),
    ("OPTIONS", "/sign-in", 405),
    ("TRACE", "/sign-in", 405),
    ("PUT", "/sign-in", 405),
    ("GET", "/notifications/mute/junk", 404),
    ("GET", "/notifications/not-me/junk", 404),
    ("POST", "/notifications/not-me/junk", 404),
    ("GET", "/guest/tickets", 303),
    ("GET", "/guest/tickets/12345", 303),
    ("GET", "/_event/", 404),
    ("GET", "/es/help/alerts", 200),
    ("GET", "/help/nothing-here", 404),
    ("GET", "/sitemap.xml", 200),
    ("GET", "/robots.txt", 200),
    ("GET", "/help-feedback", 404),
    ("GET", "/sw.js", 200),
    ("GET", "/es/manifest.webmanifest", 200),
    ("GET", "/offline/uk", 200),
    ("GET", "/offline/xx", 404),
    ("GET", "/devices/key", 200),
    ("POST", "/devices/renew", 403),
]


def test_nothing_typed_gets_into_a_header(browser: httpx.Client) -> None:
    """Line ends in fields stay in the address they are quoted into."""
    inject = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>"
    for door in DOORS:
        names = ("email", "language", "next", "token", "number", "name", "code", "password", "time_zone")
        names += ("article", "helpful", "missing")
        answer = browser.post(door, data=dict.fromkeys(names, inject))
        assert answer.status_code in (303, 400, 422)
        assert "evil=1" not in str(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize(("method", "address", "status"), ANSWERS)
def test_every_answer_has_its_headers(portal: Served, method: str, address: str, status: int) -> None:
    """Pages, refusals, redirects and files alike: never framed, never sniffed, only own scripts."""
    answer = httpx.request(method, portal.url + address)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy or "default-src 'none'" in policy
    assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "")
    assert "*" not in policy
    assert answer.headers.get("server", "") in ("granian", "")
    assert "x-powered-by" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/assets/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/assets/..%5c..%5cetc",
        "/%00",
        "/.env",
        "/.web/env.json",
        "/data/portal.db",
        "/rxconfig.py",
        "/routes.json",
        "/backend/stateful_pages.json",
        "/assets//etc/passwd",
        "/%252e%252e/etc/passwd",
        "/_upload",
        "/_upload/x",
        "/auth-codespace",
        "/_all_routes",
        "/sign-in/index.html",
        "/.git/config",
    ],
)
def test_only_what_was_built_is_served(portal: Served, path: str) -> None:
    """No file of the machine, of the project or of Reflex."""
    host, port = urlsplit(portal.url).hostname, urlsplit(portal.url).port
    with socket.create_connection((host, port), 5) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode("utf-8", "replace")
    assert answer.split(" ", 2)[1] in ("404", "400"), answer[:300]
    assert "root:" not in answer


@pytest.mark.parametrize("door", DOORS)
def test_forms_too_large_are_refused(portal: Served, door: str) -> None:
    """Many fields, long fields, files: refused before they fill the memory, and without a word in the log."""
    own = {"Origin": portal.url}
    form = {"Content-Type": "application/x-www-form-urlencoded", **own}
    for content in (
        b"email=" + b"a" * 3_000_000,
        b"&".join(b"a%d=b" % n for n in range(5_000)),
        b"%" * 9_000,
    ):
        assert httpx.post(portal.url + door, content=content, headers=form, timeout=20).status_code in (
            303,
            400,
            413,
        )
    answers = [
        httpx.post(portal.url + door, files={"email": ("a.txt", b"x" * 3_000_000)}, headers=own, timeout=20),
        httpx.post(portal.url + door, content=b"--x", headers={"Content-Type": "multipart/form-data", **own}),
        httpx.post(
            portal.url + door, content=b"\xff\xfe{", headers={"Content-Type": "application/json", **own}
        ),
        httpx.post(portal.url + door, content=b"email=%ff%00%ed%a0%80", headers=form),
    ]
    assert {a.status_code for a in answers} <= {303, 400, 413, 422}
    assert "Traceback" not in portal.logged(), portal.logged()[-3000:]
