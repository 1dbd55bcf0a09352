"""My tickets."""

import reflex as rx
from reflex import el

from ticket_portal.components.claims import just_added, offer
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.notice import notice, session_ended
from ticket_portal.components.tickets import show_more, ticket_row, waiting_rows
from ticket_portal.components.words import href, t
from ticket_portal.states.tickets import TicketsState


def tickets() -> rx.Component:
    """List the person's own tickets: whose turn it is first."""
    return frame(
        el.div(
            el.h1(t("My tickets")),
            el.a(
                icon("plus"), t("Submit a ticket"), href=href("/tickets/new"), class_name="btn btn--primary"
            ),
            class_name="page__head",
        ),
        rx.cond(
            TicketsState.session_over,
            session_ended(heading="h2"),
            rx.cond(TicketsState.loaded, rx.fragment(offer(), just_added(), _list()), waiting_rows()),
        ),
        kind="reading",
    )


def _list() -> rx.Component:
    return rx.cond(
        TicketsState.rows.length() > 0,
        rx.fragment(
            el.ul(
                rx.foreach(TicketsState.rows, ticket_row),
                rx.foreach(TicketsState.more_rows, ticket_row),
                class_name="rows",
            ),
            show_more(TicketsState.has_more, TicketsState.show_more),
        ),
        notice(
            "inbox",
            t("You have no tickets yet"),
            t("If something isn't working, submit a ticket and we'll answer here."),
            el.a(t("Submit a ticket"), href=href("/tickets/new"), class_name="btn btn--primary"),
            heading="h2",
        ),
    )
