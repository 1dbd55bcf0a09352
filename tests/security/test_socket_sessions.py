"""When a socket must end, and whose a tab is."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.cast import PASSWORD, asks_about, says
from tests.security.client import ROOT, Client, Refused
from tests.security.conftest import CANARY, World, signed_in
from tests.security.names import CONVERSATION, SESSION
from tests.security.server import Served, served
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, known_browsers
from ticket_portal.domain.tickets import messages, new_ticket
from ticket_portal.store.unit_of_work import Work


def test_signing_out_ends_the_sockets_of_the_session(portal: Served, world: World) -> None:
    """Also when another process did it: within two seconds the socket is closed, and the page can do nothing more."""
    cookies = signed_in(portal, "ana@example.com")
    path = f"/tickets/{world.ana_number}"

    async def leave() -> tuple[float, int | None, str]:
        async with Client(portal.url, cookies) as tab, Client(portal.url, cookies) as again:
            await tab.visit(path)
            assert CANARY in tab.seen
            started = time.monotonic()
            await asyncio.to_thread(
                portal.store.write, sessions.end, keys.token_hash(cookies["portal_session"])
            )
            code = await tab.ended(within=2)
            took = time.monotonic() - started
            await again.ended(within=2)
        async with Client(portal.url, cookies) as later:
            await later.visit(path)
            await later.call(f"{CONVERSATION}.load_earlier", {}, path)
            await later.settled()
            return took, code, later.seen

    took, code, later = asyncio.run(leave())
    assert code == 4401
    assert took < 2
    assert CANARY not in later


def test_a_remembered_session_does_not_outlive_its_end(portal: Served) -> None:
    """Who has a session is remembered for some seconds; an end that another process wrote is known in one."""
    cookies = signed_in(portal, "ana@example.com")
    with httpx.Client(base_url=portal.url, cookies=cookies) as browser:
        assert browser.get("/tickets").status_code == 200
        portal.store.write(sessions.end, keys.token_hash(cookies["portal_session"]))
        time.sleep(1)
        assert browser.get("/tickets").status_code == 303


def test_an_end_in_one_process_is_known_in_the_other(
    tmp_path: Path, portal: Served, postgres: Callable[[], str]
) -> None:
    """Two servers on PostgreSQL: signed out at the one, the other closes the socket and forgets who it was."""
    address = postgres()
    with (
        served(tmp_path / "one", database_url=address, worker=False) as one,
        served(tmp_path / "two", database_url=address, worker=False) as two,
    ):
        one.store.write(lambda work: accounts.create(work, "ana@example.com", "Ana", "unused") and None)
        cookies = signed_in(one, "ana@example.com")

        async def leave() -> int | None:
            async with Client(two.url, cookies) as tab:
                await tab.visit("/tickets")
                assert "ana@example.com" in tab.seen
                await asyncio.to_thread(
                    httpx.post, f"{one.url}/auth/sign-out", headers={"Origin": one.url}, cookies=cookies
                )
                return await tab.ended(within=2)

        assert asyncio.run(leave()) == 4401
        assert httpx.get(f"{two.url}/tickets", cookies=cookies).status_code == 303


def test_a_new_password_ends_all_sockets_of_the_account(portal: Served, world: World) -> None:
    """Every session of the account is over, in every browser."""

    def end(work: Work) -> None:
        account = accounts.find(work, "linh@example.com")
        assert account is not None
        sessions.end_all(work, account)

    async def reset() -> list[int | None]:
        one, other = (Client(portal.url, signed_in(portal, "linh@example.com")) for _ in range(2))
        async with one, other:
            await one.visit("/agent")
            await other.visit(f"/agent/tickets/{world.ana_number}")
            await asyncio.to_thread(portal.store.write, end)
            return [await one.ended(within=2), await other.ended(within=2)]

    assert asyncio.run(reset()) == [4401, 4401]


def test_the_next_person_on_a_tab_sees_nothing_of_the_one_before(portal: Served, world: World) -> None:
    """The tab's own name is no proof: whoever comes with it starts anew."""
    token = "0b8b9a9e-2f6f-4d6e-9d3b-000000000001"
    path = f"/tickets/{world.ana_number}"

    async def follow() -> str:
        async with Client(portal.url, signed_in(portal, "ana@example.com"), token=token) as hers:
            await hers.visit(path)
            assert CANARY in hers.seen
        said: list[str] = []
        for who in ("customer", "nobody", "guest"):
            async with Client(portal.url, world.cookies[who], token=token) as next_one:
                await next_one.call(f"{SESSION}.note_session_over", {}, path)
                await next_one.call(f"{ROOT}.hydrate", {}, path)
                await next_one.visit(path)
                said.append(next_one.seen)
        return "\n".join(said)

    said = asyncio.run(follow())
    assert CANARY not in said
    assert "ana@example.com" not in said


