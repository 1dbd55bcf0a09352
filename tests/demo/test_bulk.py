"""The bulk seed writes rows by itself; they must be the ones that the domain would have written."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import SQLModel, func, select

from ticket_portal.demo import bulk
from ticket_portal.demo.bulk import COURSES, Plan, Requester
from ticket_portal.demo.texts import MATTERS, NAMES, NUDGES
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import conversation, messages, new_ticket, resolution, tickets
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.store.tables import FIRST_NUMBER, Account, Event, Message, Reading, SearchEntry, Ticket
from ticket_portal.store.unit_of_work import Work


def _requesters(ana: Viewer, budi: Viewer) -> list[Requester]:
    return [
        Requester(ana.address, ana.name, ana.language, ana.account_id),
        Requester(budi.address, budi.name, budi.language, budi.account_id),
        Requester("olena@example.com", "Олена", "uk"),
    ]


def test_every_course_of_a_ticket_ends_in_the_rows_that_the_domain_writes(work, ana, budi, linh):
    dice = random.Random(7)
    plans = [
        bulk.plan(dice, requester, course, work.now - timedelta(days=most) + timedelta(hours=1), work.now)
        for requester in _requesters(ana, budi)
        for course, _share, _least, most in COURSES
    ]

    bulk.insert(work, plans, linh)
    written = [_rows(work, FIRST_NUMBER + n) for n in _ids(work)]
    played = [_rows(work, _play(work, plan, linh)) for plan in plans]

    assert written == played
    assert {t[0]["status"] for t in written} == {"closed", "resolved", "waiting_customer", "open", "new"}


def test_numbers_go_on_from_the_newest(work, ana, linh, ticket):
    dice = random.Random(1)
    plans = list(bulk.plan_all(dice, 20, _requesters(ana, ana)[0], 20, [], work.now))

    bulk.insert(work, plans, linh)

    assert work.session.exec(select(func.max(Ticket.number))).one() == ticket.number + 20


def test_the_same_seed_gives_the_same_tickets(work, ana):
    heavy = _requesters(ana, ana)[0]

    one, two = (list(bulk.plan_all(random.Random(3), 50, heavy, 10, [heavy], work.now)) for _ in range(2))

    assert one == two
    assert one != list(bulk.plan_all(random.Random(4), 50, heavy, 10, [heavy], work.now))


def test_a_large_seed_has_every_language_three_messages_each_and_one_heavy_customer(store):
    bulk.seed(store, 1_000)

    def look(work: Work) -> tuple[int, int, int, set[str]]:
        count = work.session.exec(select(func.count()).select_from(Ticket)).one()
        written = work.session.exec(select(func.count()).select_from(Message)).one()
        heavys = work.session.exec(
            select(func.count())
            .select_from(Ticket)
            .join(Account, Account.id == Ticket.account_id)
            .where(Account.address == "heavy@example.com")
        ).one()
        return count, written, heavys, set(work.session.exec(select(Ticket.language)).all())

    assert store.read(look) == (1_000, 3_000, 200, set(LOCALES))


def test_it_can_be_seeded_again_and_people_can_go_on(store, ana):
    bulk.seed(store, 30)
    bulk.seed(store, 30, seed=2)

    form = TicketForm.parse(
        ana, {"subject": "Next", "body": "x", "client_id": "0190c0de-0000-7000-8000-000000000001"}, "en"
    )
    newest = store.read(lambda work: work.session.exec(select(func.max(Ticket.number))).one())
    assert store.write(new_ticket.submit, ana, form).number == newest + 1


def test_every_language_speaks_of_every_matter():
    assert set(MATTERS) == set(NAMES) == set(NUDGES) == set(LOCALES)
    assert {len(m) for m in MATTERS.values()} == {len(MATTERS["en"])}


def _ids(work: Work) -> list[int]:
    numbers = work.session.exec(select(Ticket.number).order_by(Ticket.id)).all()
    return [n - FIRST_NUMBER for n in numbers if n]


def _play(work: Work, plan: Plan, agent: Viewer) -> int:
    """Let the same things happen through the domain."""
    now = work.now
    requester = plan.requester
    who = (
        Viewer(
            role="customer", account_id=requester.account_id, address=requester.address, name=requester.name
        )
        if requester.account_id
        else Viewer(role="guest", address=requester.address, name=requester.name)
    )
    number = 0
    for step in plan.steps:
        work.now = step.at
        viewer = agent if step.by_team else who
        # The written rows have this id already, and it is unique.
        form = MessageForm(step.body, step.client_id[::-1])
        match step.kind:
            case "created":
                asking = replace(who, account_id=who.account_id) if who.account_id else NOBODY
                ticket_form = TicketForm(
                    client_id=form.client_id,
                    subject=plan.subject,
                    body=step.body,
                    address=requester.address,
                    name=requester.name,
                    language=requester.language,
                )
                number = new_ticket.submit(work, asking, ticket_form).number or 0
            case "reply":
                messages.reply(work, viewer, number, form)
            case "details":
                messages.request_details(work, viewer, number, form)
            case "assigned":
                tickets.assign_to_me(work, viewer, number)
            case "resolved":
                tickets.resolve(work, viewer, number)
            case "closed":
                tickets.confirm_solved(work, viewer, number)
            case "seen":
                conversation.seen(work, viewer, number, 10**6)
    row = work.session.exec(select(Ticket).where(Ticket.number == number)).one()
    while row.due_at and row.due_at <= now:
        work.now = row.due_at
        resolution.run_due(work)
    work.now = now
    work.session.flush()
    return number


def _rows(work: Work, number: int) -> list[dict[str, Any]]:
    """All that is kept of a ticket, without what must differ: its numbers and the browsers' ids."""
    work.session.expire_all()
    ticket = work.session.exec(select(Ticket).where(Ticket.number == number)).one()
    assert ticket.number == FIRST_NUMBER + ticket.id - 1
    found: list[SQLModel] = [ticket]
    for table, order in (
        (Message, Message.seq),
        (Event, Event.seq),
        (Reading, Reading.reader),
        (SearchEntry, SearchEntry.source_id),
    ):
        found += work.session.exec(select(table).where(table.ticket_id == ticket.id).order_by(order)).all()
    written = {m.id: m.seq for m in found if isinstance(m, Message)}
    rows = [row.model_dump(exclude={"id", "number", "client_id", "ticket_id"}) for row in found]
    for row in rows:
        if row.get("message_id"):
            row["message_id"] = written[row["message_id"]]
        if row.get("kind") == "subject":
            row["words"] = row["words"].replace(str(number), "the number")
        if row.get("kind") == "message":
            row["source_id"] = written[row["source_id"]]
    return rows
