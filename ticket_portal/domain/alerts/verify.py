"""Is this message really from us? Whoever got an e-mail can ask by the reference in it."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from ticket_portal.domain import limits
from ticket_portal.domain.addresses import masked
from ticket_portal.domain.errors import Missing
from ticket_portal.domain.keys import REFERENCE_LENGTH, REFERENCE_SIGNS
from ticket_portal.domain.limits import Limit
from ticket_portal.i18n.folding import nfkc
from ticket_portal.store.tables import Alert, Ticket
from ticket_portal.store.unit_of_work import Work

_LOOK_ALIKES = str.maketrans("OILU", "011V")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HALF = f"[{REFERENCE_SIGNS}]{{{REFERENCE_LENGTH // 2}}}"
_WRITTEN = re.compile(rf"(?<!\w){_HALF}\s?[{_DASHES}\s]?\s?{_HALF}(?!\w)")
LONGEST_TYPED = 500
NEVER_LEFT = ("dropped", "failed", "gathered")


@dataclass(frozen=True)
class SentMail:
    """A mail of ours: what it was, when and to whom (masked) it went, about which ticket. Nothing of its content."""

    kind: str
    at: datetime
    masked_address: str
    number: int | None


def check(work: Work, typed: str, ip: str) -> SentMail | None:
    """Return the mail that has this reference, or None: then it is not from us. Raises Missing, TooMany.

    Counted by whoever asks; found and not found take the same way through the database.
    """
    reference = spelled(typed)
    if not reference:
        raise Missing("reference")
    limits.spend(work, Limit("message_checks_ip", work.settings.limit_message_checks_per_ip_per_hour), ip)
    found = work.session.exec(
        select(Alert, Ticket.number)
        .join(Ticket, col(Ticket.id) == col(Alert.ticket_id), isouter=True)
        .where(Alert.reference == reference)
    ).first()
    if found is None:
        return None
    alert, number = found
    # Without a record of the carrier's answer it may have arrived all the same.
    if alert.prepared_at is None or (alert.state in NEVER_LEFT and alert.sent_at is None):
        return None
    return SentMail(alert.kind, alert.sent_at or alert.prepared_at, masked(alert.address), number)


def grouped(reference: str) -> str:
    """Return a reference as people read it: two groups of five."""
    half = REFERENCE_LENGTH // 2
    return f"{reference[:half]}-{reference[half:]}" if reference else ""


def spelled(typed: str) -> str:
    """Return what was typed as references are kept: capitals, without blanks and dashes, look-alikes as digits.

    The whole line of the mail may be pasted, or a sentence with it: what looks most like a reference is meant.
    """
    folded = nfkc(str(typed)[:LONGEST_TYPED]).upper().translate(_LOOK_ALIKES)
    found = _WRITTEN.findall(_INVISIBLE.sub("", folded))
    if found:
        folded = max(
            found, key=lambda words: (any(sign in _DASHES for sign in words), any(map(str.isdigit, words)))
        )
    return "".join(c for c in folded if c in REFERENCE_SIGNS)[: REFERENCE_LENGTH + 1]
