"""What a ticket can be about."""

from typing import Any

import reflex as rx

from ticket_portal.components.words import said
from ticket_portal.sets.names import TOPIC_NAMES, UNKNOWN


def topic_names() -> dict[str, Any]:
    """Return the topics in the order in which they are offered, and what people read for each."""
    return {topic: said(name) for topic, name in TOPIC_NAMES.items()}


def topic_name(topic: rx.Var[str]) -> rx.Var:
    """Return what people read for the topic of a ticket; a dash where none was chosen."""
    return rx.match(topic, *topic_names().items(), UNKNOWN)
