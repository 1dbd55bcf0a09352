"""One production server for all of these tests, people on it, and what none of the attackers may ever see."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.cast import ANA, BUDI, LINH, MINH, PASSWORD, asks_about, says
from tests.security.server import ROOT, Served, served
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import drafts, messages, new_ticket, tickets
from ticket_portal.domain.tickets.drafts import DraftForm
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.frontend.build import build as build_front_end
from ticket_portal.store.tables import Account, Ticket
from ticket_portal.store.unit_of_work import Work

CANARY = "canary"
ROBIN = Viewer(role="guest", address="robin@example.com", name="Robin")
_registered = """
import inspect, json
from ticket_portal.frontend import environment
environment.prepare_to_serve()
from reflex_base.registry import RegistrationContext
from ticket_portal.app import app
from ticket_portal.states.gate import _FRAMEWORK
found = {}
for name, registered in RegistrationContext.get().event_handlers.items():
    fn = registered.handler.fn
    found[name] = {
        "arguments": list(inspect.signature(fn).parameters)[1:],
        "audience": getattr(fn, "_open_to", ""),
        "framework": name in _FRAMEWORK,
    }
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Handler:
    """A registered event handler."""

    name: str
    arguments: list[str]
    audience: str
    framework: bool


@dataclass
class World:
    """Who is there, and what is whose. Texts that hold the canary are Ana's, Minh's or the team's alone."""

    ana_number: int
    minh_number: int
    budi_number: int
    robin_number: int
    minh_link: str
    robin_link: str
    ids: tuple[int, int]
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server; its limits are wide, so that one test does not stop another."""
    build_front_end()
    limits = {
        f"limit_{name}": 1_000_000
        for name in (
            "socket_events_per_second", "socket_events_burst", "guest_tickets_per_ip_per_hour", "tickets_per_hour",
            "codes_per_hour", "codes_per_ip_per_hour", "links_per_ip_per_hour", "sign_ins_per_ip_per_hour",
            "guest_tickets_per_hour",
            "messages_per_10_minutes", "socket_opens_per_ip_per_minute", "sockets", "sockets_per_ip", "states",
            "states_per_ip",
        )
    }  # fmt: skip
    # Without the worker: mails would make links while a test compares what is in the database.
    with served(tmp_path_factory.mktemp("security"), worker=False, **limits) as running:
        yield running


@pytest.fixture(scope="session")
def handlers() -> dict[str, Handler]:
    """Every handler that a socket can call, as Reflex has them registered."""
    found = subprocess.run(
        [sys.executable, "-c", _registered], cwd=ROOT, check=True, capture_output=True, text=True
    )
    listed: dict[str, Any] = json.loads(found.stdout.strip().splitlines()[-1])
    return {name: Handler(name, **what) for name, what in listed.items()}


_addresses = itertools.count(1)


@pytest.fixture(scope="session")
def world(portal: Served) -> World:
    """Set up the people, once."""
    return portal.store.write(_people, accounts.hasher.hash("portal-demo-1"))


def _people(work: Work, hashed: str) -> World:
    found: dict[str, Account] = {}
    for person in (ANA, BUDI, LINH):
        found[person.name] = accounts.create(work, person.address, person.name, hashed, person.role)
    ana, budi, linh = (sessions.of_account(found[name]) for name in ("Ana", "Budi", "Linh"))
    hers = _opens(work, ana, f"{CANARY} subject of Ana", f"{CANARY} body of Ana")
    his = _opens(work, MINH, f"{CANARY} subject of Minh", f"{CANARY} body of Minh")
    for ticket in (hers, his):
        messages.reply(work, linh, ticket.number or 0, says(f"{CANARY} answer"))
        messages.note(work, linh, ticket.number or 0, says(f"{CANARY} note"))
        asked = {"items": [{"kind": "text", "label": f"{CANARY} detail"}], "client_id": str(uuid4())}
        messages.request_details(work, linh, ticket.number or 0, MessageForm.parse_request(asked))
        tickets.resolve(work, linh, ticket.number or 0)
    own = _opens(work, budi, "Budi's own", "Budi's own words")
    robins = _opens(work, ROBIN, "Robin's own", "Robin's own words")
    messages.note(work, linh, own.number or 0, says(f"{CANARY} note on Budi's"))
    messages.note(work, linh, robins.number or 0, says(f"{CANARY} note on Robin's"))
    for viewer, ticket in ((ana, hers), (MINH, his), (linh, hers), (linh, own), (linh, robins)):
        typed = {"place": str(ticket.number), "body": f"{CANARY} draft", "age": 0}
        drafts.save(work, viewer, DraftForm.parse(typed))
    drafts.save(work, ana, DraftForm.parse({"place": drafts.NEW, "body": f"{CANARY} draft", "age": 0}))
    return World(
        ana_number=hers.number or 0,
        minh_number=his.number or 0,
        budi_number=own.number or 0,
        robin_number=robins.number or 0,
        minh_link=access.new_link(work, his),
        robin_link=access.new_link(work, robins),
        ids=(hers.id, his.id),  # pyright: ignore[reportArgumentType]
        cookies={
            "nobody": {},
            "guest": {"portal_guest": sessions.begin_guest(work, ROBIN.address)},
            "guest as account": {"portal_session": sessions.begin_guest(work, ROBIN.address)},
            "customer": {"portal_session": sessions.begin(work, found["Budi"])},
            "customer and guest": {
                "portal_session": sessions.begin(work, found["Budi"]),
                "portal_guest": sessions.begin_guest(work, ROBIN.address),
            },
        },
    )


def _opens(work: Work, viewer: Viewer, subject: str, body: str) -> Ticket:
    form = asks_about(viewer, subject, body)
    return new_ticket.submit(
        work, viewer if viewer.account_id else NOBODY, form, f"192.0.2.{next(_addresses)}"
    )


def signed_in(portal: Served, address: str) -> dict[str, str]:
    """Return the cookie of a new session of an account."""

    def begin(work: Work) -> str:
        account = accounts.find(work, address)
        assert account is not None
        return sessions.begin(work, account)

    return {"portal_session": portal.store.write(begin)}


_newcomers = itertools.count(1)


@pytest.fixture
def newcomer(portal: Served) -> str:
    """The address of an account of this test alone, whose password (`tests.cast.PASSWORD`) it may change."""
    address = f"newcomer{next(_newcomers)}@example.com"
    hashed = accounts.hasher.hash(PASSWORD)
    portal.store.write(lambda work: accounts.create(work, address, "Noor", hashed) and None)
    return address


@pytest.fixture
def browser(portal: Served, world: World) -> Iterator[httpx.Client]:
    """A browser's own requests: from a page of the portal, redirects not followed."""
    with httpx.Client(base_url=portal.url, headers={"Origin": portal.url}, timeout=20) as client:
        yield client
