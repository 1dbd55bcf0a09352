"""E-mails: alert only. They say that something happened and where to read it (docs/contract.md#alerts).

`write` is pure: the same delivery gives the same bytes at every try, because a carrier that knows our idempotency key
refuses the key with another body.
"""

from dataclasses import dataclass

from ticket_portal.delivery.emails import layout, texts
from ticket_portal.delivery.emails.headers import headers
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.i18n.catalogues import known
from ticket_portal.settings import Settings


@dataclass(frozen=True)
class Email:
    """A written e-mail. `link` and `code` are what it leads to and carries, for QA to follow."""

    to: str
    subject: str
    headers: dict[str, str]
    plain: str
    html: str
    kind: str
    language: str
    link: str
    code: str
    key: str
    reference: str = ""

    def __post_init__(self) -> None:
        """Refuse a line break in a header: what follows it would be a header of the sender's choice."""
        for name, value in self.headers.items():
            if not name.isascii() or any(ord(c) < ord(" ") or c == "\x7f" for c in name + value):
                raise ValueError(f"a control character in the header {name}")


def write(settings: Settings, delivery: Delivery) -> Email:
    """Write the e-mail of an alert in its recipient's language. Raises ValueError if it can't be written."""
    content = texts.content(settings, delivery)
    return Email(
        to=delivery.address,
        subject=content.subject,
        headers=headers(settings, delivery, content.subject),
        plain=layout.plain(content),
        html=layout.html(content),
        kind=delivery.kind,
        language=known(delivery.language),
        link=content.link,
        code=content.code,
        # With its moment: a database that was reset counts from 12345 again, and Resend remembers keys for a day.
        key=f"{delivery.key}.{delivery.at:%Y%m%d%H%M%S}",
        reference=delivery.reference,
    )
