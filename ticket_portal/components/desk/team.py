"""What the team alone can do with a ticket, and what it alone sees of it."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import DESK_TICKET
from ticket_portal.components.answered_form import answered_form
from ticket_portal.components.connection import is_live
from ticket_portal.components.hooks import js_handler
from ticket_portal.components.icons import icon
from ticket_portal.components.ticket.composer import composer_var, send_button
from ticket_portal.components.ticket.resolution import refusal
from ticket_portal.components.words import href, t
from ticket_portal.sets.statuses import Status
from ticket_portal.states.resolution import ResolutionState as State

LONGEST_NUMBER = 10


def agent_buttons() -> tuple[rx.Component, ...]:
    """Return the team's buttons: what they do follows from who will read it."""
    mode = composer_var("mode", str)
    return (
        rx.cond(
            mode == "note",
            send_button(t("Add internal note"), "note", tone="btn--note"),
            rx.fragment(
                el.button(
                    icon("list-check"),
                    t("Choose details"),
                    type="button",
                    class_name="btn btn--quiet",
                    aria_haspopup="dialog",
                    disabled=~composer_var("ready", bool),
                    custom_attrs={"data-asks": "true"},
                ),
                send_button(t("Request details"), "details", main=False, tone=""),
                send_button(t("Reply"), "reply"),
            ),
        ),
    )


def team_actions() -> rx.Component:
    """Offer the team to close, to reopen, and to join the ticket with another one."""
    ended = (State.status == Status.RESOLVED) | (State.status == Status.CLOSED)
    return rx.cond(
        State.status != Status.MERGED,
        rx.fragment(
            rx.cond(
                ended & ((State.status == Status.RESOLVED) | State.can_reopen),
                _action("refresh", t("Reopen"), State.reopen),
            ),
            rx.cond(State.status != Status.CLOSED, _action("lock", t("Close ticket"), State.close)),
            el.button(
                icon("link"),
                t("Join with another ticket"),
                type="button",
                class_name="btn btn--small",
                on_click=js_handler("resolution", "openDialog", id="join"),
            ),
            _join_dialog(),
        ),
    )


def _action(name: str, text: rx.Var, handler: object) -> rx.Component:
    return el.button(
        icon(name), text, type="button", class_name="btn btn--small", disabled=~is_live(), on_click=handler
    )


def _join_dialog() -> rx.Component:
    return el.dialog(
        answered_form(
            "joiningForm",
            State.merge,
            el.h2(t("Join with another ticket"), id="join-title"),
            el.p(
                t(
                    "The conversation continues in the other ticket of the same person, and we tell them its "
                    "number. Everything written here can still be read."
                )
            ),
            el.div(
                el.label(t("Ticket number"), html_for="into"),
                el.input(
                    id="into",
                    name="into",
                    class_name="input",
                    max_length=LONGEST_NUMBER,
                    auto_complete="off",
                    required=True,
                    custom_attrs={"inputMode": "numeric"},
                ),
                refusal(),
                class_name="field",
            ),
            el.div(
                el.button(
                    t("Join tickets"), type="submit", class_name="btn btn--primary", disabled=~is_live()
                ),
                el.button(
                    t("Cancel"),
                    type="button",
                    class_name="btn",
                    on_click=js_handler("resolution", "closeDialog", id="join"),
                ),
                class_name="cluster",
            ),
        ),
        id="join",
        class_name="card dialog",
        aria_labelledby="join-title",
    )


def joined_with() -> rx.Component:
    """Lead the team from a joined ticket to the one in which it goes on."""
    to = State.resolution.joined_with
    return rx.cond(
        to > 0,
        el.p(
            el.a(t("Go to ticket {number}", number=to), href=href(DESK_TICKET + to.to_string())),
            class_name="ticket__meta",
        ),
    )


def rating_card() -> rx.Component:
    """Show the team what the requester thought of the help."""
    return rx.cond(
        State.resolution.score > 0,
        el.section(
            el.h2(t("Rating")),
            el.p(t("{score} of 5", score=State.resolution.score)),
            rx.cond(State.resolution.comment != "", el.p(t("“{comment}”", comment=State.resolution.comment))),
            class_name="card",
        ),
    )
