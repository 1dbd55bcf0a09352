"""Who may do what with a ticket. Every rule is here; everything else asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ticket_portal.domain.errors import NotAllowed, NotFound
from ticket_portal.domain.people import Viewer
from ticket_portal.sets.roles import Role


class Owned(Protocol):
    """What the rules need to know of a ticket; a row has it, and so does a shared read of one."""

    @property
    def account_id(self) -> int | None: ...
    @property
    def address(self) -> str: ...
    @property
    def guest_until(self) -> datetime | None: ...
    @property
    def locked_at(self) -> datetime | None: ...


Rule = Callable[[Viewer, Owned], bool]


def can_read(viewer: Viewer, ticket: Owned) -> bool:
    """The team; the customer whose ticket it is; for a guest's ticket, a guest who proved its address.

    An address is proved by a code or by the account that has it. A ticket that belongs to an account is the
    account's alone: its address may pass to another person one day. One that an account took over stays open to the
    guest for some days; one whose address said "this wasn't me" is locked for that address.
    """
    if viewer.of_team:
        return True
    if ticket.account_id is not None and viewer.role == Role.CUSTOMER:
        return ticket.account_id == viewer.account_id
    return by_address(viewer, ticket) and ticket.locked_at is None and not _handed_over(viewer, ticket)


def by_address(viewer: Viewer, ticket: Owned) -> bool:
    """Whether the viewer has proved the address that the ticket was sent from."""
    return viewer.is_requester and ticket.address == viewer.address


def _handed_over(viewer: Viewer, ticket: Owned) -> bool:
    """Whether an account has the ticket, and guests no longer read it."""
    if ticket.account_id is None:
        return False
    until, now = ticket.guest_until, viewer.as_of
    return until is None or now is None or now >= until


def can_reply(viewer: Viewer, ticket: Owned) -> bool:
    """Everyone who can read a ticket can answer in it."""
    return can_read(viewer, ticket)


def can_work(viewer: Viewer, ticket: Owned) -> bool:  # noqa: ARG001 - a rule like the others
    """Notes, requests for details, resolving, assigning: the team."""
    return viewer.of_team


def can_confirm(viewer: Viewer, ticket: Owned) -> bool:
    """Saying whether it is solved: the requester alone."""
    return can_read(viewer, ticket) and not viewer.of_team


def can_answer(viewer: Viewer, ticket: Owned) -> bool:
    """Giving the details that the team asked for: the requester alone."""
    return can_read(viewer, ticket) and not viewer.of_team


def require(viewer: Viewer, rule: Rule, ticket: Owned) -> None:
    """Raise NotFound if they may not even read the ticket, NotAllowed if they may but not do this."""
    if not can_read(viewer, ticket):
        raise NotFound
    if not rule(viewer, ticket):
        raise NotAllowed
