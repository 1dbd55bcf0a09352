"""Cookies: for the server alone, by names that no other host can plant; junk and doubled ones are nobody's."""

from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest
from sqlmodel import select

from tests.cast import PASSWORD, code_for
from tests.security.conftest import World, signed_in
from tests.security.server import Served, served
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, codes, known_browsers
from ticket_portal.domain.sessions import PLAIN
from ticket_portal.store.tables import Attachment, Challenge, Session
from ticket_portal.store.unit_of_work import Work

ANA = {"email": "ana@example.com", "password": PASSWORD}
PUBLIC = "https://support.example.com"


@pytest.fixture(scope="module")
def https(portal: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal that people reach by https: here the proxy is missing, which the portal does not notice."""
    with served(tmp_path_factory.mktemp("https"), worker=False, base_url=PUBLIC) as running:
        hashed = accounts.hasher.hash(PASSWORD)
        running.store.write(lambda work: accounts.create(work, "ana@example.com", "Ana", hashed).id)
        yield running


def sets(answer: httpx.Response) -> dict[str, str]:
    """Return the cookies that an answer sets, without those that it deletes."""
    found: dict[str, str] = {}
    for header in answer.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(header).items():
            if morsel["max-age"] != "0":
                found[name] = morsel.value
    return found


def posts(portal: Served, path: str, data: dict[str, str], cookies: dict[str, str]) -> httpx.Response:
    """Post a form as a browser with these cookies does."""
    headers = {"Origin": portal.url, "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    return httpx.post(portal.url + path, data=data, headers=headers, timeout=20)


def is_in(portal: Served, *cookies: str) -> bool:
    """Whether somebody who brings these Cookie headers is signed in."""
    headers = [("Cookie", cookie.encode("latin-1")) for cookie in cookies]
    return httpx.get(f"{portal.url}/tickets", headers=headers, timeout=20).status_code == 200  # pyright: ignore[reportArgumentType]


def test_cookies_are_for_the_server_alone(portal: Served, browser: httpx.Client) -> None:
    """No script reads them, no other site sends them along with a POST."""
    answer = browser.post("/auth/sign-in", data=ANA)
    cookies = answer.headers.get_list("set-cookie")
    assert {c.partition("=")[0] for c in cookies} == {"portal_session", "portal_browser"}
    for cookie in cookies:
        assert "; HttpOnly" in cookie
        assert "; SameSite=lax" in cookie
        assert "; Path=/" in cookie
        assert "Domain=" not in cookie
        assert portal.settings.secure is ("; Secure" in cookie)


def test_on_https_their_names_have_the_prefix_that_no_other_host_can_plant(https: Served) -> None:
    """RFC 6265bis: `__Host-` needs Secure, Path=/ and no Domain, or browsers throw the cookie away."""
    answer = posts(https, "/auth/sign-in", ANA, {})
    assert set(sets(answer)) == {"__Host-portal_session", "__Host-portal_browser"}
    for cookie in answer.headers.get_list("set-cookie"):
        assert all(part in cookie for part in ("; HttpOnly", "; SameSite=lax", "; Path=/", "; Secure"))
        assert "Domain=" not in cookie
    assert is_in(https, f"__Host-portal_session={sets(answer)['__Host-portal_session']}")


def test_on_https_a_planted_cookie_without_the_prefix_is_nothing(https: Served) -> None:
    """A page on a sibling host can set `portal_session`: it signs nobody in, and it signs nobody out."""
    token = sets(posts(https, "/auth/sign-in", ANA, {}))["__Host-portal_session"]
    assert not is_in(https, f"portal_session={token}")
    assert not is_in(https, f"__host-portal_session={token}")
    assert is_in(https, f"portal_session=planted; __Host-portal_session={token}; portal_session=planted")
    planted = known_browsers.new_token(https.settings)
    asked = posts(https, "/auth/forgot-password", {"email": ANA["email"]}, {"portal_browser": planted})
    assert sets(asked)["__Host-portal_browser"] != planted


def test_people_stay_signed_in_over_the_update_to_the_prefix(https: Served) -> None:
    """The migration marks what began before: only that is opened by a cookie without the prefix."""

    def begin(work: Work) -> str:
        account = accounts.find(work, ANA["email"])
        assert account is not None
        token = sessions.begin(work, account)
        row = work.session.get_one(Session, keys.token_hash(token))
        row.token_hash = PLAIN + row.token_hash
        work.session.add(row)
        return token

    token = https.store.write(begin)
    assert is_in(https, f"portal_session={token}")
    assert not is_in(https, f"__Host-portal_session={token}")
    changed = posts(https, "/auth/sign-in", ANA, {"portal_session": token})
    assert not is_in(https, f"portal_session={token}")
    assert is_in(https, f"__Host-portal_session={sets(changed)['__Host-portal_session']}")


@pytest.mark.parametrize(
    "cookies",
    [
        ("portal_session={one}; portal_session={other}",),
        ("portal_session={other}; portal_session={one}",),
        ("portal_session={one}; portal_session={one}",),
        ("portal_session={one}", "portal_session={other}"),
        ("portal_session={one}; portal_session=",),
        ("portal_session={one}; portal_session",),
        ('portal_session={one}; portal_session="{other}"',),
        ("portal_session={one}; \tportal_session\t = {other}",),
        ("portal_session={one}; portal_session\xa0={other}",),
        ("portal_session={one}; Portal_Session={other}",),
        ("$Version=1; portal_session={one}; $Path=/; portal_session={other}; $Path=/",),
        ('a="; portal_session={one}; portal_session={other}"',),
    ],
)
def test_a_cookie_that_comes_twice_is_refused(portal: Served, world: World, cookies: tuple[str, ...]) -> None:
    """Which of the two was planted can't be told; before, the last one won."""
    one, other = (signed_in(portal, who)["portal_session"] for who in ("ana@example.com", "budi@example.com"))
    assert is_in(portal, f"portal_session={one}")
    assert not is_in(portal, *(cookie.format(one=one, other=other) for cookie in cookies))


def test_other_cookies_are_in_nobodys_way(portal: Served, world: World) -> None:
    token = signed_in(portal, "ana@example.com")["portal_session"]
    assert is_in(portal, f"a=1; a=2; $Version=1;portal_session={token} ; portal_zone=UTC; portal_zone=x; b")


def test_a_browser_token_that_was_not_made_here_is_nothing(portal: Served, world: World) -> None:
    """A planted value of an attacker's choice: codes are never bound to it."""
    for planted in ("planted", keys.new_token(), known_browsers.new_token(portal.settings)[:-1] + "g"):
        answer = posts(
            portal, "/auth/forgot-password", {"email": "ana@example.com"}, {"portal_browser": planted}
        )
        assert sets(answer)["portal_browser"] != planted
        assert portal.store.read(codes.newest_address, accounts.RESET, keys.token_hash(planted)) == ""


def test_a_planted_browser_token_is_worth_nothing_after_the_sign_in(portal: Served, world: World) -> None:
    """An attacker's own token, planted in a victim's browser: with the sign-in it is another one.

    What the victim has in the form for a new ticket moves along; the attacker, with the old token, finds nothing.
    """
    planted = known_browsers.new_token(portal.settings)
    cookies = {"portal_browser": planted}
    form = "0b8b9a9e-2f6f-4d6e-9d3b-00000000c00c"
    headers = {"Origin": portal.url, "X-File-Name": "a.txt", "Cookie": f"portal_browser={planted}"}
    sent = httpx.post(f"{portal.url}/files?form={form}", content=b"Half a page", headers=headers)
    assert sent.status_code == 201
    file_id = sent.json()["id"]
    assert httpx.get(f"{portal.url}/files/{file_id}", headers=headers).status_code == 200

    given = sets(posts(portal, "/auth/sign-in", ANA, cookies))

    assert given["portal_browser"] != planted
    assert httpx.get(f"{portal.url}/files/{file_id}", headers=headers).status_code == 404
    own = {"Cookie": f"portal_browser={given['portal_browser']}"}
    assert httpx.get(f"{portal.url}/files/{file_id}", headers=own).text == "Half a page"
    new = known_browsers.token_hash(portal.settings, given["portal_browser"])
    assert portal.store.read(lambda work: work.session.get_one(Attachment, file_id).browser_hash) == new


def proves(portal: Served, link: str, address: str, cookies: dict[str, str]) -> dict[str, str]:
    """Prove a guest's address in the browser with these cookies; return the cookies that it has then."""
    cookies = cookies | sets(posts(portal, "/auth/guest/send-code", {"token": link}, cookies))
    code = portal.store.write(code_for, address)
    answer = posts(portal, "/auth/guest/verify", {"token": link, "code": code}, cookies)
    return cookies | sets(answer)


def _a_minute_later(work: Work) -> None:
    for challenge in work.session.exec(select(Challenge)).all():
        challenge.created_at -= timedelta(minutes=2)


def guest_is_in(portal: Served, cookies: dict[str, str]) -> bool:
    headers = {"Cookie": f"portal_guest={cookies['portal_guest']}"}
    return httpx.get(f"{portal.url}/guest/tickets", headers=headers).status_code == 200


def test_a_guest_who_proves_again_has_one_session_and_leaves_it_for_good(
    portal: Served, world: World
) -> None:
    """Before, each proof left the session before it open, also after "Leave"."""
    first = proves(portal, world.robin_link, "robin@example.com", {})
    assert guest_is_in(portal, first)
    portal.store.write(_a_minute_later)  # or a second code would come too soon
    second = proves(portal, world.robin_link, "robin@example.com", first)
    assert second["portal_guest"] != first["portal_guest"]
    assert second["portal_browser"] != first["portal_browser"]
    assert guest_is_in(portal, second)
    assert not guest_is_in(portal, first)
    posts(portal, "/auth/guest/leave", {}, second)
    assert not guest_is_in(portal, second)


def test_signing_out_leaves_nothing_open_in_the_browser(portal: Served, world: World) -> None:
    """Also not what the same person proved as a guest: at a shared computer the next one would read it."""
    cookies = signed_in(portal, "budi@example.com") | {
        "portal_guest": portal.store.write(sessions.begin_guest, "robin@example.com")
    }
    assert guest_is_in(portal, cookies)
    answer = posts(portal, "/auth/sign-out", {}, cookies)
    assert {c.partition("=")[0] for c in answer.headers.get_list("set-cookie")} >= {
        "portal_session",
        "portal_guest",
    }
    assert not guest_is_in(portal, cookies)
    assert not is_in(portal, f"portal_session={cookies['portal_session']}")


def test_a_new_password_gives_the_browser_a_new_token(portal: Served, newcomer: str) -> None:
    """ASVS 7.2.4: what was known before the password was changed opens nothing after it, here and elsewhere."""
    here, there = signed_in(portal, newcomer), signed_in(portal, newcomer)
    for before, after in ((PASSWORD, "a quiet harbour"), ("a quiet harbour", "a quiet harbour at night")):
        answer = posts(portal, "/auth/change-password", {"current_password": before, "password": after}, here)
        old, here = here, sets(answer)
        assert is_in(portal, f"portal_session={here['portal_session']}")
        assert not is_in(portal, f"portal_session={old['portal_session']}")
        assert not is_in(portal, f"portal_session={there['portal_session']}")


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
        "portal_browser=" + "\xe9" * 75,
        "portal_way_back=x; portal_way_back=y",
    ],
)
def test_junk_in_cookies_is_nobody(portal: Served, cookie: str) -> None:
    """No cookie breaks a page."""
    for path, status in (("/", (200, 302)), ("/tickets", (303,)), ("/sign-in", (200,))):
        headers = {"Cookie": cookie.encode("latin-1")}
        assert httpx.get(portal.url + path, headers=headers).status_code in status  # pyright: ignore[reportArgumentType]
    assert "Traceback" not in portal.logged(), portal.logged()[-3000:]
