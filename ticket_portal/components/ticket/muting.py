"""No more alerts about the open ticket, and again."""

import reflex as rx
from reflex import el

from ticket_portal.components.icons import icon
from ticket_portal.components.words import t
from ticket_portal.states.resolution import ResolutionState as State


def muted_note() -> rx.Component:
    """Say that no alerts come, also to those who don't see the button change."""
    return el.p(
        rx.cond(State.muted, t("Alerts about this ticket are off."), ""), role="status", class_name="hush"
    )


def mute_button() -> rx.Component:
    """Show whether alerts about this ticket come, and change it."""
    return el.button(
        rx.cond(State.muted, icon("bell-off"), icon("bell")),
        t("Mute"),
        type="button",
        class_name="btn btn--small mute",
        aria_pressed=rx.cond(State.muted, "true", "false"),
        title=t("Stop alerts about this ticket"),
        disabled=~rx.State.is_hydrated,
        on_click=State.mute(~State.muted),
    )
