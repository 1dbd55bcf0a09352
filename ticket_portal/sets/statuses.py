"""The states of a ticket, and all that is true of each; what people read for them is in `names`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ticket_portal.sets.roles import Side


class Status(StrEnum):
    """Where a ticket stands. In rows it is a text: a newer version may have written one that is not here."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


class ListPart(StrEnum):
    """The parts of a person's list, as its address names them."""

    ALL = "all"
    WAITING = "waiting"
    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True)
class StatusRules:
    """What is true of a ticket in a state."""

    rank: int
    """Its place in the team's queue, while nothing of it is unanswered."""
    side: Side | None
    """Whose turn it is."""
    parts: tuple[ListPart, ...]
    """The parts of the requester's list that have it, beside `ALL`. What waits for them is open too."""
    is_final: bool = False
    """Nothing is expected of either side: it stands in no queue, and has a time of closing."""
    reopens: bool = False
    """The team is done with it, and a word of the requester takes it up again."""


_NOT_IN_QUEUE: Final = 9
"""The index of an agent's open tickets is made with it (store/tables/tickets.py)."""

RULES: Final = {
    Status.NEW: StatusRules(0, Side.TEAM, (ListPart.OPEN,)),
    Status.OPEN: StatusRules(1, Side.TEAM, (ListPart.OPEN,)),
    Status.WAITING_CUSTOMER: StatusRules(3, Side.REQUESTER, (ListPart.WAITING, ListPart.OPEN)),
    Status.ON_HOLD: StatusRules(2, Side.TEAM, (ListPart.OPEN,)),
    Status.RESOLVED: StatusRules(4, Side.REQUESTER, (ListPart.RESOLVED,), reopens=True),
    Status.CLOSED: StatusRules(_NOT_IN_QUEUE, None, (ListPart.CLOSED,), is_final=True, reopens=True),
    Status.MERGED: StatusRules(_NOT_IN_QUEUE, None, (ListPart.CLOSED,), is_final=True),
}
FINAL: Final = tuple(status for status, rules in RULES.items() if rules.is_final)
REOPENING: Final = tuple(status for status, rules in RULES.items() if rules.reopens)
REQUESTERS_TURN: Final = tuple(status for status, rules in RULES.items() if rules.side == Side.REQUESTER)
FINAL_RANK: Final = min(RULES[status].rank for status in FINAL)
IN_PART: Final = {
    part: tuple(status for status, rules in RULES.items() if part in rules.parts) for part in ListPart
}
"""The states in each part of a list; none are named for the whole."""


_UNKNOWN = StatusRules(RULES[Status.OPEN].rank, None, ())


def rules_of(status: str) -> StatusRules:
    """Return what is true of a state; one that this version does not know is nobody's turn, and goes on."""
    return RULES[Status(status)] if status in RULES else _UNKNOWN
