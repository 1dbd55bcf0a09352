"""Guessing at the real server: through a proxy, all at once, from whole networks; and the owner's way past it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.cast import ANA, BUDI, PASSWORD
from tests.security.conftest import signed_in
from tests.security.server import Served, served
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.operations import qa
from ticket_portal.frontend.build import build as build_front_end
from ticket_portal.store.unit_of_work import Work

PER_NETWORK = 20
WRONG = "not the password"
NEW_PASSWORD = "a new and longer one"
SOURCES = Path(__file__).parents[2] / "ticket_portal"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server behind a proxy that it trusts, which delivers its mails."""
    build_front_end()
    with served(
        tmp_path_factory.mktemp("guessing"),
        trusted_proxies="127.0.0.1",
        limit_sign_ins_per_ip_per_hour=PER_NETWORK,
    ) as running:
        running.store.write(_people, accounts.hasher.hash(PASSWORD))
        yield running


def _people(work: Work, hashed: str) -> None:
    for person in (ANA, BUDI):
        accounts.create(work, person.address, person.name, hashed, person.role)


@pytest.fixture(autouse=True)
def _fresh_limits(portal: Served) -> None:
    portal.store.write(qa.forget_limits)


def posts(
    portal: Served, path: str, ip: str, cookies: dict[str, str] | None = None, **typed: str
) -> httpx.Response:
    """Submit a form from a page of the portal, through the proxy."""
    headers = {"Origin": portal.url, "X-Forwarded-For": ip}
    return httpx.post(portal.url + path, data=typed, headers=headers, cookies=cookies, timeout=60)


def problem(answer: httpx.Response) -> str:
    """Why a form was refused, "" where it was not."""
    return parse_qs(urlsplit(answer.headers["location"]).query).get("problem", [""])[0]


def signs_in(portal: Served, email: str, password: str, ip: str, **cookies: str) -> httpx.Response:
    """Submit the sign-in form."""
    return posts(portal, "/auth/sign-in", ip, cookies, email=email, password=password)


def wrong_ones(portal: Served, tries: list[tuple[str, str]]) -> list[str]:
    """Wrong sign-ins at once, each with its address and where it comes from: why each was refused."""
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(lambda t: problem(signs_in(portal, t[0], WRONG, t[1])), tries))


def test_a_whole_ipv6_network_is_one_visitor(portal: Served) -> None:
    """All 130 of 130 were tried: a home has 18 trillion addresses of one /64."""
    tries = [(f"{n}@example.com", f"2001:db8:1:2:{n:x}::{n:x}") for n in range(130)]
    found = wrong_ones(portal, tries)
    assert (found.count("wrong_password"), found.count("too_many")) == (PER_NETWORK, 130 - PER_NETWORK)
    assert problem(signs_in(portal, "else@example.com", WRONG, "2001:db8:1:3::1")) == "wrong_password"


def test_an_ipv4_address_is_one_visitor_however_it_is_written(portal: Served) -> None:
    written = (
        "192.0.2.9",
        "::ffff:192.0.2.9",
        "192.0.2.9:4711",
        "[::ffff:192.0.2.9]:4712",
        "::ffff:c000:209",
    )
    found = wrong_ones(portal, [(f"{n}@example.com", written[n % len(written)]) for n in range(60)])
    assert (found.count("wrong_password"), found.count("too_many")) == (PER_NETWORK, 60 - PER_NETWORK)


def test_what_a_client_says_of_itself_is_not_believed(portal: Served) -> None:
    """Only the address that the trusted proxy saw, which it appends, counts."""
    found = wrong_ones(portal, [(f"{n}@example.com", f"203.0.113.{n}, 192.0.2.77") for n in range(40)])
    assert found.count("wrong_password") == PER_NETWORK


def test_eighty_wrong_sign_ins_at_once_get_ten_tries(portal: Served) -> None:
    """17 were tried."""
    found = wrong_ones(portal, [(BUDI.address, f"198.51.100.{n}") for n in range(80)])
    assert (found.count("wrong_password"), found.count("too_many")) == (10, 70)


def test_eighty_tries_at_ones_own_password_at_once_are_ten(portal: Served) -> None:
    """17 were tried."""
    stolen = signed_in(portal, BUDI.address)

    def tries(n: int) -> str:
        typed = {"current_password": WRONG, "password": NEW_PASSWORD}
        return problem(posts(portal, "/auth/change-password", f"198.51.100.{n}", stolen, **typed))

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(tries, range(80)))
    assert (found.count("not_your_password"), found.count("too_many")) == (10, 70)


