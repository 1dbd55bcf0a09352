"""What our e-mails are called."""

import reflex as rx

from ticket_portal.components.words import t


def mail_kind(kind: rx.Var) -> rx.Var:
    """Return the name of a kind of e-mail."""
    return rx.match(
        kind,
        ("confirmation", t("Confirmation of a new ticket")),
        ("reply", t("New reply")),
        ("details_requested", t("Request for details")),
        ("reminder", t("Reminder")),
        ("resolved", t("Ticket resolved")),
        ("reopened", t("Ticket reopened")),
        ("closed", t("Ticket closed")),
        ("merged", t("Tickets joined")),
        ("code", t("Verification code")),
        t("Security notice"),
    )
