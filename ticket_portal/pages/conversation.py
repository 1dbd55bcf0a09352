"""Ticket details, for the customer whose ticket it is."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import TICKET, TICKETS
from ticket_portal.components.frame import frame
from ticket_portal.components.push_offer import offer
from ticket_portal.components.routing import route_param
from ticket_portal.components.settings.addresses import mail_notice
from ticket_portal.components.ticket.composer import closed_note, composer
from ticket_portal.components.ticket.conversation import effects, ticket_head, turn
from ticket_portal.components.ticket.muting import mute_button, muted_note
from ticket_portal.components.ticket.notice import ticket_locked, ticket_missing, ticket_session_ended
from ticket_portal.components.ticket.resolution import can_write, joined_notice, related
from ticket_portal.components.ticket.thread import thread, waiting_thread
from ticket_portal.components.words import href, t
from ticket_portal.states.conversation import ConversationState as State


def conversation() -> rx.Component:
    """Show one ticket: whose turn it is, what was said, and the box to answer in."""
    return frame(
        el.nav(
            el.ol(
                el.li(el.a(t("My tickets"), href=href(TICKETS))),
                el.li(t("Ticket details"), aria_current="page"),
            ),
            class_name="crumbs",
            aria_label=t("Breadcrumb"),
        ),
        mail_notice(State.mail_problem, State.account),
        rx.cond(
            State.session_over,
            ticket_session_ended(route_param("number")),
            rx.cond(
                State.shown != route_param("number"),
                waiting_thread(),
                rx.cond(State.missing, not_there(), open_ticket()),
            ),
        ),
        kind="reading",
    )


def not_there() -> rx.Component:
    """Answer for a ticket that can't be read here."""
    return rx.cond(State.locked, ticket_locked(), ticket_missing())


def open_ticket() -> rx.Component:
    """Show the ticket itself."""
    return rx.fragment(
        effects(),
        joined_notice(),
        ticket_head(muted_note(), related(TICKET), beside=(mute_button(),)),
        turn(),
        thread(),
        rx.cond(can_write(), rx.fragment(offer(), composer()), closed_note()),
    )
