"""What a ticket can be about."""

from typing import Any

import reflex as rx

from ticket_portal.components.words import t


def topic_names() -> dict[str, Any]:
    """Return the topics in the order in which they are offered, and what people read for each."""
    return {
        "withdrawal": t("Withdrawal"),
        "deposit": t("Deposit"),
        "card": t("Card"),
        "account": t("Account"),
        "other": t("Something else"),
    }


def topic_name(topic: rx.Var[str]) -> rx.Var:
    """Return what people read for the topic of a ticket; a dash where none was chosen."""
    return rx.match(topic, *topic_names().items(), "–")