def test_a_stranger_keeps_no_owner_out(portal: Served) -> None:
    """OWASP ASVS 5.0, 6.1.1: the browser that she used before still signs in, in an office full of guesses."""
    office = "198.51.100.200"
    first = signs_in(portal, ANA.address, PASSWORD, office)
    hers = first.cookies["portal_browser"]
    assert wrong_ones(portal, [(ANA.address, f"203.0.113.{n}") for n in range(12)]).count("too_many") == 2
    wrong_ones(portal, [(f"{n}@example.com", office) for n in range(PER_NETWORK)])
    assert problem(signs_in(portal, ANA.address, PASSWORD, "203.0.113.99")) == "too_many"
    assert problem(signs_in(portal, BUDI.address, PASSWORD, office)) == "too_many"
    assert problem(signs_in(portal, ANA.address, PASSWORD, office, portal_browser=hers)) == ""


def link_for(portal: Served, email: str) -> tuple[str, str]:
    """The link and the code of the newest mail, asked for now; after the clock went on, as codes are limited too."""
    advanced = httpx.post(f"{portal.url}/test/clock", json={"advance_seconds": 3_700}, timeout=60)
    assert advanced.status_code == 200
    posts(portal, "/auth/forgot-password", "203.0.113.5", email=email, language="en")
    httpx.post(f"{portal.url}/test/clock", json={"advance_seconds": 1}, timeout=60)
    mail = next(
        m
        for m in httpx.get(f"{portal.url}/test/mailbox", params={"to": email}, timeout=20).json()
        if m["kind"] == "code"
    )
    return mail["link"], mail["code"]


def test_a_link_out_of_the_mail_sets_a_new_password_in_any_browser(portal: Served) -> None:
    link, code = link_for(portal, BUDI.address)
    assert re.fullmatch(rf"{portal.url}/reset-password/[\w-]{{43}}", link), link
    assert re.fullmatch(r"\d{6}", code)
    token = link.rpartition("/")[2]
    for _ in range(3):  # a mail scanner
        page = httpx.get(link, timeout=20)
        assert (page.status_code, page.headers["referrer-policy"], page.headers["cache-control"]) == (
            200, "no-referrer", "no-store",
        )  # fmt: skip
        assert BUDI.address not in page.text
    weak = posts(portal, "/auth/reset-by-link", "203.0.113.6", token=token, password="password2026")
    assert problem(weak) == "password_too_common"
    assert (
        'data-code="password_too_common"' in httpx.get(portal.url + weak.headers["location"], timeout=20).text
    )

    done = posts(
        portal, "/auth/reset-by-link", "203.0.113.6", token=token, password=NEW_PASSWORD, language="en"
    )

    assert done.headers["location"] == "/sign-in?notice=password_changed"
    assert problem(signs_in(portal, BUDI.address, NEW_PASSWORD, "203.0.113.7")) == ""
    assert httpx.get(link, timeout=20).status_code == 404
    again = posts(portal, "/auth/reset-by-link", "203.0.113.6", token=token, password="yet another of mine")
    assert httpx.get(portal.url + again.headers["location"], timeout=20).status_code == 404
    assert problem(signs_in(portal, BUDI.address, NEW_PASSWORD, "203.0.113.7")) == ""
    assert token not in portal.logged()


def test_a_link_lets_its_reader_sign_in_with_the_password_as_it_is(portal: Served) -> None:
    wrong_ones(portal, [(ANA.address, f"203.0.113.{n}") for n in range(10)])
    assert problem(signs_in(portal, ANA.address, PASSWORD, "203.0.113.99")) == "too_many"
    link, _code = link_for(portal, ANA.address)
    wrong_ones(portal, [(ANA.address, f"203.0.113.{n}") for n in range(10)])
    allowed = posts(
        portal, "/auth/allow-browser", "203.0.113.8", token=link.rpartition("/")[2], language="en"
    )
    assert allowed.headers["location"] == "/sign-in?notice=browser_allowed"
    hers = allowed.cookies["portal_browser"]
    assert problem(signs_in(portal, ANA.address, PASSWORD, "203.0.113.8", portal_browser=hers)) == ""
    assert problem(signs_in(portal, ANA.address, PASSWORD, "203.0.113.8")) == "too_many"


def test_links_that_are_not_valid_look_the_same(portal: Served) -> None:
    told = [
        httpx.get(f"{portal.url}/reset-password/{bad}", timeout=20)
        for bad in ("A" * 43, "short", "%00", "a b")
    ]
    assert {(t.status_code, t.content) for t in told} == {(404, told[0].content)}


def test_every_limit_by_network_is_given_the_network() -> None:
    """One place reads where a request comes from; all others get it from there.

    But for two that limit nothing by it: whose connection it is, and whether it is this machine's.
    """
    reading = [
        file.relative_to(SOURCES).as_posix()
        for file in SOURCES.rglob("*.py")
        if re.search(r'scope(?:\.get\(|\[)"client"|\.client\.host', file.read_text(encoding="utf-8"))
    ]
    assert sorted(reading) == [
        "routes/asgi/connections.py",
        "routes/asgi/cookies.py",
        "routes/asgi/internal_access.py",
    ]