def test_a_tab_of_nobody_is_bound_to_its_browser(portal: Served) -> None:
    """Somebody who signs up has a code on its way, and no session yet: another browser must not see to where."""
    token = "0b8b9a9e-2f6f-4d6e-9d3b-000000000003"
    form = {"email": "newcomer@example.com", "password": "a long one of mine", "name": "New"}
    asked = httpx.post(f"{portal.url}/auth/sign-up", data=form, headers={"Origin": portal.url})

    async def follow() -> tuple[str, str]:
        async with Client(portal.url, dict(asked.cookies), token=token) as own:
            await own.visit("/sign-up/code")
        async with Client(portal.url, token=token) as other:
            await other.call(f"{ROOT}.hydrate", {}, "/sign-up/code")
            await other.visit("/sign-up/code")
        return own.seen, other.seen

    own, other = asyncio.run(follow())
    assert "newcomer@example.com" in own
    assert "newcomer@example.com" not in other


def test_a_tab_that_is_open_is_not_taken_over(portal: Served, world: World) -> None:
    """A second socket that names the token of an open tab gets a name of its own, and hears nothing of the first."""
    token = "0b8b9a9e-2f6f-4d6e-9d3b-000000000002"
    path = f"/tickets/{world.ana_number}"

    async def listen() -> str:
        async with Client(portal.url, signed_in(portal, "ana@example.com"), token=token) as hers:
            await hers.visit(path)
            async with Client(portal.url, token=token) as thief:
                await thief.visit(path)
                await hers.call(f"{CONVERSATION}.load", {}, path)
                await hers.settled()
                return thief.seen

    assert CANARY not in asyncio.run(listen())


# --- a tab's token is bound to its cookies
def told_token(tab: Client) -> str:
    """The name of the state that a tab has, as its own state tells it."""
    return re.findall(r'"client_token":"([0-9a-f-]{36})"', tab.seen)[-1]


@pytest.fixture
def slow(portal: Served) -> Iterator[Callable[[int], None]]:
    """Let each statement take so many milliseconds."""

    def set_to(milliseconds: int) -> None:
        httpx.post(f"{portal.url}/test/faults", json={"slow_database_ms": milliseconds}).raise_for_status()

    yield set_to
    set_to(0)


@pytest.mark.parametrize("who", ["nobody", "customer", "guest", "team"])
def test_what_was_asked_for_is_not_handed_to_the_next_socket(
    portal: Served, world: World, slow: Callable[[int], None], who: str
) -> None:
    """Ana's socket drops while her page loads, and a silent stranger with her tab's token is there when it has."""
    token, path = str(uuid4()), f"/tickets/{world.ana_number}"
    hers = signed_in(portal, "ana@example.com")
    theirs = signed_in(portal, "linh@example.com") if who == "team" else world.cookies[who]

    async def scene() -> tuple[str, str, bool]:
        async with Client(portal.url, hers, token=token) as tab:
            await tab.visit("/tickets")
            await asyncio.to_thread(slow, 300)
            await tab.call(f"{CONVERSATION}.load", {}, path)
            await tab.settled(quiet=0)
        stranger, again = Client(portal.url, theirs, token=token), Client(portal.url, hers, token=token)
        async with stranger, again:
            await again.visit(path)
            assert CANARY in again.seen
            await stranger._hears(0.5)
            return stranger.seen, again.seen, stranger._reader.done()

    silent, owners, is_closed = asyncio.run(scene())
    assert CANARY not in silent
    assert not is_closed
    assert '"new_token"' not in owners


