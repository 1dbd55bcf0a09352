"""The captured mailbox: keeps mail instead of sending it, to look at under `/dev/mailbox` (the default)."""

from ticket_portal.delivery.emails import Email
from ticket_portal.domain.operations import mailbox
from ticket_portal.store.tables import CapturedMail
from ticket_portal.store.unit_of_work import Store


class Mailbox:
    """A carrier that never fails and never sends."""

    def __init__(self, store: Store) -> None:
        """Keep the mail in this database, so that every process sees it."""
        self._store = store

    def send(self, email: Email) -> None:
        """Keep the mail; the same key again keeps nothing new."""
        captured = CapturedMail(
            key=email.key,
            address=email.to,
            subject=email.subject,
            kind=email.kind,
            language=email.language,
            headers=email.headers,
            plain=email.plain,
            html=email.html,
            link=email.link,
            code=email.code,
        )
        self._store.write(mailbox.keep, captured)
