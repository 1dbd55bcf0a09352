"""The socket itself: who may open it, how fast and how much it may speak, and when it must end."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.security.client import ROOT, Client, Refused
from tests.security.conftest import CANARY, Handler, World, signed_in
from tests.security.server import Served, served
from ticket_portal.domain import accounts, keys, sessions
from ticket_portal.store.unit_of_work import Work

SESSION = f"{ROOT}.ticket_portal___states___session____session_state"
CONVERSATION = f"{SESSION}.ticket_portal___states___conversation____conversation_state"


def test_the_clients_see_what_they_may(portal: Served, world: World) -> None:
    """The control: the same client, with the right cookie, does get what the attackers must not."""

    async def read() -> tuple[str, str]:
        async with Client(portal.url, signed_in(portal, "ana@example.com")) as tab:
            await tab.visit(f"/tickets/{world.ana_number}")
        async with Client(portal.url, signed_in(portal, "linh@example.com")) as team:
            await team.visit(f"/agent/tickets/{world.ana_number}")
        return tab.seen, team.seen

    hers, theirs = asyncio.run(read())
    assert f"{CANARY} body of Ana" in hers
    assert f"{CANARY} note" not in hers
    assert f"{CANARY} note" in theirs


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"]
)
def test_no_other_site_opens_a_socket(portal: Served, world: World, origin: str) -> None:
    """A page elsewhere can make a browser connect, with the visitor's cookies; its origin gives it away."""

    async def connect() -> None:
        with pytest.raises(Refused):
            async with Client(portal.url, world.cookies["customer"], Origin=origin):
                pass

    asyncio.run(connect())


def test_a_socket_without_an_origin_has_no_more_rights(portal: Served, world: World) -> None:
    """Programs send no origin. They have no visitor's cookies either, so there is nothing to protect from them."""

    async def read() -> str:
        async with Client(portal.url, Origin="-") as tab:
            await tab.visit(f"/tickets/{world.ana_number}")
            return tab.seen

    assert CANARY not in asyncio.run(read())


def test_nobody_names_their_own_identity(portal: Served, world: World) -> None:
    """Neither an `authorization` header, nor one in the event, nor a forged network address counts."""
    token = signed_in(portal, "linh@example.com")["portal_session"]
    packed = sessions.Credentials(session=keys.token_hash(token)).packed()
    path = f"/agent/tickets/{world.ana_number}"

    async def read() -> str:
        async with Client(portal.url, Authorization=f"portal {packed}", X_Forwarded_For="127.0.0.1") as tab:
            await tab.visit(path)
            headers = {"authorization": f"portal {packed}", "cookie": f"portal_session={token}"}
            for name in ("hydrate_and_load", "hydrate"):
                await tab.call(
                    f"{ROOT}.{name}", {}, path, headers=headers, token="x", ip="127.0.0.1", sid="x"
                )
            await tab.call(f"{CONVERSATION}.load", {}, path, headers=headers)
            await tab.settled()
            return tab.seen

    assert CANARY not in asyncio.run(read())


def test_handlers_without_a_mark_are_refused(
    portal: Served, world: World, handlers: dict[str, Handler]
) -> None:
    """Whatever Reflex adds to every state is not ours to offer: no variable is set, nothing is logged."""
    unmarked = [h.name for h in handlers.values() if not h.audience and not h.framework]
    assert any(name.endswith(".setvar") for name in unmarked)

    async def call() -> str:
        async with Client(portal.url, world.cookies["customer"]) as tab:
            await tab.visit("/tickets")
            before = len(tab.frames)
            for name in unmarked:
                await tab.call(name, {"var_name": "role", "value": "agent"}, "/tickets")
                await tab.call(name, {"info": "written into the log", "component_stack": ""}, "/tickets")
            await tab.settled()
            return "\n".join(tab.frames[before:])

    said = asyncio.run(call())
    assert '"agent"' not in said
    assert "written into the log" not in portal.logged()


