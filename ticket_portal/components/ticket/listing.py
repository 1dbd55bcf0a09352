"""What stands above and around a person's list of tickets: its parts, the search, what is new."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET, TICKETS
from ticket_portal.components.elements import NativeForm
from ticket_portal.components.hooks import RunsHook, as_handler, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.ticket.notice import notice
from ticket_portal.components.ticket.tickets import ticket_row
from ticket_portal.components.words import href, t, tn
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.domain.tickets.search import LONGEST_QUERY
from ticket_portal.sets.statuses import ListPart
from ticket_portal.states.tickets import TicketsState as State

_ADDRESS = hook_value("tickets", "useListAddress", "address")
_BOX = hook_value("tickets", "useSearchBox", "searchBox", address=rx.Var("address", _var_data=_ADDRESS))
_CALM = hook_value("tickets", "useCalmRows", "calm", rows=State.rows, more=State.more_rows, view=State.view)


def _address(name: str) -> rx.Var[str]:
    return rx.Var(f"address.{name}", _var_data=_ADDRESS).to(str)


def _goes(name: str) -> rx.Var:
    return as_handler(rx.Var(f"(() => address.{name}())", _var_data=_ADDRESS))


def keeps_place() -> rx.Component:
    """Come back to the same place of the list."""
    return RunsHook.create("tickets", "useKeptPlace", search=_address("search"), loaded=State.loaded)


def remembers() -> rx.Component:
    """Keep what is seen of the list for when there is no connection."""
    return RunsHook.create("seen", "useSeenRows", viewer=State.viewer_key, rows=State.rows)


def search_box() -> rx.Component:
    """The field to search in; without its script it is a form that asks for the same address."""
    return NativeForm.create(
        el.label(t("Search tickets"), class_name="sr", html_for="search"),
        icon("search"),
        el.input(
            id="search",
            name="q",
            type="search",
            class_name="input",
            placeholder=t("Search tickets"),
            max_length=LONGEST_QUERY,
            auto_complete="off",
            enter_key_hint="search",
        ),
        rx.cond(
            _address("show") != ListPart.ALL, el.input(type="hidden", name="show", value=_address("show"))
        ),
        role="search",
        method="get",
        action=href(TICKETS),
        class_name="search",
        custom_attrs={"ref": rx.Var("searchBox", _var_data=_BOX)},
    )


def parts() -> rx.Component:
    """The parts of the list, each with how many tickets it has."""
    return el.nav(
        _part(ListPart.ALL, t("All", context="tickets")),
        _part(ListPart.WAITING, t("Waiting for you", context="tickets")),
        _part(ListPart.OPEN, t("Open", context="tickets")),
        _part(ListPart.RESOLVED, t("Resolved", context="tickets")),
        _part(ListPart.CLOSED, t("Closed", context="tickets")),
        class_name="tabs",
        aria_label=t("Filter tickets"),
    )


def _part(show: str, name: Any) -> rx.Component:
    count = State.counts.get(show, 0)
    return el.a(
        name,
        # They count all tickets, not those that a search finds.
        rx.cond(State.loaded & (State.query == ""), el.span("(", count, ")", class_name="num")),
        href=href(TICKETS + rx.Var(f'address.part("{show}")', _var_data=_ADDRESS).to(str)),
        aria_current=rx.cond(_address("show") == show, "page", rx.Var("undefined")),
        custom_attrs={"data-part": show},
    )


def calm_list() -> rx.Component:
    """The rows, and beside them what would move them."""
    rows = rx.Var("calm.rows", _var_data=_CALM).to(list[TicketRow])
    waiting = rx.Var("calm.waiting", _var_data=_CALM).to(int)
    return el.div(
        el.div(
            rx.cond(
                waiting > 0,
                el.button(
                    icon("refresh"),
                    tn("1 update", "{n} updates", waiting),
                    type="button",
                    class_name="btn btn--primary",
                    on_click=as_handler(rx.Var("(() => calm.settle())", _var_data=_CALM)),
                ),
            ),
            class_name="news",
            role="status",
        ),
        el.ul(
            rx.foreach(rows, ticket_row),
            class_name="rows",
            custom_attrs={"ref": rx.Var("calm.ref", _var_data=_CALM)},
        ),
        rx.cond(
            State.has_more,
            el.div(
                el.button(t("Show more"), type="button", class_name="btn", on_click=_goes("more")),
                class_name="more",
            ),
        ),
    )


def nothing_found() -> rx.Component:
    """Say why the list is empty, and what to do."""
    return rx.cond(
        State.query != "",
        notice(
            "search",
            t("No tickets match “{query}”", query=State.query),
            t("Check the spelling, or search by ticket number."),
            el.button(t("Clear search"), type="button", class_name="btn", on_click=_goes("clear")),
            heading="h2",
        ),
        rx.cond(
            State.show == ListPart.ALL,
            notice(
                "inbox",
                t("You have no tickets yet"),
                t("If something isn't working, submit a ticket and we'll answer here."),
                el.a(t("Submit a ticket"), href=href(NEW_TICKET), class_name="btn btn--primary"),
                heading="h2",
            ),
            rx.cond(
                State.show == ListPart.WAITING,
                notice(
                    "check",
                    t("Nothing is waiting for you"),
                    t("When we need something from you, you'll see it here."),
                    _all_tickets(),
                    heading="h2",
                ),
                notice(
                    "inbox",
                    t("No tickets here"),
                    t("You have tickets in the other tabs."),
                    _all_tickets(),
                    heading="h2",
                ),
            ),
        ),
    )


def failed() -> rx.Component:
    """Say that the list could not be read."""
    return notice(
        "alert",
        t("We couldn't load your tickets"),
        t("Your data is safe. Please try again."),
        el.button(t("Try again"), type="button", class_name="btn btn--primary", on_click=State.retry),
        tone="bad",
        heading="h2",
    )


def _all_tickets() -> rx.Component:
    return el.a(t("Show all tickets"), href=href(TICKETS), class_name="btn")
