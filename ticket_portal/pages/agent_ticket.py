"""A ticket as the team works on it."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import DESK, DESK_TICKET
from ticket_portal.components.desk.request_details import asking
from ticket_portal.components.desk.team import agent_buttons, joined_with, rating_card, team_actions
from ticket_portal.components.frame import frame
from ticket_portal.components.help.topics import topic_name
from ticket_portal.components.icons import icon
from ticket_portal.components.routing import route_param
from ticket_portal.components.ticket.composer import closed_note, composer
from ticket_portal.components.ticket.conversation import effects, problem, ticket_head
from ticket_portal.components.ticket.deliveries import alert_deliveries
from ticket_portal.components.ticket.notice import ticket_missing, ticket_session_ended
from ticket_portal.components.ticket.resolution import can_write, related
from ticket_portal.components.ticket.thread import thread, waiting_thread
from ticket_portal.components.words import date_time, href, language_name, t
from ticket_portal.domain.addresses import ERASED
from ticket_portal.sets.statuses import Status
from ticket_portal.states.resolution import ResolutionState as State


def agent_ticket() -> rx.Component:
    """Show one ticket with everything the team may do with it."""
    return frame(
        el.nav(
            el.ol(
                el.li(el.a(t("Queue"), href=href(DESK))),
                el.li(t("Ticket details"), aria_current="page"),
            ),
            class_name="crumbs",
            aria_label=t("Breadcrumb"),
        ),
        rx.cond(
            State.session_over,
            ticket_session_ended(route_param("number")),
            rx.cond(
                State.shown != route_param("number"),
                waiting_thread(),
                rx.cond(State.missing, ticket_missing(), _desk()),
            ),
        ),
        kind="wide",
    )


def _desk() -> rx.Component:
    return el.div(
        el.div(
            effects(),
            ticket_head(joined_with(), related(DESK_TICKET), _actions()),
            _locked(),
            problem(),
            thread(),
            rx.cond(can_write(), composer(*agent_buttons(), modes=True), closed_note()),
            asking(State.writer, State.ticket),
            class_name="stack",
        ),
        el.aside(
            _requester(),
            _facts(),
            alert_deliveries(),
            rating_card(),
            class_name="side",
            aria_label=t("About this ticket"),
        ),
        class_name="desk",
    )


def _locked() -> rx.Component:
    # An erased one is locked too, but nobody said so of it, and nobody is left to unlock it for.
    return rx.cond(
        State.locked & (State.requester_address != ERASED),
        el.div(
            icon("lock"),
            el.div(
                el.p(
                    t(
                        "Someone with this address said they didn't send this ticket. It is locked for the "
                        "address: no link opens it, and no emails about it are sent."
                    )
                ),
                el.div(
                    el.button(t("Unlock"), type="button", class_name="btn btn--small", on_click=State.unlock),
                    class_name="cluster",
                ),
                class_name="stack",
            ),
            class_name="note",
            custom_attrs={"data-tone": "warn", "data-testid": "ticket-locked"},
        ),
    )


def _actions() -> rx.Component:
    return el.div(
        el.button(
            icon("user"),
            t("Assign to me"),
            type="button",
            class_name="btn btn--small",
            on_click=State.assign_to_me,
        ),
        rx.cond(
            (State.status != Status.RESOLVED)
            & (State.status != Status.CLOSED)
            & (State.status != Status.MERGED),
            el.button(
                icon("check"),
                t("Resolve"),
                type="button",
                class_name="btn btn--small",
                on_click=State.resolve,
            ),
        ),
        team_actions(),
        class_name="cluster",
    )


def _requester() -> rx.Component:
    return el.section(
        el.h2(t("Requester")),
        el.dl(
            _fact(
                t("Name"),
                rx.cond(
                    State.requester_address == ERASED,
                    t("Deleted customer"),
                    rx.cond(State.requester != "", State.requester, "–"),
                ),
            ),
            _fact(t("Email"), rx.cond(State.requester_address == ERASED, "–", State.requester_address)),
            _fact(
                t("Verified"),
                rx.match(
                    State.proved_by,
                    ("account", el.span(t("By signing in"), class_name="mark-good")),
                    ("code", el.span(t("By email code"), class_name="mark-good")),
                    el.span(t("Not yet"), class_name="mark-bad"),
                ),
            ),
            _fact(t("Language"), language_name(State.requester_language)),
            class_name="facts",
        ),
        class_name="card",
    )


def _facts() -> rx.Component:
    return el.section(
        el.h2(t("Ticket")),
        el.dl(
            _fact(t("Number"), State.ticket),
            _fact(t("Topic"), topic_name(State.topic)),
            _fact(t("Assigned to"), rx.cond(State.assignee != "", State.assignee, t("Unassigned"))),
            _fact(t("Sent", context="date"), date_time(State.created_at)),
            class_name="facts",
        ),
        class_name="card",
    )


def _fact(name: rx.Var, value: rx.Var | rx.Component) -> rx.Component:
    return el.div(el.dt(name), el.dd(value))
