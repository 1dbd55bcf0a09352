"""The plain doors: forms, redirects, cookies, headers, and what is not to be told apart."""

import re
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import col, select, update

from tests.security.conftest import CANARY, World, signed_in
from tests.security.server import Served, served
from ticket_portal.domain import accounts, guests
from ticket_portal.domain.codes import Door
from ticket_portal.domain.errors import DomainError, TooManyCodes
from ticket_portal.i18n.locales import own_address
from ticket_portal.store.tables import Challenge, GuestLink
from ticket_portal.store.unit_of_work import Work

PASSWORD = "portal-demo-1"
UNKNOWN = "A" * 43

DOORS = [
    "/auth/sign-in",
    "/auth/sign-out",
    "/auth/sign-up",
    "/auth/sign-up/code",
    "/auth/sign-up/new-code",
    "/auth/forgot-password",
    "/auth/reset-password",
    "/auth/guest/send-code",
    "/auth/guest/verify",
    "/auth/guest/leave",
    "/auth/guest/switch",
    "/auth/guest/not-me",
    "/auth/claim",
    "/auth/claim/send-code",
    "/auth/claim/verify",
    "/auth/claim/undo",
    "/auth/find-ticket",
    "/help-feedback",
    "/auth/sign-out-everywhere",
    "/auth/change-password",
    "/auth/export",
    "/auth/delete-account",
    "/auth/keep-account",
    "/auth/change-email",
    "/auth/change-email/code",
    "/auth/change-email/new-code",
]

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


@pytest.fixture
def browser(portal: Served, world: World) -> Iterator[httpx.Client]:
    """A browser's own requests: from a page of the portal, redirects not followed."""
    with httpx.Client(base_url=portal.url, headers={"Origin": portal.url}, timeout=20) as client:
        yield client


# ---- requests of other sites


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
    from ticket_portal.routes import account, claims, feedback, session

    doors = (*session.routes, *claims.routes, *account.routes, *feedback.routes)
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


# ---- where a form leads


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


def test_nothing_typed_gets_into_a_header(browser: httpx.Client) -> None:
    """Line ends in fields stay in the address they are quoted into."""
    inject = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>"
    for door in DOORS:
        names = ("email", "language", "next", "token", "number", "name", "code", "password", "time_zone")
        names += ("article", "helpful", "missing")
        answer = browser.post(door, data=dict.fromkeys(names, inject))
        assert answer.status_code in (303, 400, 422)
        assert "evil=1" not in str(answer.headers.get_list("set-cookie"))


# ---- cookies


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


# ---- known or unknown: the same answer, by the same work


