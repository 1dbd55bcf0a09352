"""The doors of insiders, which are there for nobody else and never in production."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request

from tests.security.conftest import World
from tests.security.server import Served, served
from ticket_portal.routes.asgi.internal_access import may_enter
from ticket_portal.settings import Settings

INSIDE = [("GET", "/dev/mailbox"), ("GET", "/dev/mailbox/1"), ("GET", "/dev/mailbox/1/html"), ("GET", "/test/mailbox"),
          ("GET", "/dev/mailbox/gallery"), ("GET", "/dev/mailbox/gallery/mail"),
          ("DELETE", "/test/mailbox"), ("GET", "/test/scenarios"), ("POST", "/test/scenarios/empty"),
          ("GET", "/test/push"), ("DELETE", "/test/push"),
          ("POST", "/test/clock"), ("POST", "/test/faults")]  # fmt: skip


# What proxies, balancers and tunnels add of their own; no list of them is ever complete.
MARKS = ("X-Forwarded-Port", "X-Forwarded-Server", "X-Original-Host", "X-Original-URL", "X-Cluster-Client-IP",
         "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Ray", "CDN-Loop", "Fastly-Client-IP", "Fly-Client-IP",
         "X-Envoy-External-Address", "X-Request-Id", "X-Amzn-Trace-Id", "X-Azure-ClientIP", "X-Appengine-User-IP",
         "X-ProxyUser-Ip", "Proxy-Connection", "Max-Forwards", "Traceparent", "X-Varnish", "X-Next-Year")  # fmt: skip


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
        *({name: "127.0.0.1"} for name in MARKS),
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Origin": "http://localhost:1"},
        {"Origin": "https://127.0.0.1"},
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


# `{port}` is the portal's own. Chromium sends the first three as they are, for a name that leads to 127.0.0.1.
HOSTS = ["a{{b}}.evil.example:{port}", "a`b.evil.example:{port}", 'a"b.evil.example:{port}', "127.0.0.1:65536",
         "127.0.0.1:abc", "127.0.0.1:{port}:80", "\u00e4.evil.example:{port}", "", " ", ":", ":{port}", "127.0.0.1",
         "127.0.0.1:", "127.0.0.1:1", "localhost", "localhost:1", "LOCALHOST.:{port}", "localhost.:{port}",
         "localhost.evil.example:{port}", "evil.example:{port}", "evil.example", "127.1:{port}", "0x7f.1:{port}",
         "2130706433:{port}", "0.0.0.0:{port}", "[::ffff:127.0.0.1]:{port}", "[::1", "[::1]x:{port}",
         "127.0.0.2:{port}",
         "user@127.0.0.1:{port}", "127.0.0.1:{port}/x", "127.0.0.1:{port}#x", "127.0.0.1:{port},evil.example",
         "127.0.0.1:0{port}", "127.0.0.1:+{port}", "127.0.0.1%00:{port}", "127.0.0.1\t:{port}", "a" * 300]  # fmt: skip
ADDRESSES = [address for method, address in INSIDE if method == "GET"] + ["/metrics", "/test/clock"]


def answered(portal: Served, head: str) -> int:
    """Send exactly these lines, and return the status of the answer."""
    parts = urlsplit(portal.url)
    with socket.create_connection((parts.hostname, parts.port or 80), 20) as line:
        line.sendall(head.encode("latin-1"))
        return int(line.makefile("rb").readline().split()[1])


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_this_machines_own_name_opens_them(portal: Served, address: str) -> None:
    """By DNS rebinding a page reaches 127.0.0.1 under a name of its own, which may be malformed."""
    port = urlsplit(portal.url).port
    for host in HOSTS:
        head = f"GET {address} HTTP/1.1\r\nHost: {host.format(port=port)}\r\nConnection: close\r\n\r\n"
        assert answered(portal, head) in (400, 404), host
    own = f"Host: 127.0.0.1:{port}\r\n"
    for lines in ("", own * 2, f"{own}Host: evil.example\r\n", f"Host: evil.example\r\n{own}"):
        assert answered(portal, f"GET {address} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n") == 400, lines
    # nginx's bare `proxy_pass` names the address of its upstream and adds no mark, but speaks HTTP/1.0.
    assert answered(portal, f"GET {address} HTTP/1.0\r\n{own}Connection: close\r\n\r\n") == 404


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_this_machine_comes_in(portal: Served, name: str) -> None:
    """As a browser and as a client."""
    port = urlsplit(portal.url).port
    own = {"Host": f"{name}:{port}"}
    browser = {"Origin": f"http://{name}:{port}", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    for address in ("/dev/mailbox", "/test/clock", "/metrics"):
        assert httpx.get(portal.url + address, headers=own).status_code == 200
        assert httpx.get(portal.url + address, headers=own | browser).status_code == 200


@pytest.mark.parametrize(
    "chosen", [{"base_url": "https://qa.example"}, {"trusted_proxies": "127.0.0.1"}], ids=str
)
def test_behind_a_proxy_only_who_is_at_this_machine_comes_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, str]
) -> None:
    """What a proxy passes on has its public name or a mark of it; a tester at the machine itself has neither."""
    for name, value in chosen.items():
        monkeypatch.setattr(settings, name, value)
    token, here = SecretStr("a token"), f"127.0.0.1:{settings.port}".encode()

    def enters(*headers: tuple[bytes, bytes]) -> bool:
        scope = {"type": "http", "http_version": "1.1", "method": "GET", "client": ("127.0.0.1", 1)}
        return may_enter(Request({**scope, "headers": list(headers)}), settings, token)

    assert enters((b"host", here))
    assert enters((b"host", b"qa.example"), (b"authorization", b"Bearer a token"))
    assert not enters((b"host", b"qa.example"))
    for mark in (
        b"x-forwarded-for",
        b"x-forwarded-port",
        b"cf-connecting-ip",
        b"true-client-ip",
        b"x-client-ip",
    ):
        assert not enters((b"host", here), (mark, b"203.0.113.7")), mark


ODD = ["GET {address} HTTP/1.1\r\n\r\n", "GET {address} HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
       "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
       "BREW {address} HTTP/1.1\r\nHost: a\r\n\r\n"]  # fmt: skip


@pytest.mark.parametrize("head", ODD)
@pytest.mark.parametrize("address", ["/", "/healthz", "/sign-in", "/api/docs", "/_event/?EIO=4", "/files/x"])
def test_what_no_browser_sends_is_refused_everywhere(portal: Served, head: str, address: str) -> None:
    """No Host, two of them, a tunnel, a method of nobody's."""
    assert answered(portal, head.format(address=address)) in (400, 404, 405, 501)


