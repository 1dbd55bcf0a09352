"""What became of a ticket's alerts: a card beside the ticket, for the team."""

import reflex as rx
from reflex import el

from ticket_portal.components.connection import is_live
from ticket_portal.components.icons import icon
from ticket_portal.components.mail_kinds import mail_kind
from ticket_portal.components.words import date_time, rel_time, t
from ticket_portal.domain.tickets.deliveries import AlertView
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.deliveries import DeliveryState as State


def alert_deliveries() -> rx.Component:
    """Show, when asked for, the newest alerts about the open ticket and whether they arrived."""
    shown = State.shown_of == ConversationState.ticket
    return el.section(
        el.h2(t("Alerts")),
        rx.cond(shown, _list()),
        el.button(
            rx.cond(shown, rx.fragment(icon("refresh"), t("Refresh")), t("Show delivery status")),
            type="button",
            class_name="btn btn--small",
            disabled=~is_live(),
            on_click=State.show(ConversationState.ticket),
        ),
        class_name="card stack",
        custom_attrs={"data-testid": "alert-deliveries"},
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.cond(
            State.requester_problem != "",
            el.p(
                rx.cond(
                    State.requester_problem == "complained",
                    t("The requester marked our emails as spam. We won't send any more."),
                    t(
                        "Our emails to the requester bounce. We won't send any more until they confirm their "
                        "address."
                    ),
                ),
                class_name="mark-bad",
                custom_attrs={"data-testid": "requester-problem"},
            ),
        ),
        rx.cond(
            State.alerts.length() > 0,
            el.ul(rx.foreach(State.alerts, _row), class_name="alerts"),
            el.p(t("Nothing has been sent yet."), class_name="muted"),
        ),
    )


def _row(alert: AlertView) -> rx.Component:
    return el.li(
        el.span(mail_kind(alert.kind)),  # pyright: ignore[reportArgumentType] (a Var while compiling)
        el.b(
            rx.match(
                alert.state,
                ("queued", t("Queued")),
                ("retrying", t("Trying again")),
                ("sent", t("Passed to provider")),
                ("delivered", t("Delivered")),
                ("delayed", t("Delayed")),
                ("bounced", t("Bounced")),
                ("complained", t("Marked as spam")),
                ("held", t("Not sent: this address doesn't work")),
                ("not_needed", t("Not needed")),
                t("Failed"),
            )
        ),
        el.time(rel_time(alert.at), title=date_time(alert.at), date_time=alert.at),
        custom_attrs={"data-testid": "alert-delivery", "data-state": alert.state, "data-kind": alert.kind},
    )
