"""Whether the page hears the server, and how that is said."""

import reflex as rx
from reflex import el
from reflex_components_core.core.banner import connection_errors_count

from ticket_portal.components.hooks import hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import t

_CONNECTION = hook_value(
    "connection", "useConnection", "connection", hydrated=rx.State.is_hydrated, errors=connection_errors_count
)


def connection_state() -> rx.vars.StringVar:
    """Return live, connecting or offline, true to the moment."""
    return rx.Var("connection.state", _var_data=_CONNECTION).to(str)


def is_live() -> rx.vars.BooleanVar:
    """Return whether an event would reach the server now: controls that need it are disabled otherwise."""
    return rx.Var("(connection.state === 'live')", _var_data=_CONNECTION).to(bool)


def connection_pill() -> rx.Component:
    """Show the state of the connection in the top bar; its words leave out what passes within a second."""
    shown = rx.Var("connection.shown", _var_data=_CONNECTION).to(str)
    return el.span(
        el.span(
            rx.match(
                shown,
                ("live", t("Live")),
                ("offline", t("Offline")),
                t("Connecting…"),
            ),
            class_name="live__text",
        ),
        class_name="live",
        custom_attrs={
            "data-testid": "connection-status",
            "data-state": connection_state(),
            "data-shown": shown,
        },
    )


def connection_strip() -> rx.Component:
    """Say across the page that the connection is gone, once it is for more than a moment."""
    lost = rx.Var("connection.lost", _var_data=_CONNECTION).to(bool)
    return el.div(
        rx.cond(
            lost,
            el.div(
                el.p(
                    icon("offline"),
                    el.span(
                        rx.cond(
                            connection_state() == "offline",
                            t(
                                "You're offline. What you type is saved on this device and will be sent when "
                                "you're back online."
                            ),
                            t("Connection lost. We're reconnecting. What you type is saved on this device."),
                        )
                    ),
                ),
                class_name="strip",
                custom_attrs={"data-tone": "warn"},
            ),
        ),
        role="status",
    )
