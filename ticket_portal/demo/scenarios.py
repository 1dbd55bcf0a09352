"""Named situations for testers: everything is emptied, one situation is set up, and its names are returned."""

import random
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ticket_portal.addresses import GUEST_LINK
from ticket_portal.demo import bulk, people, stories
from ticket_portal.demo.people import CAST, GUEST, Cast
from ticket_portal.demo.stories import Story, StoryTicket
from ticket_portal.domain.accounts import codes, known_browsers
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.guests import access
from ticket_portal.domain.operations import qa
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import tickets
from ticket_portal.sets.roles import Role
from ticket_portal.store import bulk as tables
from ticket_portal.store.tables import FIRST_NUMBER, Account, Ticket
from ticket_portal.store.unit_of_work import Store, Work

ROBIN = Viewer(role=Role.GUEST, address=GUEST, name="Robin")

Scenario = Callable[[Work, Cast], dict[str, Any]]


class NoSuchScenario(Exception):
    """There is no scenario of that name."""


def load(store: Store, name: str) -> dict[str, Any]:
    """Empty the database and set up a scenario. Returns its numbers and addresses. Raises NoSuchScenario."""
    if name not in SCENARIOS:
        raise NoSuchScenario(name)
    return store.write(_load, name, people.password_hash())


def load_into_empty(store: Store) -> bool:
    """Set up the demo if nothing is in the database yet; tell whether it was set up."""
    if not store.read(_is_empty):
        return False
    return store.write(_load_into_empty, people.password_hash())


def _load(work: Work, name: str, hashed: str) -> dict[str, Any]:
    qa.reset(work)
    found = SCENARIOS[name](work, people.cast(work, hashed))
    qa.forget_limits(work)
    return {
        "scenario": name,
        "password": people.PASSWORD,
        "accounts": {p.name.lower(): asdict(p) for p in CAST},
        **found,
    }


def _load_into_empty(work: Work, hashed: str) -> bool:
    if not _is_empty(work):  # another process was faster
        return False
    stories.tell_all(work, people.cast(work, hashed))
    qa.forget_limits(work)
    return True


def _is_empty(work: Work) -> bool:
    return tables.is_empty(work, Account) and tables.is_empty(work, Ticket)


def _empty(_work: Work, _cast: Cast) -> dict[str, Any]:
    return {}


def _guest_ticket(work: Work, _cast: Cast) -> dict[str, Any]:
    story = Story(work)
    ticket = story.opens(ROBIN, "I can't sign in to my account any more", "Since this morning.", mailed=False)
    return _with_link(work, ticket)


def _guest_expired_code(work: Work, cast: Cast) -> dict[str, Any]:
    story = Story(work).at(hours=1)
    ticket = story.opens(ROBIN, "I can't sign in to my account any more", "Since this morning.")
    story.at(minutes=work.settings.code_minutes + 5)
    found = _with_link(work, ticket)
    browser = known_browsers.new_token(work.settings)
    opened = tickets.find(work, cast.linh, ticket.number)
    scope = CodeScope(
        f"{access.PURPOSE}:{opened.id}", GUEST, known_browsers.token_hash(work.settings, browser)
    )
    codes.send(work, scope, "en")
    [mail] = outbox.take_due(work)
    outbox.delivered(work, mail.id)
    story.ends()
    return {**found, "code": mail.secret["code"], "browser": browser}


def _two_hundred_tickets(work: Work, cast: Cast) -> dict[str, Any]:
    dice = random.Random(200)  # noqa: S311 - nothing here is secret
    ana = bulk.Requester(cast.ana.address, cast.ana.name, "en", cast.ana.account_id)
    plans = bulk.plan_all(dice, 200, ana, 200, [], work.now)
    bulk.insert(work, list(plans), cast.linh)
    return {"email": cast.ana.address, "numbers": [FIRST_NUMBER, FIRST_NUMBER + 199], "count": 200}


def _five_hundred_messages(work: Work, cast: Cast) -> dict[str, Any]:
    story = Story(work).at(minutes=505)
    ticket = story.opens(cast.ana, "A long conversation", "Message 1 of 500.")
    for number in range(2, 501):
        story.at(minutes=505 - number).says(cast.linh if number % 2 else cast.ana, ticket, number)
    story.at(minutes=4).reads(cast.ana, ticket)
    story.reads(cast.linh, ticket)
    story.mails_leave()
    story.ends()
    return stories.about(work, cast.linh, ticket)


def _new(work: Work, cast: Cast) -> dict[str, Any]:
    story = Story(work)
    ticket = story.at(hours=2).opens(cast.ana, "Deposit of 0.42 ETH is not in my balance", "Since Monday.")
    story.ends()
    return stories.about(work, cast.linh, ticket)


def _waiting(work: Work, cast: Cast) -> dict[str, Any]:
    story, ticket = _answered(work, cast)
    story.at(hours=1).asks(cast.linh, ticket, "Which network did you choose?")
    story.ends()
    return stories.about(work, cast.linh, ticket)


def _resolved(work: Work, cast: Cast) -> dict[str, Any]:
    story, ticket = _answered(work, cast)
    story.at(hours=1).resolves(cast.linh, ticket)
    story.ends()
    return stories.about(work, cast.linh, ticket)


def _closed(days_ago: Callable[[int], int]) -> Scenario:
    def scenario(work: Work, cast: Cast) -> dict[str, Any]:
        days = days_ago(work.settings.reopen_days)
        story, ticket = _answered(work, cast, days + 3)
        story.at(days=days + 1).resolves(cast.linh, ticket)
        story.at(days=days).confirms(ticket)
        story.ends()
        return stories.about(work, cast.linh, ticket)

    return scenario


def _merged(work: Work, cast: Cast) -> dict[str, Any]:
    story, ticket = _answered(work, cast, days=2)
    into = story.at(days=1).opens(cast.ana, "Deposit still missing", "I wrote about this before.")
    story.at(hours=20).merges(cast.linh, ticket, into)
    story.ends()
    return {**stories.about(work, cast.linh, ticket), "into": stories.about(work, cast.linh, into)}


def _answered(work: Work, cast: Cast, days: int = 1) -> tuple[Story, StoryTicket]:
    story = Story(work)
    ticket = story.at(days=days, hours=2).opens(
        cast.ana, "Deposit of 0.42 ETH is not in my balance", "I sent it on Monday."
    )
    story.at(days=days).replies(cast.linh, ticket, "Thank you, we're looking into it.")
    return story, ticket


def _with_link(work: Work, ticket: StoryTicket) -> dict[str, Any]:
    agent = Viewer(role=Role.AGENT)
    row = tickets.find(work, agent, ticket.number)
    token = access.new_link(work, row)
    link = f"{work.settings.public_url}{GUEST_LINK}{token}"
    return {**stories.about(work, agent, ticket), "token": token, "link": link}


SCENARIOS: dict[str, Scenario] = {
    "empty": _empty,
    "demo": stories.tell_all,
    "guest-ticket": _guest_ticket,
    "guest-expired-code": _guest_expired_code,
    "two-hundred-tickets": _two_hundred_tickets,
    "five-hundred-messages": _five_hundred_messages,
    "new": _new,
    "waiting": _waiting,
    "resolved": _resolved,
    "closed-reopenable": _closed(lambda reopen_days: min(1, reopen_days)),
    "closed-final": _closed(lambda reopen_days: reopen_days + 1),
    "merged": _merged,
}
