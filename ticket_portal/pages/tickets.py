"""My tickets."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET
from ticket_portal.components.claims import just_added, offer
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.settings.addresses import mail_notice
from ticket_portal.components.settings.sign_ins import sign_in_notice
from ticket_portal.components.ticket.listing import (
    calm_list,
    failed,
    keeps_place,
    nothing_found,
    parts,
    remembers,
    search_box,
)
from ticket_portal.components.ticket.notice import session_ended
from ticket_portal.components.ticket.tickets import waiting_rows
from ticket_portal.components.words import href, t
from ticket_portal.states.session import SessionState
from ticket_portal.states.tickets import TicketsState


def tickets() -> rx.Component:
    """List the person's own tickets: whose turn it is first."""
    return frame(
        el.div(
            el.h1(t("My tickets")),
            el.a(icon("plus"), t("Submit a ticket"), href=href(NEW_TICKET), class_name="btn btn--primary"),
            class_name="page__head",
        ),
        rx.cond(
            TicketsState.session_over,
            session_ended(heading="h2"),
            rx.fragment(
                sign_in_notice(),
                mail_notice(SessionState.mail_problem, SessionState.account),
                offer(),
                just_added(),
                _list(),
            ),
        ),
        kind="reading",
    )


def _list() -> rx.Component:
    return rx.fragment(
        keeps_place(),
        remembers(),
        search_box(),
        parts(),
        rx.cond(
            ~TicketsState.loaded,
            waiting_rows(),
            rx.cond(
                TicketsState.failed,
                failed(),
                rx.cond(TicketsState.rows.length() > 0, calm_list(), nothing_found()),
            ),
        ),
    )
