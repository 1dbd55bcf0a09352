"""The items of a request for details: what can be asked for, what counts as an answer, what became of each.

`messages.request_details` and `messages.answer_details` post the messages; here is what is in them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import col, select

from ticket_portal.domain.errors import AlreadyAnswered, BadDetail, Invalid, Missing
from ticket_portal.domain.files import attachments
from ticket_portal.domain.files.attachments import parse_ids
from ticket_portal.domain.history import PostedMessage
from ticket_portal.domain.text.blockchains import CHAINS, transaction_id
from ticket_portal.domain.text.cleaning import one_line, storable
from ticket_portal.store.tables import DetailItem, Message
from ticket_portal.store.unit_of_work import Work

KINDS = ("txid", "network", "amount", "moment", "screenshot", "text")
MOST_ITEMS = 10
LONGEST_LABEL = 200
LONGEST_LINE = 80
LONGEST_ANSWER = 2_000
NEWEST = 200
FIRST_BLOCK = datetime(2009, 1, 3, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=10)

AMOUNT = re.compile(
    r"(?=.*[1-9])(?:\D{1,12}\d[\d.,’' ]*|\d[\d.,’' ]*\s*[^\W\d_]{1,12}|\d[\d.,’' ]*\s*[^\w\s]{1,3})"
)


@dataclass(frozen=True)
class DetailItemSpec:
    """One thing that is asked for. `label`: the asker's own words (a question of their own has nothing else)."""

    kind: str
    label: str = ""
    chain: str = ""


@dataclass(frozen=True)
class DetailAnswer:
    """The answer to one item, as typed; with `declined` it is why it can't be given.

    `files`: ids of uploads, for a screenshot.
    """

    place: int
    value: str
    chain: str = ""
    zone: str = ""
    declined: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class DetailView:
    """An item as both sides see it. `request` and `answered`: the log's numbers of the messages (0: not yet)."""

    request: int
    place: int
    kind: str
    label: str = ""
    chain: str = ""
    state: str = "open"
    answer: str = ""
    zone: str = ""
    answered: int = 0


def parse_wanted(typed: object) -> tuple[DetailItemSpec, ...]:
    """Check what is to be asked for. Raises Invalid, Missing."""
    if not isinstance(typed, Sequence) or isinstance(typed, str) or len(typed) > MOST_ITEMS:
        raise Invalid("items")
    return tuple(_wanted(item) for item in typed)


def parse_given(typed: object) -> tuple[DetailAnswer, ...]:
    """Check the shape of answers; whether they fit their items is seen when these are known. Raises Invalid."""
    if not isinstance(typed, Sequence) or isinstance(typed, str) or not 0 < len(typed) <= MOST_ITEMS:
        raise Invalid("details")
    given = tuple(_given(item) for item in typed)
    if len({one.place for one in given}) < len(given):
        raise Invalid("details")  # one item has one answer
    return given


def add(work: Work, request: PostedMessage, wanted: Sequence[DetailItemSpec]) -> None:
    """Put the items of a new request down."""
    for place, item in enumerate(wanted):
        work.session.add(
            DetailItem(
                ticket_id=request.ticket_id,
                request_id=request.id,
                place=place,
                kind=item.kind,
                label=item.label,
                chain=item.chain,
            )
        )
    work.session.flush()


def fit(work: Work, request: Message, given: Sequence[DetailAnswer]) -> list[tuple[DetailItem, DetailAnswer]]:
    """Return the open items with what was given for each, checked and in the form in which it is kept.

    What is no longer open is left out: it was sent from another tab. Raises BadDetail, AlreadyAnswered.
    """
    items = {
        item.place: item
        for item in work.session.exec(select(DetailItem).where(DetailItem.request_id == request.id)).all()
    }
    if any(one.place not in items for one in given):
        raise BadDetail
    fitting = [(items[one.place], one) for one in given if items[one.place].state == "open"]
    if not fitting:
        raise AlreadyAnswered
    return [(item, _fitting(work, item, one)) for item, one in fitting]


def settle(work: Work, answer: PostedMessage, fitting: Sequence[tuple[DetailItem, DetailAnswer]]) -> None:
    """Note what was answered or declined, and by which message."""
    for item, one in fitting:
        item.state = "declined" if one.declined else "answered"
        item.answer, item.zone, item.answer_id = one.value, one.zone, answer.id
        item.chain = item.chain or one.chain
        work.session.add(item)
    work.session.flush()


def still_open(work: Work, ticket_id: int) -> int:
    """Return how many details a ticket still waits for."""
    query = select(func.count()).where(DetailItem.ticket_id == ticket_id, DetailItem.state == "open")
    return work.session.exec(query).one()


