"""The field for the password of whoever is signed in: asked for again before something that can't be undone."""

from typing import Any

import reflex as rx

from ticket_portal.components.forms import field
from ticket_portal.states.forms import FormState


def own_password(label: Any) -> rx.Component:
    """The field; it shows the last refusal where it is about it."""
    return field(
        "current_password",
        label,
        state=FormState,
        type="password",
        auto_complete="current-password",
        required=True,
    )
