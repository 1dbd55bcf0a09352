"""Addresses that mails don't reach, or whose owner called our mails spam."""

from datetime import datetime
from functools import cache

import sqlalchemy
from sqlalchemy import Select, bindparam
from sqlmodel import col, delete

from ticket_portal.domain import sessions
from ticket_portal.store.tables import Undeliverable
from ticket_portal.store.unit_of_work import Work

BOUNCED, COMPLAINED = "bounced", "complained"


def problem(work: Work, address: str) -> str:
    """Return why mails to this address are not tried: bounced, complained, or "" where they are."""
    return work.scalar(_problem(), {"address": address}) or ""


def mark(work: Work, address: str, why: str) -> None:
    """Send nothing more to this address until it is cleared."""
    found = work.session.get(Undeliverable, address) or Undeliverable(address=address, problem=why)
    found.problem, found.at = why, work.now
    work.session.add(found)
    _tell(work, address)


def clear(work: Work, address: str) -> None:
    """Write to this address again."""
    work.session.exec(delete(Undeliverable).where(col(Undeliverable.address) == address))
    _tell(work, address)


def arrived(work: Work, address: str, since: datetime | None = None) -> None:
    """Note that a mail reached this address (one that left at `since`); who complained is still not written to."""
    found = work.session.get(Undeliverable, address)
    if found and found.problem == BOUNCED and (since is None or found.at <= since):
        clear(work, address)


def _tell(work: Work, address: str) -> None:
    work.publish(*(f"session:{token_hash}" for token_hash in sessions.of_address(work, address)))


@cache  # composed once: each page of a guest asks for it
def _problem() -> Select[str]:
    return sqlalchemy.select(col(Undeliverable.problem)).where(
        col(Undeliverable.address) == bindparam("address")
    )