class Counted:
    """How many statements and hashes some work needs."""

    def __init__(self, portal: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        """Watch the store and the hasher of this process."""
        self._engine = portal.store.engine
        self.statements: list[str] = []
        self.hashes = 0
        verify, make = accounts.hasher.verify, accounts.hasher.hash
        monkeypatch.setattr(accounts.hasher, "verify", self._counting(verify))
        monkeypatch.setattr(accounts.hasher, "hash", self._counting(make))

    def _counting(self, function: Any) -> Any:
        def counted(*args: Any) -> Any:
            self.hashes += 1
            return function(*args)

        return counted

    def of(self, call: Any) -> tuple[int, int, str]:
        """Return statements, hashes and the refusal of a call."""
        self.statements, self.hashes, refusal = [], 0, ""

        def listen(*executed: Any) -> None:
            self.statements.append(executed[2])

        event.listen(self._engine, "before_cursor_execute", listen)
        try:
            call()
        except DomainError as error:
            refusal = error.code
        finally:
            event.remove(self._engine, "before_cursor_execute", listen)
        return len(self.statements), self.hashes, refusal


def test_a_sign_in_is_the_same_work_for_all(
    portal: Served,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An unknown address costs the same slow hash and the same statements as a wrong password."""
    counted = Counted(portal, monkeypatch)
    accounts._nobodys_hash()  # made once per process
    known = counted.of(
        lambda: accounts.sign_in(portal.store, "ana@example.com", "wrong-password", "192.0.2.200")
    )
    unknown = counted.of(
        lambda: accounts.sign_in(portal.store, "who@example.com", "wrong-password", "192.0.2.201")
    )
    assert known == unknown
    assert known[1] == 1


def test_nobody_keeps_the_machine_hashing(
    portal: Served, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow hash of a new password is made only where a code can still be sent, or tried."""
    counted, store = Counted(portal, monkeypatch), portal.store
    reset = Door(accounts.RESET, "ana@example.com", "a browser that never asked", "192.0.2.210")
    assert counted.of(lambda: accounts.reset_password(store, reset, "123456", "a long one of mine"))[1] == 0
    form = accounts.SignUp.parse("Somebody", "much-wanted@example.com", "a long one of mine", "en")
    tries = [
        counted.of(lambda n=n: accounts.ask_to_sign_up(store, form, f"browser {n}", f"192.0.2.{n}"))
        for n in range(portal.settings.limit_codes_per_hour + 2)
    ]
    assert [t[1] for t in tries] == [1] * portal.settings.limit_codes_per_hour + [0, 0]
    assert tries[-1][2] == TooManyCodes.code


@pytest.mark.parametrize(
    "door", ["/auth/sign-in", "/auth/forgot-password", "/auth/find-ticket", "/auth/sign-up"]
)
def test_answers_do_not_tell_who_is_known(portal: Served, world: World, door: str) -> None:
    """Same status, same place, same cookies, same headers, same empty body."""
    told: list[object] = []
    for email in ("budi@example.com", "nobody-knows@example.com"):
        form = {"email": email, "password": "a wrong one of mine", "name": "Somebody", "number": ""}
        answer = httpx.post(portal.url + door, data=form, headers={"Origin": portal.url}, timeout=20)
        cookies = [re.sub(r"=[^;]*", "", c, count=1) for c in answer.headers.get_list("set-cookie")]
        kept = {k: v for k, v in answer.headers.items() if k not in ("date", "set-cookie")}
        told.append((answer.status_code, kept, cookies, answer.text))
    assert told[0] == told[1]


def test_foreign_and_missing_are_the_same(portal: Served, world: World) -> None:
    """Somebody else's ticket and no ticket: status, headers and every byte of the page."""
    for path in ("/tickets/{}", "/agent/tickets/{}", "/es/tickets/{}"):
        told = [
            httpx.get(portal.url + path.format(number), cookies=world.cookies["customer"])
            for number in (world.ana_number, 99999)
        ]
        assert [t.status_code for t in told] == [404, 404]
        assert told[0].content == told[1].content
        assert _comparable(told[0]) == _comparable(told[1])


def test_links_that_are_not_valid_are_the_same(portal: Served, world: World) -> None:
    """Unknown, malformed, revoked: one page. A valid one differs from them in its status alone."""

    def revoked(work: Work) -> str:
        link = work.session.exec(select(GuestLink).limit(1)).one()
        ticket = work.session.exec(select(guests.Ticket).where(guests.Ticket.id == link.ticket_id)).one()
        token = guests.new_link(work, ticket)
        work.session.flush()
        hashed = guests.keys.token_hash(token)
        work.session.exec(
            update(GuestLink).where(col(GuestLink.token_hash) == hashed).values(revoked_at=work.now)
        )
        return token

    tokens = [portal.store.write(revoked), UNKNOWN, "short", "A" * 44, "%00", "..%2f..", "a b"]
    told = [httpx.get(f"{portal.url}/guest/{token}") for token in tokens]
    assert {t.status_code for t in told} == {404}
    assert len({t.content for t in told[:4]}) == 1
    assert all(_comparable(t) == _comparable(told[0]) for t in told[:4])
    valid = httpx.get(f"{portal.url}/guest/{world.minh_link}")
    assert (valid.status_code, valid.content) == (200, told[0].content)


def _comparable(answer: httpx.Response) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k != "date"}


# ---- guests: the token and the code


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


# ---- doors of insiders


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


# ---- headers of every answer, files, forms too large


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
        )
    answers = [
        httpx.post(portal.url + door, files={"email": ("a.txt", b"x" * 3_000_000)}, headers=own, timeout=20),
        httpx.post(portal.url + door, content=b"--x", headers={"Content-Type": "multipart/form-data", **own}),
        httpx.post(
            portal.url + door, content=b"\xff\xfe{", headers={"Content-Type": "application/json", **own}
        ),
        httpx.post(portal.url + door, content=b"email=%ff%00%ed%a0%80", headers=form),
    ]
    assert {a.status_code for a in answers} <= {303, 400, 422}
    assert "Traceback" not in portal.logged(), portal.logged()[-3000:]
