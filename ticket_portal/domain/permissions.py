"""Who may do what with a ticket. Every rule is here; everything else asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, or_, true

from ticket_portal.domain.errors import NotAllowed, NotFound
from ticket_portal.domain.people import Viewer
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Ticket


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


Clause = Callable[[type["_Rows"] | type["_Columns"], Any, Any], Any]
"""One way to a ticket, of a row and a viewer, or of columns and the parameters that stand for a viewer."""


class _Rows:
    """What a clause is made of, where it decides about one ticket. Nothing equals what is missing, as in SQL."""

    both, either = all, any

    @staticmethod
    def same(one: Any, other: Any) -> bool:
        return one is not None and one == other

    @staticmethod
    def missing(value: Any) -> bool:
        return value is None

    @staticmethod
    def after(moment: datetime | None, other: datetime | None) -> bool:
        return moment is not None and other is not None and moment > other


class _Columns:
    """The same, where it becomes a condition of a query."""

    @staticmethod
    def both(clauses: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
        return and_(*clauses)

    @staticmethod
    def either(clauses: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
        return or_(*clauses)

    @staticmethod
    def same(column: Any, value: Any) -> ColumnElement[bool]:
        return column == value

    @staticmethod
    def missing(column: Any) -> ColumnElement[bool]:
        return column.is_(None)

    @staticmethod
    def after(column: Any, moment: Any) -> ColumnElement[bool]:
        return column > moment


def _of_account(are: Any, ticket: Any, viewer: Any) -> Any:
    """A ticket that belongs to an account is the account's alone: its address may pass to another person one day."""
    return are.same(ticket.account_id, viewer.account_id)


def _of_address(are: Any, ticket: Any, viewer: Any) -> Any:
    """A guest's ticket is for everyone who proved its address, by a code or by the account that has it.

    One whose address said "this wasn't me" is locked for that address. One that an account took over stays open to the
    guest for some days.
    """
    shared = (are.missing(ticket.account_id), are.after(ticket.guest_until, viewer.as_of))
    return are.both(
        (are.same(ticket.address, viewer.address), are.missing(ticket.locked_at), are.either(shared))
    )


def _of_address_alone(are: Any, ticket: Any, viewer: Any) -> Any:
    """A guest's ticket that no account has."""
    return are.both((are.missing(ticket.account_id), _of_address(are, ticket, viewer)))


# Who may read a ticket: the rule for one and the conditions of all queries are made of these. The team reads all.
_READABLE: dict[str, tuple[Clause, ...]] = {
    Role.CUSTOMER: (_of_account, _of_address_alone),
    Role.GUEST: (_of_address,),
}
# What a person's own list has; a customer is offered the tickets of their address before they are theirs.
_OWN: dict[str, tuple[Clause, ...]] = {Role.CUSTOMER: (_of_account,), Role.GUEST: (_of_address,)}
_OFFERED: dict[str, tuple[Clause, ...]] = {Role.CUSTOMER: (_of_address_alone,)}


def can_read(viewer: Viewer, ticket: Owned) -> bool:
    """The team; the customer whose ticket it is; for a guest's ticket, everyone who proved its address."""
    return viewer.of_team or any(clause(_Rows, ticket, viewer) for clause in _READABLE.get(viewer.role, ()))


def readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that the viewer may read a ticket: what `can_read` says of one, for queries."""
    return true() if viewer.of_team else _condition(_READABLE, viewer.role, _values(viewer))


def owned_by(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a ticket is in the viewer's own list. Raises NotFound: the team has none."""
    return _own(viewer.role, _values(replace(viewer, as_of=now)))


def owned_by_role(role: str) -> ColumnElement[bool]:
    """Return the same for a query that is composed once and run with `owner_params`. Raises NotFound."""
    return _own(role, _PARAMETERS)


def owner_params(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return the values of the parameters in `owned_by_role`."""
    return {"account_id": viewer.account_id, "address": viewer.address, "as_of": now}


def offered_to(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a customer may make a ticket of their address their account's."""
    return _condition(_OFFERED, viewer.role, _values(viewer))


def belongs_to(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a ticket is the viewer's account's, whatever their role."""
    return _of_account(_Columns, Ticket, _values(viewer))


def is_handed_over(ticket: Owned, now: datetime) -> bool:
    """Whether an account has the ticket, and guests no longer read it."""
    return not (_Rows.missing(ticket.account_id) or _Rows.after(ticket.guest_until, now))


@dataclass(frozen=True)
class _Parameters:
    """Stands for a viewer in a condition; for None too, which by itself would become `IS NULL`: all guests' tickets."""

    account_id: BindParameter[Any]
    address: BindParameter[Any]
    as_of: BindParameter[Any]


_PARAMETERS = _Parameters(bindparam("account_id"), bindparam("address"), bindparam("as_of"))


def _values(viewer: Viewer) -> _Parameters:
    values = (viewer.account_id, viewer.address, viewer.as_of)
    return _Parameters(*(bindparam(None, value, unique=True) for value in values))


def _own(role: str, viewer: _Parameters) -> ColumnElement[bool]:
    if role not in _OWN:
        raise NotFound
    return _condition(_OWN, role, viewer)


def _condition(rules: dict[str, tuple[Clause, ...]], role: str, viewer: _Parameters) -> ColumnElement[bool]:
    return or_(false(), *(clause(_Columns, Ticket, viewer) for clause in rules.get(role, ())))


def by_address(viewer: Viewer, ticket: Owned) -> bool:
    """Whether the viewer has proved the address that the ticket was sent from."""
    return viewer.is_requester and ticket.address == viewer.address


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