def test_only_registered_handlers_can_be_called(portal: Served, handlers: dict[str, Handler]) -> None:
    """Private helpers, methods of states, and names that mean nothing are all answered with silence."""
    names = [
        f"{owner}.{name}"
        for owner in (ROOT, SESSION, CONVERSATION)
        for name in (
            "_viewer",
            "_show",
            "_reader",
            "_open",
            "_bind",
            "reset",
            "dict",
            "get_state",
            "set_role",
            "__init__",
            "get_delta",
            "router",
            "nothing_at_all",
        )
    ]
    assert not set(names) & set(handlers)

    shapes = (
        [],
        [1, 2],
        "{}",
        None,
        1,
        {"name": ["a"]},
        {"name": {}},
        {"payload": {}},
        {"name": SESSION, "payload": 1},
    )

    async def call() -> list[str]:
        async with Client(portal.url) as tab:
            await tab.visit("/sign-in")
            before = len(tab.frames)
            for name in names:
                await tab.call(name, {}, "/sign-in")
            for shape in shapes:
                await tab.emit("event", shape)
            await tab.emit("event")
            await tab.emit("disconnect_all", {})
            await tab.emit("link_token_to_sid", "somebody's")
            await tab.settled()
            return [frame for frame in tab.frames[before:] if '["ping"' not in frame]

    assert asyncio.run(call()) == []
    assert "Traceback" not in portal.logged(), portal.logged()[-3000:]


GARBAGE = [
    "",
    "hello",
    "9",
    "4",
    "45-",
    "42/_event,[",
    "42/_event,{",
    "42/elsewhere,[]",
    "42",
    "51-[",
    "42/_event,[NaN",
    "b4AAAA",
    "42/_event," + "[" * 100_000 + "]" * 100_000,
    "6\n",
    '40/_event,{"token":',
]


@pytest.mark.parametrize("frame", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_not_written_into_the_log(portal: Served, frame: str) -> None:
    """What is no frame of the protocol ends the socket that sent it, or is ignored."""

    async def send() -> None:
        async with Client(portal.url) as tab:
            await tab.say(frame)
            await tab.ended(within=0.2)

    asyncio.run(send())
    assert "Traceback" not in portal.logged(), portal.logged()[-3000:]


def test_a_socket_without_a_token_is_not_heard(portal: Served) -> None:
    """Reflex would write everything it sends into the log."""

    async def speak() -> None:
        tab = Client(portal.url)
        tab.token = ""
        async with tab:
            await tab.call(f"{SESSION}.choose_language", {"code": "a secret of somebody"})
            await tab.settled()

    asyncio.run(speak())
    assert "a secret of somebody" not in portal.logged()


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


def test_watching_thirty_times_is_watching_once(portal: Served, world: World) -> None:
    """A tab has one watcher of a page, however often it asks for one: one change is told once."""
    path = f"/tickets/{world.budi_number}"

    async def watch() -> int:
        async with Client(portal.url, world.cookies["customer"]) as tab:
            await tab.visit(path)
            for _ in range(30):
                await tab.call(f"{CONVERSATION}.watch", {}, path)
            await tab.settled()
            before = len(tab.frames)
            await asyncio.to_thread(portal.store.write, lambda work: work.tell("ticket:3"))
            await tab.settled(quiet=1)
            return len([f for f in tab.frames[before:] if '["ping"' not in f])

    assert asyncio.run(watch()) <= 2


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server with the limits that people have."""
    with served(tmp_path_factory.mktemp("strict"), worker=False) as running:
        yield running


def test_a_flood_closes_its_socket(strict: Served) -> None:
    """Twenty thousand events: closed for breaking the rules, after a handful of them."""
    # The rest of the flood may run into the closed connection before its reason is read: 1006.

    async def flood() -> int | None:
        async with Client(strict.url) as tab:
            await tab.visit("/sign-in")
            for _ in range(20_000):
                if tab._reader.done():
                    break
                await tab.call(f"{SESSION}.note_session_over")
            return await tab.ended()

    assert asyncio.run(flood()) in (1008, 1006)


def test_a_message_too_large_closes_its_socket(strict: Served) -> None:
    """More than a megabyte is nothing that a page sends; nor is a list in a list in a list, a hundred thousand deep."""

    async def send(raw: str) -> bool:
        async with Client(strict.url) as tab:
            await tab.say(raw)
            await tab.ended(within=3)
            return tab._reader.done()

    large = {"name": f"{SESSION}.choose_language", "payload": {"code": "x" * 1_100_000}}
    assert asyncio.run(send(f'42/_event,["event",{json.dumps(large)}]'))
    assert asyncio.run(send('42/_event,["event",' + "[" * 200_000 + "]" * 200_000 + "]"))
    assert httpx.get(f"{strict.url}/healthz").status_code == 200
    assert "x" * 1000 not in strict.logged()
