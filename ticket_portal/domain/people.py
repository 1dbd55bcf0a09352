"""Who is looking, and the addresses people are known by."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from email_validator import EmailNotValidError, validate_email

from ticket_portal.domain.errors import BadAddress, NotFound
from ticket_portal.i18n.locales import LOCALES

Role = Literal["nobody", "customer", "guest", "agent", "admin", "system"]
SIDE_OF_TEAM: tuple[Role, ...] = ("agent", "admin", "system")
LONGEST_ADDRESS = 254
LONGEST_LOOKED_AT = 10_000
# What stands in the place of the address of somebody who had their account deleted. Nobody can have it (RFC 2606).
ERASED = "deleted@deleted.invalid"


@dataclass(frozen=True)
class Viewer:
    """Whoever asks. Made from a server-side session alone, never from what a browser says of itself.

    `zone_is_chosen`: whether pages show times in their zone; else in the device's.
    `as_of`: when a guest's session was looked at; some of what guests may do ends at a moment.
    `new_sign_in`: whether another session of theirs began in a browser that the account did not know.
    `mail_problem`: why e-mails to their address are not tried any more: bounced, complained.
    """

    role: Role = "nobody"
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
        return self.role in ("agent", "admin")

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
SYSTEM = Viewer(role="system")


class Requested(Protocol):
    """What has a requester: an account, or an address alone."""

    @property
    def account_id(self) -> int | None: ...
    @property
    def address(self) -> str: ...


def requester(ticket: Requested) -> str:
    """Return the name under which the reading of a ticket's requester is remembered."""
    return f"account:{ticket.account_id}" if ticket.account_id else f"guest:{ticket.address}"


def canonical(address: str) -> str:
    """Return the form in which addresses are compared and kept: lower case, the domain in its IDNA spelling.

    Plus tags stay: `ana+a@…` and `ana+b@…` are two addresses (RFC 5233 leaves their meaning to the host).
    Raises BadAddress.
    """
    if not isinstance(address, str) or len(address) > LONGEST_ADDRESS:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BadAddress
    try:
        # `.test` and its like are only refused where mail is really delivered; the carrier finds out.
        found = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise BadAddress from None
    return f"{found.local_part}@{found.ascii_domain}".lower()


def one_line(typed: object) -> str:
    """Return what was typed into a field of one line: spaces joined, without what no database keeps.

    Of more than 10,000 characters only the first are looked at; no field takes as many.
    """
    return " ".join(storable(str(typed or "")[:LONGEST_LOOKED_AT]).split())


def storable(typed: str) -> str:
    """Return a text that any database can keep: PostgreSQL can't keep NUL, nothing can encode a lone surrogate."""
    return typed.replace("\0", "").encode("utf-8", "replace").decode()


def masked(address: str) -> str:
    """Return the address so that its owner knows it and a stranger can't: `j•••@e•••.com`."""
    local, _at, domain = address.partition("@")
    host, _dot, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{host[:1]}•••.{ending}"


def language(code: str) -> str:
    """Return the code if the portal speaks that language, else English."""
    return code if code in LOCALES else "en"


def require_team(viewer: Viewer) -> None:
    """Raise NotFound unless the viewer is of the team: others don't learn what the team has."""
    if not viewer.of_team:
        raise NotFound
