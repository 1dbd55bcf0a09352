"""Updates: what a customer was told of in the last 90 days."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import TICKET, TICKETS
from ticket_portal.components.frame import frame
from ticket_portal.components.hooks import hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.ticket.notice import notice, session_ended
from ticket_portal.components.ticket.tickets import moment, show_more, unread_word, waiting_rows
from ticket_portal.components.words import day, href, t
from ticket_portal.domain.alerts.kinds import AlertKind
from ticket_portal.domain.tickets.updates import UpdateRow
from ticket_portal.states.session import SessionState
from ticket_portal.states.updates import UpdatesState as State


class UpdateEntry(UpdateRow):
    """A row as `assets/js/updates.js` gives it: with whether its day differs from the one above."""

    new_day: bool


_ENTRIES = hook_value("updates", "useDays", "entries", rows=State.rows, more=State.more_rows)


def updates() -> rx.Component:
    """List them, the newest first; each leads to its ticket."""
    return frame(
        el.div(
            el.div(
                el.h1(t("Updates")),
                el.p(t("What has happened in your tickets over the last 90 days.")),
            ),
            rx.cond(~State.loaded | (State.rows.length() > 0), _read_all()),
            class_name="page__head",
        ),
        rx.cond(State.session_over, session_ended(heading="h2"), _list()),
        kind="reading",
    )


def _read_all() -> rx.Component:
    return el.button(
        icon("check-double"),
        t("Mark all as read"),
        type="button",
        class_name="btn",
        disabled=~rx.State.is_hydrated | (SessionState.unread == 0),
        on_click=State.read_all,
    )


def _list() -> rx.Component:
    entries = rx.Var("entries", _var_data=_ENTRIES).to(list[UpdateEntry])
    return rx.cond(
        ~State.loaded,
        waiting_rows(),
        rx.cond(
            State.failed,
            _failed(),
            rx.cond(
                State.rows.length() > 0,
                rx.fragment(
                    el.ul(rx.foreach(entries, _entry), class_name="rows"),
                    show_more(State.has_more, State.show_more),
                ),
                _nothing(),
            ),
        ),
    )


def _entry(entry: rx.Var[UpdateEntry]) -> rx.Component:
    return rx.fragment(
        rx.cond(entry.new_day, el.li(el.time(day(entry.at), date_time=entry.at), class_name="day")),
        el.li(
            el.div(
                el.a(
                    el.span(
                        rx.cond(entry.unread, el.span(class_name="dot", aria_hidden="true")),
                        rx.match(
                            entry.kind, *sentences(entry.joined_with).items(), t("The ticket was updated")
                        ),
                        class_name="row__subject",
                    ),
                    href=href(TICKET + entry.number.to_string()),
                ),
                el.p(
                    unread_word(entry.unread),
                    el.span(entry.number, class_name="num"),
                    el.span(entry.subject),
                    moment(entry.at),
                    class_name="row__meta",
                ),
                class_name="row__main",
            ),
            icon("chevron-right"),
            class_name="row",
            custom_attrs={
                "data-testid": "update-row",
                "data-kind": entry.kind,
                "data-unread": rx.cond(entry.unread, "true", "false"),
            },
        ),
        key=entry.id.to_string(),
    )


def sentences(joined_with: rx.Var[int]) -> dict[AlertKind, rx.Var]:
    """Return what each update says."""
    return {
        AlertKind.REPLY: t("You have a new reply"),
        AlertKind.DETAILS_REQUESTED: t("We need details from you"),
        AlertKind.REMINDER: t("Reminder: we still need details from you"),
        AlertKind.RESOLVED: t("Your ticket is resolved: please confirm"),
        AlertKind.REOPENED: t("Your ticket was reopened"),
        AlertKind.CLOSED: t("Your ticket was closed"),
        AlertKind.MERGED: t("Your ticket was joined with {number}", number=joined_with),
    }


def _nothing() -> rx.Component:
    return notice(
        "bell",
        t("No updates yet"),
        t("Updates to your tickets will appear here."),
        el.a(t("My tickets"), href=href(TICKETS), class_name="btn"),
        heading="h2",
    )


def _failed() -> rx.Component:
    return notice(
        "alert",
        t("We couldn't load your updates"),
        t("Your data is safe. Please try again."),
        el.button(t("Try again"), type="button", class_name="btn btn--primary", on_click=State.retry),
        tone="bad",
        heading="h2",
    )
