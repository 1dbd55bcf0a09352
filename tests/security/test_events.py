"""Every event handler, called by everybody who should get nothing from it, with everything they could say."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import SQLModel, select

from tests.cast import BUDI
from tests.security.client import Client
from tests.security.conftest import CANARY, Handler, World
from tests.security.server import Served
from ticket_portal.store.tables import (
    Account,
    DetailItem,
    Draft,
    Event,
    GuestLink,
    Message,
    Muted,
    Reading,
    Ticket,
    TicketUpdate,
)
from ticket_portal.store.unit_of_work import Work

ATTACKERS = ("nobody", "guest", "guest as account", "customer", "customer and guest")
# Types are nobody's matter in particular: the mixed identities are spared them.
THOROUGH = ("nobody", "guest", "customer")
HUGE = "x" * 50_000
FOREIGN_DRAFT = f"{CANARY} draft"


def hostile(handler: Handler, world: World, *, thorough: bool) -> list[dict[str, Any]]:
    """What to call a handler with: nothing, and foreign tickets in every shape; thorough: too much, every type."""
    foreign = [world.ana_number, world.minh_number]
    one_of_each: list[Any] = [
        None, True, -1, 2**70, 1.5, float("inf"), "", "0", HUGE, "\0\ud800", [], [[]], {}, {"a": {"b": []}},
        "' OR 1=1 --", *foreign, *map(str, foreign), list(world.ids), "0~2020-01-01T00:00:00~0",
    ]  # fmt: skip
    typed = [
        {"kind": kind, "number": number, "body": "forged", "client_id": str(uuid4()), "account_id": 1,
         "role": "agent", "email": "ana@example.com", "subject": "forged", "_ticket_id": world.ids[0],
         "name": "push.reply", "value": "off", "n": 2**60,
         "request": 4, "given": [{"place": 0, "value": "forged"}], "items": [{"kind": "network"}]}
        for kind in ("reply", "note", "details", "answers", "event", "", "__class__")
        for number in [*foreign, 0, "1; --", None, 2**70]
    ]  # fmt: skip
    broken = [
        {**typed[0], name: value} for name in ("body", "client_id", "number", "kind") for value in one_of_each
    ]
    calls: list[dict[str, Any]] = [{}]
    if not thorough:
        return calls + [{argument: value} for argument in handler.arguments for value in (*foreign, *typed)]
    calls += [{"nobody_asked": 1}, {"self": 1}, {"state": 1}]
    for argument in handler.arguments:
        calls += [{argument: value} for value in (*one_of_each, *typed)]
        if handler.name.endswith((".send", ".submit")):
            calls += [{argument: value} for value in broken]
        if handler.name.endswith(".send"):
            calls += [
                {argument: {**typed[0], "kind": kind, part: value}}
                for kind, part in (("details", "items"), ("answers", "given"), ("answers", "request"))
                for value in (*one_of_each, [{"kind": HUGE, "place": 2**70, "value": [], "zone": "../.."}])
            ]
    return calls


def places(world: World) -> list[str]:
    """Pages that an attacker says to be on."""
    return [
        f"/tickets/{world.ana_number}",
        f"/agent/tickets/{world.minh_number}",
        f"/es/agent/tickets/{world.ana_number}",
        f"/guest/{world.minh_link}",
        f"/guest/{world.ana_number}",
        f"/guest/tickets/{world.minh_number}",
        "/guest/tickets",
        "/agent",
        "/tickets",
    ]


OWN = {"sealed", "language", "preferences", "name", "time_zone", "zone_is_chosen"}


def kept(portal: Served, world: World) -> str:
    """All that the database holds about the foreign tickets and about people, as one text."""

    def read(work: Work) -> str:
        rows: list[SQLModel] = []
        for table, column in ((Ticket, Ticket.id), (Message, Message.ticket_id), (Event, Event.ticket_id),
                              (Reading, Reading.ticket_id), (DetailItem, DetailItem.ticket_id),
                              (Muted, Muted.ticket_id), (TicketUpdate, TicketUpdate.ticket_id)):  # fmt: skip
            rows += [r for i in world.ids for r in work.session.exec(select(table).where(column == i)).all()]
        rows += (people := work.session.exec(select(Account)).all())
        # Whoever has an account may choose for themselves how they are called and told.
        chosen = [
            f"{p.address} {p.name} {p.time_zone} {p.preferences}" for p in people if p.address != BUDI.address
        ]
        rows += work.session.exec(select(Draft).where(Draft.body == FOREIGN_DRAFT)).all()
        rows += [
            r for i in world.ids for r in work.session.exec(select(GuestLink).where(GuestLink.ticket_id == i))
        ]
        dumped = [row.model_dump_json(exclude=OWN) for row in rows]
        return "\n".join(sorted((*dumped, *chosen)))

    return portal.store.read(read)


async def attack(portal: Served, world: World, attacker: str, handlers: list[Handler]) -> str:
    """Call every handler from every place with everything; return all that the server said."""
    said: list[str] = []
    for path in places(world):
        async with Client(portal.url, world.cookies[attacker]) as tab:
            await tab.visit(path)
            thorough = path == places(world)[0] and attacker in THOROUGH
            for handler in handlers if thorough else [h for h in handlers if h.audience]:
                for payload in hostile(handler, world, thorough=thorough):
                    await tab.call(handler.name, payload, path)
                await tab.settled(quiet=0, longest=30)
            await tab.is_done(path)
            assert not tab._reader.done(), f"the socket was closed with {tab.closed_with}"
            said.append(tab.seen)
    return "\n".join(said)


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_no_handler_gives_or_changes_what_is_not_theirs(
    portal: Served, world: World, handlers: dict[str, Handler], attacker: str
) -> None:
    """No canary in any frame, nothing foreign changed, and what the attacker typed is not in the log."""
    before = kept(portal, world)
    said = asyncio.run(attack(portal, world, attacker, list(handlers.values())))
    assert CANARY not in said
    assert "ana@example.com" not in said
    assert "minh@example.com" not in said
    assert kept(portal, world) == before
    log = portal.logged()
    assert CANARY not in log
    assert "Traceback" not in log, log[-6000:]
    assert HUGE[:100] not in log
