"""What shows a ticket in a line: its status, a row of a list, the skeleton of a list."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import TICKET
from ticket_portal.components.icons import icon
from ticket_portal.components.safe_html import safe_html
from ticket_portal.components.words import date_time, href, rel_time, rel_time_in_sentence, said, t
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.sets.names import STATUS_NAMES, UNKNOWN
from ticket_portal.sets.statuses import Status

BONES = 6


def status_text(status: rx.Var[str] | Any, joined_with: Any = 0) -> rx.Var:
    """Return what people read for a state of a ticket; a joined one names the other."""
    words = {status: said(name) for status, name in STATUS_NAMES.items()}
    words[Status.MERGED] = t("Joined with {number}", number=joined_with)
    return rx.match(status, *words.items(), UNKNOWN)


def status_chip(status: rx.Var[str] | Any, joined_with: Any = 0) -> rx.Component:
    """Show the state of a ticket."""
    return el.span(
        status_text(status, joined_with),
        class_name="status",
        custom_attrs={"data-testid": "ticket-status", "data-status": status},
    )


def moment(iso: rx.Var[str] | Any) -> rx.Component:
    """Show a moment as "5 minutes ago", with the date and time on hover."""
    return el.time(rel_time(iso), date_time=iso, title=date_time(iso))


def unread_word(unread: rx.Var[bool] | Any) -> rx.Component:
    """Say to screen readers what the dot shows; beside the link, whose name stays the subject."""
    return rx.cond(unread, el.span(t("Unread:"), " ", class_name="sr"))


def turn_sentence(row: rx.Var[TicketRow]) -> rx.Component:
    """Say whose turn it is, and since when."""
    ago = rel_time_in_sentence(row.updated_at)
    return el.time(
        rx.match(
            row.status,
            (Status.NEW, t("With our team – sent {time}", time=ago)),
            (Status.OPEN, Status.ON_HOLD, t("With our team – last update {time}", time=ago)),
            (Status.WAITING_CUSTOMER, t("Your turn – we asked {time}", time=ago)),
            (Status.RESOLVED, t("Your turn – resolved {time}", time=ago)),
            (Status.CLOSED, t("Closed {time}", time=ago)),
            (Status.MERGED, t("Continues in another ticket")),
            rel_time(row.updated_at),
        ),
        date_time=row.updated_at,
        title=date_time(row.updated_at),
    )


def ticket_row(row: rx.Var[TicketRow], *, folder: str = TICKET) -> rx.Component:
    """Show one of the person's own tickets; the link covers the row and leads into `folder`."""
    return el.li(
        el.div(
            el.a(
                el.span(
                    rx.cond(row.unread, el.span(class_name="dot", aria_hidden="true")),
                    rx.cond(row.marked != "", safe_html(el.span, row.marked), row.subject),
                    class_name="row__subject",
                ),
                href=href(folder + row.number.to_string()),
            ),
            el.p(
                unread_word(row.unread),
                el.span(row.number, class_name="num"),
                turn_sentence(row),
                rx.cond(
                    row.has_files, el.span(icon("paperclip"), el.span(t("Has attachments"), class_name="sr"))
                ),
                class_name="row__meta",
            ),
            rx.cond(row.hit != "", safe_html(el.p, row.hit, class_name="row__hit")),
            class_name="row__main",
        ),
        status_chip(row.status, row.joined_with),
        icon("chevron-right"),
        key=row.number.to_string(),
        class_name="row",
        custom_attrs={
            "data-testid": "ticket-row",
            "data-status": row.status,
            "data-unread": rx.cond(row.unread, "true", "false"),
        },
    )


def waiting_rows() -> rx.Component:
    """Stand where the list will be, of its height, until it is known."""
    bone = el.li(
        el.div(
            el.span(class_name="bone bone--3"),
            el.p(el.span(class_name="bone bone--1"), class_name="row__meta"),
            class_name="row__main",
        ),
        class_name="row",
    )
    return rx.fragment(
        el.p(t("Loading…"), class_name="sr", role="status"),
        el.ul(*[bone for _ in range(BONES)], class_name="rows", aria_hidden="true"),
    )


def show_more(has_more: rx.Var[bool] | Any, handler: Any) -> rx.Component:
    """Offer the next part of a list."""
    return rx.cond(
        has_more,
        el.div(
            el.button(t("Show more"), type="button", class_name="btn", on_click=handler), class_name="more"
        ),
    )
