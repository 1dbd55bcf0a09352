"""The socket itself: who may open it, and what it may call."""

import asyncio

import pytest

from tests.security.client import ROOT, Client, Refused
from tests.security.conftest import CANARY, Handler, World, signed_in
from tests.security.names import CONVERSATION, SESSION
from tests.security.server import Served
from ticket_portal.domain import keys, sessions


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

    shapes = ({"name": ["a"]}, {"name": {}}, {"payload": {}}, {"name": SESSION, "payload": 1})

    async def call() -> list[str]:
        async with Client(portal.url) as tab:
            await tab.visit("/sign-in")
            before = len(tab.frames)
            for name in names:
                await tab.call(name, {}, "/sign-in")
            for shape in shapes:
                await tab.emit("event", shape)
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
