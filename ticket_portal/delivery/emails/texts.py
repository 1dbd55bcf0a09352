"""What an e-mail says, found by its kind; of a security alert, by its notice."""

from ticket_portal.delivery.emails import account_mails, ticket_mails
from ticket_portal.delivery.emails.content import Content, Link, Words
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.settings import Settings

__all__ = ["NOTICES", "WRITERS", "Content", "Link", "content"]

WRITERS = ticket_mails.WRITERS | account_mails.WRITERS
NOTICES = account_mails.NOTICES


def content(settings: Settings, delivery: Delivery) -> Content:
    """Return what the mail of this delivery says. Raises ValueError for a kind that has no mail."""
    notice = delivery.data.get("what")
    writer = NOTICES.get(notice) if notice else WRITERS.get(delivery.kind)
    if writer is None:
        raise ValueError(f"no email is known for the kind {delivery.kind}")
    return writer(Words(settings, delivery))
