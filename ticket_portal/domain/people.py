"""Who is looking: a viewer, and the names under which their reading and their drafts are kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ticket_portal.domain.errors import NotFound
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.sets.roles import REQUESTERS, TEAM, Role


@dataclass(frozen=True)
class Viewer:
    """The person behind a request. Made from a server-side session alone, never from what a browser claims.

    `zone_is_chosen`: whether pages show times in their zone; else in the device's.
    `as_of`: when a guest's session was looked at; some of what guests may do ends at a moment.
    `new_sign_in`: whether another session of theirs began in a browser that the account did not know.
    `mail_problem`: why e-mails to their address are not tried any more: bounced, complained.
    """

    role: Role = Role.NOBODY
    account_id: int | None = None
    address: str = ""
    name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    zone_is_chosen: bool = False
    session: str = ""
    new_sign_in: bool = False
    as_of: datetime | None = None
    mail_problem: str = ""

    @property
    def of_team(self) -> bool:
        """Whether they are an agent or an admin."""
        return self.role in TEAM

    @property
    def is_requester(self) -> bool:
        """Whether they are a customer or a guest: those whom tickets are for."""
        return self.role in REQUESTERS

    @property
    def reader(self) -> str:
        """The name under which their reading is remembered: the team reads as one."""
        if self.of_team:
            return "team"
        return f"account:{self.account_id}" if self.account_id else f"guest:{self.address}"

    @property
    def key(self) -> str:
        """A name for what the browser keeps of them (drafts, unsent messages); says nothing about them."""
        return hashlib.sha256(f"{self.role}:{self.account_id}:{self.address}".encode()).hexdigest()[:16]


NOBODY = Viewer()
SYSTEM = Viewer(role=Role.SYSTEM)


class Requested(Protocol):
    """What has a requester: an account, or an address alone."""

    @property
    def account_id(self) -> int | None: ...
    @property
    def address(self) -> str: ...


def requester(ticket: Requested) -> str:
    """Return the name under which the reading of a ticket's requester is remembered."""
    return f"account:{ticket.account_id}" if ticket.account_id else f"guest:{ticket.address}"


def language(code: str) -> str:
    """Return the code if the portal speaks that language, else English."""
    return code if code in LOCALES else "en"


def require_team(viewer: Viewer) -> None:
    """Raise NotFound unless the viewer is of the team: others don't learn what the team has."""
    if not viewer.of_team:
        raise NotFound
