"""Carriers: what takes a written e-mail and brings it away (Resend, SMTP, or a captured mailbox)."""

from typing import Protocol

from ticket_portal.delivery.emails import Email


class Refused(Exception):
    """The carrier will never take a mail for this recipient. What is wrong with us or the carrier is `Unavailable`."""

    def __init__(self, text: str, *, no_such_address: bool = False) -> None:
        """Say why; `no_such_address`: no other mail to this address would be taken either."""
        super().__init__(text)
        self.no_such_address = no_such_address


class Unavailable(Exception):
    """The carrier can't take it now: it is down, busy, or its settings are wrong. Trying again can help."""


class Carrier(Protocol):
    """One way of sending a mail."""

    def send(self, email: Email) -> str | None:
        """Hand the mail over. Returning means accepted; where the carrier gives it a name, return that.

        Raises Refused, Unavailable; their text names no person.
        """
        ...
