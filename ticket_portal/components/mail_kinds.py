"""What our alerts are called."""

import reflex as rx

from ticket_portal.components.words import t
from ticket_portal.domain.alerts.kinds import AlertKind


def names() -> dict[AlertKind, rx.Var]:
    """Return what each kind is called."""
    return {
        AlertKind.CONFIRMATION: t("Confirmation of a new ticket"),
        AlertKind.REPLY: t("New reply"),
        AlertKind.DETAILS_REQUESTED: t("Request for details"),
        AlertKind.REMINDER: t("Reminder"),
        AlertKind.RESOLVED: t("Ticket resolved"),
        AlertKind.REOPENED: t("Ticket reopened"),
        AlertKind.CLOSED: t("Ticket closed"),
        AlertKind.MERGED: t("Tickets joined"),
        AlertKind.CODE: t("Verification code"),
        AlertKind.SECURITY: t("Security notice"),
        AlertKind.TEST: t("Notifications"),
    }


def mail_kind(kind: rx.Var) -> rx.Var:
    """Return the name of a kind of alert."""
    return rx.match(kind, *names().items(), t("Email"))
