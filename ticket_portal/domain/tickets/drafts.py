"""Drafts: unsent text, kept so that it is there on the person's next device (docs/contract.md#tickets).

A draft is its writer's alone: it is found by who they are, never by the ticket. The browser keeps its own copy and
tells the server every few seconds; of two copies the newer one counts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, bindparam
from sqlmodel import col, delete, select, update

from ticket_portal.addresses import number_in
from ticket_portal.domain.errors import Invalid, NotFound, TooLong
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.text.cleaning import storable
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Draft
from ticket_portal.store.unit_of_work import Work

NEW = "new"
MODES = ("public", "note")
LONGEST_BODY = 20_000
LONGEST_SUBJECT = 300
MOST = 100
OLDEST = timedelta(days=30)


@dataclass(frozen=True)
class DraftForm:
    """A draft as a browser tells it, checked. `age`: how long ago it was typed; no clock but ours is asked."""

    place: str
    subject: str
    body: str
    mode: str
    age: timedelta

    @classmethod
    def parse(cls, typed: dict[str, Any]) -> "DraftForm":
        """Check what came. Raises Invalid, TooLong."""
        place, age = typed.get("place"), typed.get("age")
        if not isinstance(place, str) or not _is_place(place):
            raise Invalid("place")
        if isinstance(age, bool) or not isinstance(age, int | float) or not 0 <= age < float("inf"):
            raise Invalid("age")
        return cls(
            place=place,
            subject=_text(typed, "subject", LONGEST_SUBJECT),
            body=_text(typed, "body", LONGEST_BODY),
            mode=str(typed.get("mode")) if typed.get("mode") in MODES else "",
            age=min(timedelta(milliseconds=min(age, 1e12)), OLDEST),
        )


@dataclass(frozen=True)
class DraftView:
    """A draft as its writer gets it back; an empty one with a moment says that it was sent or emptied then."""

    subject: str = ""
    body: str = ""
    mode: str = ""
    saved_at: str = ""


def save(work: Work, viewer: Viewer, form: DraftForm) -> datetime | None:
    """Keep a draft and return its time; None if a newer one is kept. Raises NotFound without an identity."""
    owner = _owner(viewer)
    typed_at = work.now - form.age
    kept = work.session.get(Draft, (owner, form.place), with_for_update=True)
    if kept is None:
        kept = Draft(owner=owner, place=form.place)
        _make_room(work, owner)
    elif (kept.subject, kept.body, kept.mode) == (form.subject, form.body, form.mode):
        return kept.saved_at  # told twice
    elif kept.saved_at > typed_at:
        return None
    kept.subject, kept.body, kept.mode, kept.saved_at = form.subject, form.body, form.mode, typed_at
    work.session.add(kept)
    return typed_at


def load(work: Work, viewer: Viewer, place: str) -> DraftView:
    """Return what the viewer was writing at a place; an empty view when nothing was."""
    if viewer.role == Role.NOBODY or not _is_place(place):
        return DraftView()
    kept = work.execute(_kept(locked=False), {"owner": _owner(viewer), "place": place}).first()
    if kept is None:
        return DraftView()
    return DraftView(kept.subject, kept.body, kept.mode, kept.saved_at.isoformat())


def sent(work: Work, viewer: Viewer, place: str, text: str) -> None:
    """Forget the draft of what is sent just now; what was begun after it stays."""
    if viewer.role == Role.NOBODY:
        return
    whose = {"owner": _owner(viewer), "place": place}
    kept = work.execute(_kept(locked=True), whose).first()
    if kept and text.startswith(kept.body.strip()):
        emptied = {"subject": "", "body": "", "mode": "", "saved_at": work.now}
        work.execute(update(Draft).where(*_at(**whose)).values(emptied))


def hand_over(work: Work, before: Viewer, after: Viewer) -> None:
    """Let a guest's drafts be those of the account that the guest has now; the account's own stay."""
    owner = _owner(after)
    for kept in work.session.exec(select(Draft).where(Draft.owner == _owner(before))).all():
        own = work.session.get(Draft, (owner, kept.place))
        if own is None or own.saved_at < kept.saved_at:
            work.session.merge(Draft.model_validate({**kept.model_dump(), "owner": owner}))
        work.session.delete(kept)


def sweep(work: Work) -> None:
    """Delete drafts that were not touched for a long time."""
    oldest = work.now - timedelta(days=work.settings.draft_days)
    work.session.exec(delete(Draft).where(col(Draft.saved_at) < oldest))


@cache  # composed once: each page of a ticket and each message asks for it
def _kept(*, locked: bool) -> Select[str, str, str, datetime]:
    kept = (col(Draft.subject), col(Draft.body), col(Draft.mode), col(Draft.saved_at))
    query = sqlalchemy.select(*kept).where(*_at(bindparam("owner"), bindparam("place")))
    return query.with_for_update() if locked else query


def _at(owner: Any, place: Any) -> tuple[ColumnElement[bool], ...]:
    return col(Draft.owner) == owner, col(Draft.place) == place


def _owner(viewer: Viewer) -> str:
    # Not `viewer.reader`: the team reads as one, but each writes for themselves.
    if viewer.account_id:
        return f"account:{viewer.account_id}"
    if viewer.role != Role.GUEST or not viewer.address:
        raise NotFound
    return f"guest:{viewer.address}"


def _is_place(place: str) -> bool:
    return place == NEW or number_in(place) > 0


def _text(typed: dict[str, Any], field: str, most: int) -> str:
    found = typed.get(field)
    text = storable(found) if isinstance(found, str) else ""
    if len(text) > most:
        raise TooLong(field, length=len(text), most=most)
    return text


def _make_room(work: Work, owner: str) -> None:
    newest_first = select(Draft).where(Draft.owner == owner).order_by(col(Draft.saved_at).desc())
    for old in work.session.exec(newest_first.offset(MOST - 1)).all():
        work.session.delete(old)