def of_ticket(work: Work, ticket_id: int) -> list[DetailView]:
    """Return a ticket's newest items, in the order in which they were asked for."""
    request, answer = Message.__table__.alias(), Message.__table__.alias()  # pyright: ignore[reportAttributeAccessIssue]
    found = work.session.exec(
        select(DetailItem, request.c.seq, answer.c.seq)
        .join(request, request.c.id == col(DetailItem.request_id))
        .join(answer, answer.c.id == col(DetailItem.answer_id), isouter=True)
        .where(DetailItem.ticket_id == ticket_id)
        .order_by(request.c.seq.desc(), col(DetailItem.place).desc())
        .limit(NEWEST)
    ).all()
    return [_view(item, asked, answered or 0) for item, asked, answered in reversed(found)]


def _view(item: DetailItem, asked: int, answered: int) -> DetailView:
    return DetailView(
        request=asked,
        place=item.place,
        kind=item.kind,
        label=item.label,
        chain=item.chain,
        state=item.state,
        answer=item.answer,
        zone=item.zone,
        answered=answered,
    )


def _wanted(typed: object) -> DetailItemSpec:
    if not isinstance(typed, Mapping):
        raise Invalid("items")
    kind, chain = str(typed.get("kind")), str(typed.get("chain") or "")
    label = one_line(typed.get("label"))
    if kind not in KINDS or (chain and (chain not in CHAINS or kind != "txid")) or len(label) > LONGEST_LABEL:
        raise Invalid("items")
    if kind == "text" and not label:
        raise Missing("items")
    return DetailItemSpec(kind, label, chain)


def _given(typed: object) -> DetailAnswer:
    if not isinstance(typed, Mapping) or type(typed.get("place")) is not int:
        raise Invalid("details")
    value = storable(str(typed.get("value") or "")).strip()
    chain = str(typed.get("chain") or "")
    files = parse_ids(typed.get("files"))
    if not (value or files) or len(value) > LONGEST_ANSWER or (chain and chain not in CHAINS):
        raise BadDetail
    return DetailAnswer(
        typed["place"],
        value,
        chain,
        str(typed.get("zone") or "")[:LONGEST_LINE],
        typed.get("declined") is True,
        files,
    )


def _fitting(work: Work, item: DetailItem, one: DetailAnswer) -> DetailAnswer:
    if one.declined:
        if not one.value:
            raise BadDetail
        return DetailAnswer(one.place, one.value, declined=True)
    return _CHECKS[item.kind](work, item, one)


def _as_transaction(_work: Work, item: DetailItem, one: DetailAnswer) -> DetailAnswer:
    chain = item.chain or one.chain
    found = transaction_id(one.value, chain)
    if not found:
        raise BadDetail
    return DetailAnswer(one.place, found, chain)


def _as_amount(_work: Work, _item: DetailItem, one: DetailAnswer) -> DetailAnswer:
    amount = one_line(one.value)
    # Kept as typed: whether "1,250" is a thousand or one and a quarter is not ours to guess.
    if len(amount) > LONGEST_LINE or not AMOUNT.fullmatch(amount):
        raise BadDetail
    return DetailAnswer(one.place, amount)


def _as_moment(work: Work, _item: DetailItem, one: DetailAnswer) -> DetailAnswer:
    try:
        local = datetime.fromisoformat(one.value).replace(tzinfo=None)  # the zone is said beside it
        moment = local.replace(tzinfo=ZoneInfo(one.zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError, LookupError):
        raise BadDetail from None
    if not FIRST_BLOCK <= moment <= work.now + CLOCKS_DIFFER:
        raise BadDetail
    return DetailAnswer(one.place, moment.isoformat(), zone=one.zone)


def _as_line(_work: Work, _item: DetailItem, one: DetailAnswer) -> DetailAnswer:
    line = one_line(one.value)
    if not line or len(line) > LONGEST_LINE:
        raise BadDetail
    return DetailAnswer(one.place, line)


def _as_text(_work: Work, _item: DetailItem, one: DetailAnswer) -> DetailAnswer:
    if not one.value:
        raise BadDetail
    return DetailAnswer(one.place, one.value)


def _as_picture(work: Work, _item: DetailItem, one: DetailAnswer) -> DetailAnswer:
    if not one.files:
        return _as_text(work, _item, one)  # in words, from a system that sends no files
    # Whether they are the writer's own is seen when the message takes them along, in the same transaction.
    return DetailAnswer(one.place, ", ".join(attachments.names(work, one.files)), files=one.files)


_CHECKS: dict[str, Callable[[Work, DetailItem, DetailAnswer], DetailAnswer]] = {
    "txid": _as_transaction,
    "network": _as_line,
    "amount": _as_amount,
    "moment": _as_moment,
    "screenshot": _as_picture,
    "text": _as_text,
}


def values(given: Sequence[DetailAnswer]) -> str:
    """Return what was given as a text of lines: what a search finds and the company's systems read."""
    return "\n".join(one.value for one in given)


def plain(view: DetailView) -> dict[str, Any]:
    """Return an item as the company's systems get it."""
    return {
        "kind": view.kind,
        "label": view.label,
        "chain": view.chain,
        "state": view.state,
        "answer": view.answer,
        "zone": view.zone,
    }
