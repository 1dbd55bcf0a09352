"""The two or three things that somebody who needs help can do, as large links."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET, TICKETS
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t


def action(name: str, title: Any, text: Any, path: str, arrow: str = "arrow-right") -> rx.Component:
    """One large link: an icon, what it is, what one gets there."""
    return el.a(
        el.span(icon(name), class_name="tile"),
        el.span(el.b(title), el.span(text)),
        icon(arrow),
        href=href(path),
        class_name="action",
    )


def submit_action(arrow: str = "arrow-right") -> rx.Component:
    """Lead to the form for a new ticket."""
    return action(
        "pencil",
        t("Submit a ticket"),
        t("Describe the problem and get a personal reply"),
        NEW_TICKET,
        arrow,
    )


def tickets_action(title: Any, arrow: str = "arrow-right") -> rx.Component:
    """Lead to one's own tickets."""
    return action("inbox", title, t("Read our answers and reply"), TICKETS, arrow)


def find_action(arrow: str = "arrow-right") -> rx.Component:
    """Lead a guest back to theirs."""
    return action(
        "compass", t("Find my ticket"), t("Lost the link? We'll send it again"), "/find-ticket", arrow
    )
