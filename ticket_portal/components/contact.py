"""How else the company can be reached, where the operator says so (`PORTAL_CONTACT`)."""

import reflex as rx
from reflex import el

from ticket_portal.components.words import t
from ticket_portal.states.session import SessionState


def also_here() -> rx.Component:
    """Name the other way to reach the company, as a link; nothing where none is set."""
    return rx.cond(
        SessionState.contact != "",
        el.span(
            t("You can also reach us here:"),
            " ",
            el.a(SessionState.contact, href=SessionState.contact_link),
            custom_attrs={"data-testid": "contact"},
        ),
    )