@pytest.mark.parametrize("who", ["nobody", "customer", "guest", "team"])
def test_a_silent_stranger_hears_no_news(portal: Served, world: World, who: str) -> None:
    """Nor takes the owner's away: how much is unread goes on being told."""
    token = str(uuid4())
    hers = signed_in(portal, "ana@example.com")
    theirs = signed_in(portal, "linh@example.com") if who == "team" else world.cookies[who]

    def answer(work: Work) -> None:
        ana, linh = accounts.find(work, "ana@example.com"), accounts.find(work, "linh@example.com")
        assert ana is not None
        assert linh is not None
        viewer = sessions.of_account(ana)
        ticket = new_ticket.submit(work, viewer, asks_about(viewer, "Quiet", "Nothing yet"), "192.0.2.77")
        messages.reply(work, sessions.of_account(linh), ticket.number or 0, says("news"))

    async def scene() -> tuple[list[str], str]:
        async with Client(portal.url, hers, token=token) as tab:
            await tab.visit("/settings")
        stranger, tab = Client(portal.url, theirs, token=token), Client(portal.url, hers, token=token)
        async with stranger, tab:
            await tab.visit("/settings")
            tab.frames.clear()
            await asyncio.to_thread(portal.store.write, answer)
            await tab.sees('"unread_rx_state_":', 10)
            await stranger._hears(0.5)
            return stranger.frames, tab.seen

    silent, owners = asyncio.run(scene())
    assert silent == []
    assert '"unread_rx_state_":' in owners


def test_a_state_has_the_name_of_its_tab_and_its_cookies(portal: Served, world: World) -> None:
    """The same cookies come back to the same state; another session, another browser, nobody to another."""
    token = str(uuid4())
    hers = signed_in(portal, "ana@example.com")
    everybody = [
        hers,
        signed_in(portal, "ana@example.com"),
        hers | {"portal_browser": known_browsers.new_token(portal.settings)},
        hers | {"portal_browser": known_browsers.new_token(portal.settings)},
        world.cookies["guest"],
        {},
    ]

    async def name(cookies: dict[str, str], of: str = token) -> str:
        async with Client(portal.url, cookies, token=of) as tab:
            await tab.visit("/sign-in")
            return told_token(tab)

    async def names() -> tuple[list[str], list[str], str]:
        first = [await name(cookies) for cookies in everybody]
        again = [await name(cookies | {"portal_zone": "Asia/Tokyo"}) for cookies in everybody]
        return first, again, await name(hers, first[0])

    first, again, by_its_name = asyncio.run(names())
    assert first == again
    assert len({*first, token, by_its_name}) == len(everybody) + 2


def test_the_copy_of_a_tab_comes_back_to_its_own_state(portal: Served) -> None:
    """A second socket with the token of an open tab gets another, and keeps the state that goes with it."""
    hers = signed_in(portal, "ana@example.com")

    async def scene() -> tuple[str, str, str]:
        async with Client(portal.url, hers) as tab:
            await tab.visit("/sign-in")
            async with Client(portal.url, hers, token=tab.token) as copy:
                await copy.visit("/sign-in")
                (given,) = re.findall(r'\["new_token","([0-9a-f-]{36})"\]', copy.seen)
            async with Client(portal.url, hers, token=given) as later:
                await later.visit("/sign-in")
                return told_token(tab), told_token(copy), told_token(later)

    original, copied, later = asyncio.run(scene())
    assert copied == later != original


def test_a_tab_carries_on_when_another_one_changes_the_password(portal: Served, newcomer: str) -> None:
    """Its socket is closed at once. With the old cookie it is sent away to try again; with the new one it goes on."""
    cookies = signed_in(portal, newcomer)
    path = "/tickets"
    form = {"current_password": PASSWORD, "password": "a quiet harbour at night"}

    async def change() -> tuple[int | None, str]:
        async with Client(portal.url, cookies) as tab:
            await tab.visit(path)
            assert newcomer in tab.seen
            answer = await asyncio.to_thread(
                httpx.post,
                f"{portal.url}/auth/change-password",
                data=form,
                headers={"Origin": portal.url},
                cookies=cookies,
                timeout=20,
            )
            code = await tab.ended(within=2)
        # Taken for nobody, it would say that the session is over.
        with pytest.raises(Refused, match="4401"):
            await Client(portal.url, cookies).__aenter__()
        new = cookies | {"portal_session": answer.cookies["portal_session"]}
        async with Client(portal.url, new) as again:
            await again.visit(path)
            return code, again.seen

    code, seen = asyncio.run(change())
    assert code == 4401
    assert newcomer in seen
