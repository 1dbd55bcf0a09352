"""Where a screenshot belongs that was shared from another app: a new ticket, or one of the open ones."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET, TICKET
from ticket_portal.components.frame import frame, sign_in_address
from ticket_portal.components.hooks import as_handler, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.ticket.notice import notice
from ticket_portal.components.ticket.tickets import status_chip
from ticket_portal.components.words import href, t
from ticket_portal.domain.tickets.listing import TicketRow
from ticket_portal.pages.new_ticket import WRITER
from ticket_portal.states.session import SessionState
from ticket_portal.states.share import ShareState as State

_SHARED = hook_value("share", "useShared", "shared", viewer=SessionState.viewer_key, writer=WRITER)


def share() -> rx.Component:
    """Show what was shared, and ask where it belongs."""
    return frame(
        rx.match(
            rx.Var("shared.state", _var_data=_SHARED).to(str),
            ("there", _choose()),
            ("nothing", _nothing()),
            el.p(t("Loading…"), class_name="sr", role="status"),
        ),
        kind="reading",
    )


def _choose() -> rx.Component:
    return rx.fragment(
        el.div(
            el.div(el.h1(t("Share with support")), el.p(t("Where should this go?"))),
            class_name="page__head",
        ),
        el.ul(
            rx.foreach(rx.Var("shared.files", _var_data=_SHARED).to(list[dict[str, str]]), _piece),
            class_name="shared",
        ),
        rx.cond(
            rx.Var("shared.text", _var_data=_SHARED).to(str) != "",
            el.p(rx.Var("shared.text", _var_data=_SHARED).to(str), class_name="shared__text"),
        ),
        el.div(
            el.button(
                icon("plus"),
                el.span(t("A new ticket")),
                type="button",
                class_name="menu__link",
                on_click=_give('"new"', href(NEW_TICKET)),
                disabled=~State.loaded,
            ),
            rx.foreach(State.offered, _ticket),
            rx.cond(
                State.loaded & (SessionState.account == ""),
                el.a(
                    icon("user"),
                    el.span(t("Sign in to choose one of your tickets")),
                    href=sign_in_address(),
                    class_name="menu__link",
                ),
            ),
            class_name="card",
            role="group",
            aria_label=t("Where should this go?"),
        ),
    )


def _piece(file: rx.Var[dict[str, str]]) -> rx.Component:
    return el.li(
        rx.cond(file["url"] != "", el.img(src=file["url"], alt=""), icon("file")),
        el.span(file["name"]),
    )


def _ticket(row: rx.Var[TicketRow]) -> rx.Component:
    return el.button(
        icon("ticket"),
        el.span(
            row.subject,
            el.span(el.span(row.number, class_name="num"), status_chip(row.status, row.joined_with)),
            class_name="shared__to",
        ),
        type="button",
        class_name="menu__link",
        on_click=_give(f"String({row.number!s})", href(TICKET + row.number.to_string()), row),
        custom_attrs={"data-testid": "share-to"},
    )


def _give(place: str, address: Any, *more: Any) -> rx.Var:
    data = rx.vars.VarData.merge(_SHARED, address._get_all_var_data(), *[m._get_all_var_data() for m in more])
    return as_handler(rx.Var(f"(() => shared.give({place}, {address!s}))", _var_data=data))


def _nothing() -> rx.Component:
    return notice(
        "image",
        t("Nothing was shared"),
        t("In another app, choose “Share”, then this app."),
        el.a(t("Submit a ticket"), href=href(NEW_TICKET), class_name="btn btn--primary"),
    )
