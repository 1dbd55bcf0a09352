"""The team's queue."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import DESK_TICKET
from ticket_portal.components.frame import frame
from ticket_portal.components.settings.sign_ins import sign_in_notice
from ticket_portal.components.ticket.notice import notice, session_ended, ticket_missing
from ticket_portal.components.ticket.tickets import moment, show_more, status_chip, unread_word, waiting_rows
from ticket_portal.components.words import href, language_name, t
from ticket_portal.domain.addresses import ERASED
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.sets.roles import Role
from ticket_portal.states.queue import QueueState
from ticket_portal.states.session import SessionState


def queue() -> rx.Component:
    """List what waits for the team, the longest unanswered first."""
    return frame(
        # A customer has no queue: the answer is that of every address that isn't theirs.
        rx.cond(SessionState.role == Role.CUSTOMER, ticket_missing(), _queue()),
        kind="wide",
    )


def _queue() -> rx.Component:
    return rx.fragment(
        el.div(el.h1(t("Queue")), class_name="page__head"),
        sign_in_notice(),
        rx.cond(
            QueueState.session_over,
            session_ended(heading="h2"),
            rx.cond(QueueState.loaded, _list(), waiting_rows()),
        ),
    )


def _list() -> rx.Component:
    return rx.cond(
        QueueState.rows.length() > 0,
        rx.fragment(
            el.div(
                el.table(
                    el.thead(
                        el.tr(
                            *[
                                el.th(name, scope="col")
                                for name in (
                                    t("Number"),
                                    t("Subject"),
                                    t("Requester"),
                                    t("Language"),
                                    t("Status"),
                                    t("Waiting since"),
                                    t("Assigned to"),
                                )
                            ]
                        )
                    ),
                    el.tbody(rx.foreach(QueueState.rows, _row), rx.foreach(QueueState.more_rows, _row)),
                    class_name="queue",
                ),
                class_name="rows",
            ),
            show_more(QueueState.has_more, QueueState.show_more),
        ),
        notice("check", t("Nobody is waiting"), t("New tickets appear here automatically."), heading="h2"),
    )


def _row(row: rx.Var[TicketRow]) -> rx.Component:
    return el.tr(
        el.td(unread_word(row.unread), row.number, class_name="num"),
        el.td(
            el.a(
                rx.cond(row.unread, el.span(class_name="dot", aria_hidden="true")),
                row.subject,
                href=href(DESK_TICKET + row.number.to_string()),
            ),
            class_name="queue__subject",
        ),
        el.td(rx.cond(row.requester == ERASED, t("Deleted customer"), row.requester)),
        el.td(language_name(row.language)),
        el.td(status_chip(row.status)),
        el.td(moment(row.waiting_since)),
        el.td(row.assignee),
        key=row.number.to_string(),
        custom_attrs={"data-testid": "ticket-row", "data-status": row.status},
    )
