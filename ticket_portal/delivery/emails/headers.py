"""The headers of an e-mail: threading, "written by a machine", and how to have no more of them."""

from email.headerregistry import Address
from email.utils import format_datetime, parseaddr

from ticket_portal.delivery.emails.links import mute_address
from ticket_portal.domain import keys
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.i18n.catalogues import known
from ticket_portal.settings import Settings

FIRST = 1
"""The event that opens a ticket: the root of its thread, also for a mail program that never saw that mail."""


def headers(settings: Settings, delivery: Delivery, subject: str) -> dict[str, str]:
    """Return all headers but those that MIME adds, as people would read them (not yet encoded)."""
    name, sender = parseaddr(settings.mail_from)
    domain = sender.rpartition("@")[2]
    found = {
        "From": str(Address(name, addr_spec=sender)),
        "Reply-To": f"no-reply@{domain}",
        "To": delivery.address,
        "Subject": subject,
        "Date": format_datetime(delivery.at),
        "Message-ID": _message_id(settings, delivery, delivery.seq, domain),
        "Content-Language": known(delivery.language),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if delivery.number:
        return found | _thread(settings, delivery, domain) | _list(settings, delivery, domain)
    # Gmail folds mails that look alike into one; a code must not be hidden under the one before it.
    return found | {"X-Entity-Ref-ID": keys.signature(settings, "entity", delivery.key)}


def _thread(settings: Settings, delivery: Delivery, domain: str) -> dict[str, str]:
    if delivery.seq == FIRST:
        return {}
    earlier = [FIRST, *(seq for seq in delivery.earlier_seqs if seq != FIRST)]
    ids = [_message_id(settings, delivery, seq, domain) for seq in earlier]
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)}


def _list(settings: Settings, delivery: Delivery, domain: str) -> dict[str, str]:
    return {
        "List-Id": f"<ticket-{delivery.number}.{domain}>",
        "List-Unsubscribe": f"<{mute_address(settings, delivery)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _message_id(settings: Settings, delivery: Delivery, seq: int | None, domain: str) -> str:
    """The same for the same event and recipient, at every try; nobody else can say it in advance."""
    name = f"{delivery.kind}.{delivery.key}" if seq is None else f"{delivery.number}.{seq}.{delivery.address}"
    visible = delivery.kind if seq is None else f"ticket.{delivery.number}.{seq}"
    return f"<{visible}.{keys.signature(settings, 'message-id', name)}@{domain}>"
