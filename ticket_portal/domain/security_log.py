"""The security log: who came in, who was refused, and which rights changed, one line an event (docs/security.md).

A line never holds an address, a token, a code or anything that a person wrote. An address or an IP appears as a hash
under the portal's key: lines about the same one can be found together, and a reader of the log learns no address.
"""

import logging
from enum import StrEnum

from ticket_portal.domain import keys
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Work

log = logging.getLogger("ticket_portal.security")
HASH_LENGTH = 16


class SecurityEvent(StrEnum):
    """Everything that is logged here; docs/security.md has a line for each."""

    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session_ended"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_DEACTIVATED = "account_deactivated"
    ACCOUNT_REACTIVATED = "account_reactivated"
    ACCOUNT_DELETION_ASKED = "account_deletion_asked"
    ACCOUNT_DELETION_CANCELLED = "account_deletion_cancelled"
    ACCOUNT_DELETED = "account_deleted"
    ROLE_CHANGED = "role_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    PASSWORD_REFUSED = "password_refused"  # noqa: S105
    ADDRESS_CHANGED = "address_changed"
    CODE_SENT = "code_sent"
    CODE_ACCEPTED = "code_accepted"
    CODE_REFUSED = "code_refused"
    GUESSING_ALARM = "guessing_alarm"
    GUEST_VERIFIED = "guest_verified"
    API_TOKEN_CREATED = "api_token_created"  # noqa: S105
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105
    API_TOKEN_REFUSED = "api_token_refused"  # noqa: S105
    DATA_EXPORTED = "data_exported"
    TICKET_DISOWNED = "ticket_disowned"
    TICKET_UNLOCKED = "ticket_unlocked"
    TICKETS_CLAIMED = "tickets_claimed"
    TICKETS_GIVEN_BACK = "tickets_given_back"
    LIMIT_REACHED = "limit_reached"
    EVENT_REFUSED = "event_refused"
    ORIGIN_REFUSED = "origin_refused"
    SOCKET_REFUSED = "socket_refused"
    INSIDER_REFUSED = "insider_refused"
    SECRET_STOPPED = "secret_stopped"  # noqa: S105
    FILE_REFUSED = "file_refused"


def happened(work: Work, event: SecurityEvent, *, address: str = "", ip: str = "", **facts: object) -> None:
    """Log what this work did, once it is committed; work that is rolled back did nothing.

    `facts`: numbers and words of our own (a role, a rule, an account's id), never what a person typed.
    """
    said = _said(work.settings, event, address, ip, facts)
    work.after_commit.append(lambda: _write(said, happened=True))


def refused(
    settings: Settings, event: SecurityEvent, *, address: str = "", ip: str = "", **facts: object
) -> None:
    """Log at once what was refused: a refusal rolls its work back and happened all the same.

    Strangers can cause refusals without end, so of one kind only so many a minute are written (logs.Throttle).
    """
    _write(_said(settings, event, address, ip, facts), happened=False)


def _said(
    settings: Settings, event: SecurityEvent, address: str, ip: str, facts: dict[str, object]
) -> dict[str, object]:
    said: dict[str, object] = {"event": event.value}
    if address:
        said["address"] = hashed(settings, address)
    if ip:
        said["ip"] = hashed(settings, ip)
    return said | {name: value for name, value in facts.items() if value not in ("", None)}


def _write(said: dict[str, object], *, happened: bool) -> None:
    text = " ".join(f"{name}={value}" for name, value in said.items())
    log.info("%s", text, extra={"facts": said, "happened": happened})


def hashed(settings: Settings, *subject: object) -> str:
    """Return an address, an IP or another name as it appears in a line."""
    return keys.subject_hash(settings, "security log", *subject)[:HASH_LENGTH]
