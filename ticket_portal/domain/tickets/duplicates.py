"""Finds a person's open tickets that seem to be about the new one that they are writing.

Two reasons count, and both can be told in a sentence: the same transaction ID, or mostly the same words in the subject.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_
from sqlmodel import col, select

from ticket_portal.domain.history import MessageKind
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import owned_by
from ticket_portal.domain.text.blockchains import transaction_ids
from ticket_portal.domain.tickets.messages import LONGEST_BODY
from ticket_portal.domain.tickets.new_ticket import LONGEST_SUBJECT
from ticket_portal.i18n.folding import unmarked
from ticket_portal.sets.statuses import FINAL
from ticket_portal.store.tables import Message, Ticket
from ticket_portal.store.unit_of_work import Work

NEWEST = 50
MOST_SHOWN = 3
MOST_IDS = 5
# Of the words in both subjects, counted together, this share must be common.
ALIKE = 0.6
FEWEST_COMMON = 2
SHORTEST_WORD = 2


@dataclass(frozen=True)
class Duplicate:
    """An open ticket on what seems to be the same matter; `reason`: "transaction" or "subject"."""

    number: int
    subject: str
    status: str
    reason: str


def find(work: Work, viewer: Viewer, subject: str, body: str) -> list[Duplicate]:
    """Return the viewer's own open tickets on the same matter, the surest first; none without a proved identity."""
    if not viewer.is_requester:
        return []
    own = work.session.exec(
        select(Ticket)
        .where(owned_by(viewer, work.now), col(Ticket.status).not_in(FINAL))
        .order_by(col(Ticket.updated_at).desc(), col(Ticket.id).desc())
        .limit(NEWEST)
    ).all()
    if not own:
        return []
    text = f"{subject[:LONGEST_SUBJECT]}\n{body[:LONGEST_BODY]}"
    named = _naming(work, own, transaction_ids(text)[:MOST_IDS])
    words = _words(subject[:LONGEST_SUBJECT])
    sure = [_duplicate(ticket, "transaction") for ticket in own if ticket.id in named]
    likely = [
        _duplicate(ticket, "subject")
        for ticket in own
        if ticket.id not in named and _alike(words, _words(ticket.subject))
    ]
    return [*sure, *likely][:MOST_SHOWN]


def _naming(work: Work, own: Sequence[Ticket], ids: list[str]) -> set[int]:
    """Return which tickets name one of these transactions, in the subject or in a message that both sides read."""
    if not ids:
        return set()
    lower = [one.lower() for one in ids]
    found = work.session.exec(
        select(Message.ticket_id)
        .where(
            col(Message.ticket_id).in_([ticket.id for ticket in own]),
            Message.kind != MessageKind.NOTE,
            or_(*[func.lower(Message.body).contains(one, autoescape=True) for one in lower]),
        )
        .distinct()
    ).all()
    return {*found, *(t.id for t in own if any(one in t.subject.lower() for one in lower))}


def _alike(these: set[str], those: set[str]) -> bool:
    common = len(these & those)
    if common < FEWEST_COMMON:
        return bool(these) and these == those
    return 2 * common / (len(these) + len(those)) >= ALIKE


def _words(subject: str) -> set[str]:
    return {word for word in re.findall(r"\w+", unmarked(subject)) if len(word) >= SHORTEST_WORD}


def _duplicate(ticket: Ticket, reason: str) -> Duplicate:
    return Duplicate(ticket.number or 0, ticket.subject, ticket.status, reason)