@pytest.mark.parametrize(
    "address", ["/api/v1/tickets/", "/api/docs/", "/healthz/", "/auth/sign-in/", "/files/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_names_the_host_that_the_client_named(portal: Served, method: str, address: str) -> None:
    """A slash too many leads nowhere."""
    answer = httpx.request(method, portal.url + address, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers.get("location", "")
    assert answer.status_code != 307


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """As an operator runs it."""
    chosen = {
        "env": "production",
        "test_mode": False,
        "base_url": "https://support.example.com",
        "mail": "smtp",
        "smtp_url": "smtp://127.0.0.1:9",
        "metrics_token": "a token of the tests",
        "worker": False,
    }
    with served(tmp_path_factory.mktemp("production"), **chosen) as running:
        yield running


@pytest.mark.parametrize(("method", "address"), INSIDE)
def test_production_has_no_insiders_doors(production: Served, method: str, address: str) -> None:
    """Not even from this machine."""
    assert httpx.request(method, production.url + address).status_code == 404


def test_production_has_no_metrics_without_the_token(production: Served) -> None:
    """A proxy on the same machine may leave no mark, so a loopback peer is no proof."""
    assert httpx.get(f"{production.url}/metrics").status_code == 404
    wrong, right = ({"Authorization": f"Bearer a token of the {word}"} for word in ("thief", "tests"))
    assert httpx.get(f"{production.url}/metrics", headers=wrong).status_code == 404
    assert httpx.get(f"{production.url}/metrics", headers=right).status_code == 200


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
