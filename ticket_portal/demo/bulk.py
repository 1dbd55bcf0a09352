"""Many tickets at once, as a portal has them after a year. The rows are what the domain would have written."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel, col, select

from ticket_portal.demo import people
from ticket_portal.demo.people import HEAVY, LINH
from ticket_portal.demo.texts import MATTERS, NAMES, NUDGES, Matter
from ticket_portal.domain.history import EVENTS, EventKind, MessageKind
from ticket_portal.domain.people import Viewer
from ticket_portal.sets.roles import Role
from ticket_portal.sets.statuses import REQUESTERS_TURN, RULES, Status
from ticket_portal.store import bulk, search
from ticket_portal.store.tables import FIRST_NUMBER, Account, Event, Message, Reading, SearchEntry, Ticket
from ticket_portal.store.unit_of_work import Store, Work

HEAVY_OWNS = 200
INSERT_BATCH = 5_000
TICKETS_PER_CUSTOMER = 12
TICKETS_PER_GUEST = 2
ZONES = {
    "en": "Europe/London",
    "es": "America/Bogota",
    "fr": "Europe/Paris",
    "id": "Asia/Jakarta",
    "uk": "Europe/Kyiv",
    "vi": "Asia/Ho_Chi_Minh",
}
TABLES = (Ticket, Message, Event, Reading, SearchEntry)
COINS = (("BTC", 3), ("ETH", 2), ("USDT", 0), ("SOL", 1), ("XRP", 0), ("TRX", 0))
NETWORKS = ("Bitcoin", "Ethereum", "Tron", "Solana", "BNB Chain", "Polygon")

# How a ticket went, how often that is (in a hundred), and how many days ago it can have begun: what was resolved a
# month ago has closed by now, and nobody waits a year for an answer.
COURSES = (
    ("closed", 80, 10, 365),
    ("resolved", 5, 1, 6),
    ("waiting_customer", 5, 1, 13),
    ("answered", 4, 1, 10),
    ("unanswered", 4, 0.5, 4),
    ("new", 2, 0.1, 1),
)


@dataclass(frozen=True)
class Requester:
    """Whose ticket it is: a customer, or a guest (then without an account)."""

    address: str
    name: str
    language: str
    account_id: int | None = None

    @property
    def role(self) -> str:
        """The role in which they write."""
        return Role.CUSTOMER if self.account_id else Role.GUEST

    @property
    def reader(self) -> str:
        """The name under which their reading is remembered."""
        return f"account:{self.account_id}" if self.account_id else f"guest:{self.address}"


@dataclass(frozen=True)
class Step:
    """Something that happened in a ticket: who did what, and when."""

    kind: str
    by_team: bool
    at: datetime
    body: str = ""
    client_id: str = ""


@dataclass(frozen=True)
class Plan:
    """A ticket from its beginning to now."""

    requester: Requester
    subject: str
    steps: tuple[Step, ...]


def seed(store: Store, count: int, *, seed: int = 1, say: Callable[[str], None] = lambda _line: None) -> None:
    """Add `count` tickets in all languages, three messages each. The same seed gives the same tickets."""
    dice = random.Random(seed)  # noqa: S311 - nothing here is secret
    hashed = people.password_hash()
    linh, heavy, customers = store.write(_people, count, hashed)
    now = store.read(lambda work: work.now)
    owned = min(HEAVY_OWNS, max(1, count // 2))
    plans = plan_all(dice, count, heavy, owned, customers, now)
    done = 0
    while batch := list(islice(plans, INSERT_BATCH)):
        store.write(insert, batch, linh)
        done += len(batch)
        say(f"{done:,} of {count:,} tickets")
    store.write(bulk.analyze)


def plan_all(
    dice: random.Random, count: int, heavy: Requester, owned: int, customers: list[Requester], now: datetime
) -> Iterator[Plan]:
    """Yield the plans of `count` tickets, the oldest first; `owned` of them are the heavy customer's."""
    weights = [share for _name, share, _least, _most in COURSES]
    begun: list[tuple[datetime, str]] = []
    for course, _share, least, most in dice.choices(COURSES, weights, k=count):
        seconds = dice.randrange(int(least * 86_400), int(most * 86_400))
        begun.append((now.replace(microsecond=0) - timedelta(seconds=seconds), course))
    begun.sort()
    heavys = set(range(0, count, max(1, count // owned))[:owned])
    for place, (at, course) in enumerate(begun):
        requester = heavy if place in heavys else _requester(dice, customers, count)
        yield plan(dice, requester, course, at, now)


def plan(dice: random.Random, requester: Requester, course: str, begun: datetime, now: datetime) -> Plan:
    """Return one ticket that began then and went this way."""
    coin, digits = dice.choice(COINS)
    facts = {
        "coin": coin,
        "amount": f"{dice.uniform(0.05, 4) if digits else dice.randrange(20, 5_000):.{digits}f}",
        "network": dice.choice(NETWORKS),
        "txid": f"{dice.getrandbits(256):064x}",
    }
    matter = dice.choice(MATTERS[requester.language])
    acts = _acts(course, matter, NUDGES[requester.language])
    steps = tuple(
        Step(kind, by_team, at, _filled(body, facts), _client_id(dice) if body else "")
        for (kind, by_team, body), at in zip(acts, _moments(dice, course, begun, now, len(acts)), strict=True)
    )
    return Plan(requester, _filled(matter.subject, facts), steps)


def insert(work: Work, plans: list[Plan], agent: Viewer) -> None:
    """Write the rows of these tickets; numbers go on from the newest."""
    writer = _Writer(
        work,
        agent,
        bulk.next_id(work, Ticket),
        bulk.next_id(work, Message),
        bulk.next_id(work, Event),
    )
    for one in plans:
        writer.write(one)
    for table in TABLES:
        bulk.add(work, table, writer.rows[table])
    work.publish("clock", "queue")


_STATUS_AFTER: dict[str, Status] = {
    EventKind.DETAILS: Status.WAITING_CUSTOMER,
    EventKind.RESOLVED: Status.RESOLVED,
    EventKind.CLOSED: Status.CLOSED,
}


class _Writer:
    """Turns plans into rows, by the rules of `domain/tickets/tickets.move` and `domain/history.record`."""

    def __init__(self, work: Work, agent: Viewer, ticket_id: int, message_id: int, event_id: int) -> None:
        self.rows: dict[type[SQLModel], list[dict[str, Any]]] = {table: [] for table in TABLES}
        self._now, self._settings = work.now, work.settings
        self._agent = agent
        self._ticket_id, self._message_id, self._event_id = ticket_id, message_id, event_id

    def write(self, plan: Plan) -> None:
        """Add a ticket's rows."""
        ticket = self._opened(plan)
        readings: dict[str, dict[str, Any]] = {}
        for step in plan.steps:
            if step.kind == "seen":
                self._seen(ticket, readings, plan.requester, step)
            else:
                self._happened(ticket, plan.requester, step)
        while ticket["due_at"] and ticket["due_at"] <= self._now:
            self._reminded(ticket)
        self.rows[Ticket].append(ticket)
        self._remember(ticket, "subject", 0, plan.subject)
        self.rows[Reading] += readings.values()
        self._ticket_id += 1

    def _opened(self, plan: Plan) -> dict[str, Any]:
        first = plan.steps[0]
        return {
            "id": self._ticket_id,
            "number": FIRST_NUMBER + self._ticket_id - 1,
            "subject": plan.subject,
            "topic": "",
            "has_files": False,
            "has_details": False,
            "status": Status.NEW,
            "turn_rank": 1,
            "queue_rank": 0,
            "account_id": plan.requester.account_id,
            "address": plan.requester.address,
            "requester": plan.requester.name,
            "language": plan.requester.language,
            "proved_by": "account" if plan.requester.account_id else "",
            "assignee_id": None,
            "client_id": first.client_id,
            "last_seq": 0,
            "team_seq": 0,
            "requester_seq": 0,
            "seen_by_team_seq": 0,
            "seen_by_requester_seq": 0,
            "created_at": first.at,
            "updated_at": first.at,
            "waiting_since": first.at,
            "resolved_at": None,
            "closed_at": None,
            "due_at": None,
            "closes_at": None,
            "reminders": 0,
            "merged_into": None,
            "follows": None,
            "followed_by": None,
        }

    def _happened(self, ticket: dict[str, Any], requester: Requester, step: Step) -> None:
        public = EVENTS[EventKind(step.kind)].public
        ticket["last_seq"] += 1
        who = self._actor(requester, step)
        if public:
            ticket["updated_at"] = step.at
            ticket["team_seq" if step.by_team else "requester_seq"] = ticket["last_seq"]
        self.rows[Event].append(
            {
                "id": self._event_id,
                "ticket_id": ticket["id"],
                "seq": ticket["last_seq"],
                "kind": step.kind,
                "public": public,
                "actor_role": who.role,
                "actor_id": who.account_id,
                "actor_name": who.name,
                "message_id": self._written(ticket, who, step) if step.body else None,
                "data": {},
                "at": step.at,
            }
        )
        self._event_id += 1
        _moved(ticket, step, self._agent)
        if step.kind != EventKind.ASSIGNED:
            self._begin_deadlines(ticket, step)

    def _begin_deadlines(self, ticket: dict[str, Any], step: Step) -> None:
        days = {
            Status.RESOLVED: self._settings.close_resolved_days,
            Status.WAITING_CUSTOMER: self._settings.close_waiting_days,
        }.get(ticket["status"])
        ticket["closes_at"] = ticket["due_at"] = step.at + timedelta(days=days) if days else None
        if ticket["status"] == Status.WAITING_CUSTOMER and self._settings.reminders:
            ticket["due_at"] = step.at + timedelta(days=self._settings.reminders[0])

    def _reminded(self, ticket: dict[str, Any]) -> None:
        """What waits for its customer was reminded of in time."""
        at: datetime = ticket["due_at"]
        days = self._settings.reminders
        ticket["last_seq"] += 1
        ticket["reminders"] += 1
        left = days[ticket["reminders"] :]
        begun = ticket["closes_at"] - timedelta(days=self._settings.close_waiting_days)
        ticket["due_at"] = begun + timedelta(days=left[0]) if left else ticket["closes_at"]
        self.rows[Event].append(
            {
                "id": self._event_id,
                "ticket_id": ticket["id"],
                "seq": ticket["last_seq"],
                "kind": EventKind.REMINDER,
                "public": False,
                "actor_role": Role.SYSTEM,
                "actor_id": None,
                "actor_name": "",
                "message_id": None,
                "data": {},
                "at": at,
            }
        )
        self._event_id += 1

    def _written(self, ticket: dict[str, Any], who: Viewer, step: Step) -> int:
        self.rows[Message].append(
            {
                "id": self._message_id,
                "ticket_id": ticket["id"],
                "seq": ticket["last_seq"],
                "kind": MessageKind.DETAILS if step.kind == EventKind.DETAILS else MessageKind.REPLY,
                "author_role": who.role,
                "author_id": who.account_id,
                "author_name": who.name,
                "body": step.body,
                "files": 0,
                "client_id": step.client_id,
                "created_at": step.at,
            }
        )
        self._remember(ticket, "message", self._message_id, step.body)
        self._message_id += 1
        return self._message_id - 1

    def _remember(self, ticket: dict[str, Any], kind: str, source_id: int, text: str) -> None:
        self.rows[SearchEntry].append(search.entry(Ticket(**ticket), kind, source_id, text))

    def _actor(self, requester: Requester, step: Step) -> Viewer:
        if step.by_team:
            return self._agent
        role = Role.CUSTOMER if requester.account_id else Role.GUEST
        return Viewer(role=role, account_id=requester.account_id, name=requester.name)

    @staticmethod
    def _seen(
        ticket: dict[str, Any], readings: dict[str, dict[str, Any]], requester: Requester, step: Step
    ) -> None:
        reader = "team" if step.by_team else requester.reader
        seq = ticket["last_seq"]
        readings[reader] = {"ticket_id": ticket["id"], "reader": reader, "seq": seq, "at": step.at}
        ticket["seen_by_team_seq" if step.by_team else "seen_by_requester_seq"] = seq


def _moved(ticket: dict[str, Any], step: Step, agent: Viewer) -> None:
    if step.kind == EventKind.CREATED:
        return
    if step.kind == EventKind.ASSIGNED:
        ticket["assignee_id"] = agent.account_id
        return
    unanswered = step.kind == EventKind.REPLY and not step.by_team
    status = _STATUS_AFTER.get(step.kind, Status.OPEN)
    if unanswered and ticket["status"] == Status.NEW:
        status = Status.NEW
    rank = 0 if unanswered else RULES[status].rank
    if rank != ticket["queue_rank"] or not unanswered:
        ticket["waiting_since"] = step.at
    ticket["status"], ticket["queue_rank"] = status, rank
    ticket["turn_rank"] = 0 if status in REQUESTERS_TURN else 1
    ticket["resolved_at"] = step.at if status == Status.RESOLVED else None
    ticket["closed_at"] = step.at if status == Status.CLOSED else None


def _acts(course: str, matter: Matter, nudges: tuple[str, str]) -> list[tuple[str, bool, str]]:
    """Return what happens in a ticket that goes this way: what, whether by the team, and the words."""
    opened = (EventKind.CREATED, False, matter.first)
    follows = (EventKind.REPLY, False, matter.follow_up)
    answered = [("seen", True, ""), (EventKind.ASSIGNED, True, ""), (EventKind.REPLY, True, matter.answer)]
    read = ("seen", False, "")
    acts: dict[str, list[tuple[str, bool, str]]] = {
        "new": [opened, (EventKind.REPLY, False, nudges[0]), (EventKind.REPLY, False, nudges[1])],
        "unanswered": [opened, *answered, read, (EventKind.REPLY, False, nudges[0])],
        "answered": [opened, (EventKind.REPLY, False, nudges[1]), *answered],
        "waiting_customer": [opened, *answered, (EventKind.DETAILS, True, matter.details)],
        "resolved": [opened, *answered, read, follows, ("seen", True, ""), (EventKind.RESOLVED, True, "")],
        "closed": [
            *(opened, *answered, read, follows, ("seen", True, ""), (EventKind.RESOLVED, True, "")),
            *(read, (EventKind.CLOSED, False, "")),
        ],
    }
    return acts[course]


def _moments(dice: random.Random, course: str, begun: datetime, now: datetime, count: int) -> list[datetime]:
    """Return when each thing happened: the first at the beginning, the others after it, all in the past."""
    room = int((now - begun).total_seconds()) - 60
    # A closed ticket went its way in some days; what is still open had all the time until now.
    span = min(room, dice.randrange(86_400, 9 * 86_400)) if course == "closed" else room
    later = sorted(dice.sample(range(60, span), count - 1))
    return [begun, *(begun + timedelta(seconds=s) for s in later)]


def _requester(dice: random.Random, customers: list[Requester], count: int) -> Requester:
    if customers and dice.random() < 0.7:
        return dice.choice(customers)
    number = dice.randrange(max(1, count // TICKETS_PER_GUEST // 3))
    return _stranger(number, f"guest{number:05d}@example.com")


def _stranger(number: int, address: str, account_id: int | None = None) -> Requester:
    languages = tuple(NAMES)
    language = languages[number % len(languages)]
    names = NAMES[language]
    return Requester(address, names[number // len(languages) % len(names)], language, account_id)


def _people(work: Work, count: int, hashed: str) -> tuple[Viewer, Requester, list[Requester]]:
    linh, maya = people.viewer(work, LINH, hashed), people.viewer(work, HEAVY, hashed)
    wanted = [_stranger(n, f"customer{n:05d}@example.com") for n in range(count // TICKETS_PER_CUSTOMER)]
    known = dict(
        work.session.exec(
            select(Account.address, Account.id).where(col(Account.address).startswith("customer"))
        ).all()
    )
    ids = iter(range(bulk.next_id(work, Account), 2**31))
    missing = [(person, next(ids)) for person in wanted if person.address not in known]
    bulk.add(work, Account, [_account(person, number, hashed, work.now) for person, number in missing])
    known |= {person.address: number for person, number in missing}
    customers = [Requester(p.address, p.name, p.language, known[p.address]) for p in wanted]
    return linh, Requester(maya.address, maya.name, maya.language, maya.account_id), customers


def _account(person: Requester, number: int, hashed: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "address": person.address,
        "name": person.name,
        "password_hash": hashed,
        "role": Role.CUSTOMER,
        "language": person.language,
        "time_zone": ZONES[person.language],
        "preferences": {},
        "created_at": now,
    }


def _filled(text: str, facts: dict[str, str]) -> str:
    return text.format(**facts) if "{" in text else text


def _client_id(dice: random.Random) -> str:
    return str(UUID(int=dice.getrandbits(128), version=4))
