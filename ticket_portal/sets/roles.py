"""Roles: what somebody is in the portal, and on whose side of a ticket that puts them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a viewer, an author or an account is."""

    NOBODY = "nobody"
    """Not signed in, and no address proved."""
    CUSTOMER = "customer"
    """Has an account of their own."""
    GUEST = "guest"
    """Proved an address, without an account."""
    AGENT = "agent"
    ADMIN = "admin"
    SYSTEM = "system"
    """The portal itself: what happens by time."""


class Side(StrEnum):
    """The two sides of a ticket."""

    TEAM = "team"
    REQUESTER = "requester"


@dataclass(frozen=True)
class RoleRules:
    """What is true of a role: its side in a ticket, whether it works on tickets, whether accounts can have it."""

    side: Side | None = None
    of_team: bool = False
    has_account: bool = False


RULES: Final = {
    Role.NOBODY: RoleRules(),
    Role.CUSTOMER: RoleRules(Side.REQUESTER, has_account=True),
    Role.GUEST: RoleRules(Side.REQUESTER),
    Role.AGENT: RoleRules(Side.TEAM, of_team=True, has_account=True),
    Role.ADMIN: RoleRules(Side.TEAM, of_team=True, has_account=True),
    Role.SYSTEM: RoleRules(Side.TEAM),
}
TEAM: Final = tuple(role for role, rules in RULES.items() if rules.of_team)
REQUESTERS: Final = tuple(role for role, rules in RULES.items() if rules.side == Side.REQUESTER)
TEAM_SIDE: Final = tuple(role for role, rules in RULES.items() if rules.side == Side.TEAM)
ACCOUNT_ROLES: Final = tuple(role for role, rules in RULES.items() if rules.has_account)
AUTHORS: Final = tuple(role for role, rules in RULES.items() if rules.of_team or role in REQUESTERS)
"""Those who write messages."""


def role_of(account_role: str) -> Role:
    """Return an account's role. One that this version does not know gives the rights of a customer, no more."""
    return Role(account_role) if account_role in ACCOUNT_ROLES else Role.CUSTOMER
