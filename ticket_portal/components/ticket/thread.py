"""The entries of the open ticket, one below the other."""

import reflex as rx
from reflex import el

from ticket_portal.components.files import large_file
from ticket_portal.components.hooks import hook_value
from ticket_portal.components.people import of_team
from ticket_portal.components.ticket.message import Line, author_of, entry
from ticket_portal.components.words import t
from ticket_portal.states.conversation import ConversationState as State

BONES = 4


def entries() -> rx.Var[list[Line]]:
    """Return the entries as the browser lists them: with what is on its way, and what came since."""
    data = hook_value(
        "conversation/lines",
        "useLines",
        "lines",
        viewer=State.writer,
        number=State.ticket,
        team=of_team(),
        earlier=State.earlier,
        messages=State.messages,
        recent=State.recent,
        refused=State.refused,
        seen_by_team=State.seen_by_team,
        first_unread=State.first_unread,
        details=State.details,
    )
    return rx.Var("lines", _var_data=data).to(list[Line])


def is_open() -> rx.Var[bool]:
    """Whether a ticket is open in a page that has come to life."""
    return rx.State.is_hydrated & (State.ticket > 0)


def thread() -> rx.Component:
    """Show the conversation, oldest first."""
    lines = entries()
    return el.section(
        el.h2(t("Conversation"), class_name="sr", id="conversation-heading"),
        rx.cond(
            State.has_earlier,
            el.div(
                el.button(
                    t("Show earlier messages"),
                    type="button",
                    class_name="btn btn--quiet",
                    on_click=State.load_earlier,
                ),
                class_name="more",
            ),
        ),
        el.ol(
            rx.foreach(lines, entry),
            class_name="thread",
            custom_attrs={"data-testid": "conversation"},
        ),
        _announcement(lines),
        large_file(),
        _copied(),
        aria_labelledby="conversation-heading",
    )


def _announcement(lines: rx.Var[list[Line]]) -> rx.Component:
    """Say politely, for screen readers alone, who wrote last."""
    data = hook_value("conversation/reading", "useNews", "news", number=State.ticket, lines=lines)
    news = rx.Var("news", _var_data=data).to(Line)
    return el.p(
        rx.cond(news.role != "", t("New message from {name}", name=author_of(news)), ""),
        class_name="sr",
        role="status",
    )


def _copied() -> rx.Component:
    """Say what a chip does, and that it did it."""
    data = hook_value("conversation/copying", "useCopies", "copied")
    return rx.fragment(
        el.span(t("Copy"), id="copy-hint", hidden=True),
        el.p(
            rx.cond(rx.Var("copied", _var_data=data).to(bool), t("Copied"), ""),
            class_name="copied",
            role="status",
        ),
    )


def waiting_thread() -> rx.Component:
    """Stand where the ticket will be, until it is known."""
    bones = [
        el.li(
            el.div(el.span(class_name="bone bone--1"), class_name="msg__head"),
            el.div(
                el.span(class_name="bone bone--3"), el.span(class_name="bone bone--2"), class_name="msg__body"
            ),
            class_name="msg",
            custom_attrs={"data-side": "theirs" if n % 2 else "mine"},
        )
        for n in range(BONES)
    ]
    return rx.fragment(
        el.header(
            el.h1(
                el.span(t("Ticket details"), class_name="sr"),
                el.span(class_name="bone bone--3", aria_hidden="true"),
            ),
            el.p(el.span(class_name="bone bone--2"), class_name="ticket__meta", aria_hidden="true"),
            class_name="ticket__head",
        ),
        el.p(t("Loading…"), class_name="sr", role="status"),
        el.div(el.span(class_name="bone bone--3"), class_name="turn", aria_hidden="true"),
        el.ol(*bones, class_name="thread thread--wait", aria_hidden="true"),
    )
