"""All tickets of the address that a guest proved."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import GUEST_TICKET, NEW_TICKET
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.settings.addresses import mail_notice
from ticket_portal.components.ticket.notice import notice
from ticket_portal.components.ticket.tickets import show_more, ticket_row, waiting_rows
from ticket_portal.components.words import href, t
from ticket_portal.states.guest_tickets import GuestTicketsState as State
from ticket_portal.states.session import SessionState


def guest_tickets() -> rx.Component:
    """List them as a customer's are listed; each opens without a new code."""
    return frame(
        el.div(
            el.h1(t("Your tickets")),
            el.a(icon("plus"), t("Submit a ticket"), href=href(NEW_TICKET), class_name="btn btn--primary"),
            class_name="page__head",
        ),
        mail_notice(SessionState.guest_mail_problem, SessionState.guest_address),
        rx.cond(State.session_over, _ended(), rx.cond(State.loaded, _list(), waiting_rows())),
        kind="reading",
        guest=State.loaded & ~State.session_over,
    )


def _list() -> rx.Component:
    return rx.fragment(
        el.ul(
            rx.foreach(State.rows, lambda row: ticket_row(row, folder=GUEST_TICKET)),
            rx.foreach(State.more_rows, lambda row: ticket_row(row, folder=GUEST_TICKET)),
            class_name="rows",
        ),
        show_more(State.has_more, State.show_more),
    )


def _ended() -> rx.Component:
    return notice(
        "lock",
        t("Your session ended"),
        t("Use the link in our latest email, or request your links again."),
        el.a(t("Find my ticket"), href=href("/find-ticket"), class_name="btn btn--primary"),
        tone="bad",
        heading="h2",
    )
