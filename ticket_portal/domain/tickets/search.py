"""Searching one's own tickets: by number, subject, what was said, transaction IDs, names of files; never by notes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy
from sqlalchemy import and_, case, func, or_
from sqlmodel import col, select

from ticket_portal.addresses import typed_number
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import owned_by
from ticket_portal.domain.text import markup
from ticket_portal.domain.tickets import listing, tickets
from ticket_portal.domain.tickets.listing import TicketPage, TicketRow
from ticket_portal.i18n.folding import nfc
from ticket_portal.store import search
from ticket_portal.store.tables import Message, SearchEntry, Ticket
from ticket_portal.store.unit_of_work import Work

LONGEST_QUERY = 200
LOOKED_AT = 3
SNIPPET = 140
LEAD = 40


def mine(work: Work, viewer: Viewer, typed: str, show: str = "all", after: str = "") -> TicketPage:
    """Return a page of the viewer's own tickets in which every word that was typed begins some word.

    The ticket of that number comes first, then those with exactly these words, then the rest; among equals the last
    activity first.
    """
    words = search.typed_words(typed[:LONGEST_QUERY])
    if not words:
        return tickets.mine(work, viewer, after, show) if not typed.strip() else TicketPage([])
    owner = search.owner(viewer.account_id, viewer.address)
    exact = and_(*(search.with_exactly(work, owner, word) for word in words))
    tier = case((col(Ticket.number) == _number(words), 0), (exact, 1), else_=2)
    query = (
        sqlalchemy.select(*listing.ROW, tickets.UNREAD.label("unread"), tier.label("tier"))
        .where(owned_by(viewer, work.now), tickets.status_condition(show))
        .where(*(search.with_word(work, owner, word) for word in words))
    )
    if mark := listing.parse_cursor(after):
        rank, at, last = mark
        query = query.where(
            or_(
                tier > rank,
                and_(tier == rank, col(Ticket.updated_at) < at),
                and_(tier == rank, col(Ticket.updated_at) == at, col(Ticket.id) < last),
            )
        )
    order = (tier, col(Ticket.updated_at).desc(), col(Ticket.id).desc())
    found = work.execute(query.order_by(*order).limit(listing.PAGE + 1)).all()
    here = found[: listing.PAGE]
    hits = _hits(work, owner, words, [t.id for t in here])
    rows = [_row(t, words, hits.get(t.id, "")) for t in here]
    if len(found) <= listing.PAGE:
        return TicketPage(rows)
    return TicketPage(rows, listing.place(here[-1].tier, here[-1].updated_at, here[-1].id))


def marked(text: str, words: list[str], longest: int = 0) -> str:
    """Return a text as safe HTML with the words that were found marked; cut to where they are if it is longer."""
    text = nfc(text)
    hits = [(start, end) for start, end, word in search.spoken(text) if _found(word, words)]
    begin, stop = _cut(text, hits, longest)
    parts = [("…" if begin else "", False)]
    for start, end in hits:
        if start >= begin and end <= stop:
            parts += [(text[begin:start], False), (text[start:end], True)]
            begin = end
    return markup.highlighted([*parts, (text[begin:stop], False), ("…" if stop < len(text) else "", False)])


def _number(words: list[str]) -> int:
    return typed_number(words[0]) if len(words) == 1 else 0


def _row(ticket: Any, words: list[str], hit: str) -> TicketRow:
    known = [w for _start, _end, w in search.spoken(f"{ticket.number} {ticket.subject}")]
    told = all(any(_found(said, [word]) for said in known) for word in words)
    row = listing.row(ticket, unread=ticket.unread)
    return replace(
        row, marked=marked(ticket.subject, words), hit="" if told or not hit else marked(hit, words, SNIPPET)
    )


def _found(word: str, words: Sequence[str]) -> bool:
    folded, wanted = search.fold(word), tuple(map(search.fold, words))
    if folded.startswith(wanted):
        return True
    return len(folded) >= search.SHORTEST_ID and any(w in folded for w in wanted if search.part_of_id(w))


def _hits(work: Work, owner: str, words: list[str], ids: list[int]) -> dict[int, str]:
    """Return for each ticket the text that has the most of the words; the newest of equals."""
    newest = func.row_number().over(
        partition_by=col(SearchEntry.ticket_id), order_by=col(SearchEntry.id).desc()
    )
    found = (
        select(SearchEntry.id, newest.label("place"))
        .where(col(SearchEntry.ticket_id).in_(ids), col(SearchEntry.kind) != "subject")
        .where(search.entries_with(work, owner, words))
        .subquery()
    )
    query = (
        select(SearchEntry.ticket_id, SearchEntry.label, Message.body)
        .join(found, found.c.id == col(SearchEntry.id))
        .join(
            Message,
            and_(col(SearchEntry.kind) == "message", col(Message.id) == col(SearchEntry.source_id)),
            isouter=True,
        )
        .where(found.c.place <= LOOKED_AT)
        .order_by(col(SearchEntry.id).desc())
    )
    texts: dict[int, list[str]] = defaultdict(list)
    for ticket_id, label, body in work.execute(query).all():
        texts[ticket_id].append(body or label)
    return {ticket_id: max(said, key=lambda text: _worth(text, words)) for ticket_id, said in texts.items()}


def _worth(text: str, words: list[str]) -> int:
    said = {word for _start, _end, word in search.spoken(nfc(text))}
    return sum(any(_found(one, [word]) for one in said) for word in words)


def _cut(text: str, hits: list[tuple[int, int]], longest: int) -> tuple[int, int]:
    """Return from where to where a text is shown: whole words around its first hit."""
    if not longest or len(text) <= longest or not hits:
        return 0, len(text) if not longest else min(len(text), longest)
    first, first_end = hits[0]
    begin = max(0, min(first - LEAD, len(text) - longest))
    if begin:
        begin = text.find(" ", begin, first) + 1 or first
    stop = max(first_end, min(len(text), begin + longest))
    if stop < len(text):
        stop = max(first_end, text.rfind(" ", begin, stop))
    return begin, stop
