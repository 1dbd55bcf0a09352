"""One entry of the open ticket: a message, a request for details, an event."""

from dataclasses import dataclass, field

import reflex as rx
from reflex import el

from ticket_portal.components.files import Piece, message_file, unsent_file
from ticket_portal.components.hooks import js_handler
from ticket_portal.components.icons import icon
from ticket_portal.components.people import of_team
from ticket_portal.components.ticket.detail_requests import Item, answers, checklist, count_of
from ticket_portal.components.ticket.resolution import can_write
from ticket_portal.components.words import clock_time, day, t, utc_time
from ticket_portal.domain.history import EventKind, MessageKind
from ticket_portal.domain.tickets.conversation import MessageView
from ticket_portal.frontend.site import SITE
from ticket_portal.sets.roles import TEAM, Role
from ticket_portal.states.conversation import ConversationState as State


@dataclass(frozen=True)
class Line(MessageView):
    """An entry as the browser lists it: `state` sending, sent or failed; `side` mine, theirs or note.

    A request for details, and answers to one, have items (`wanted`): how many are `open`, `settled`, `filled` in.
    """

    id: str = ""
    body: str = ""
    files: list[Piece] = field(default_factory=list)
    state: str = ""
    side: str = ""
    problem: str = ""
    stuck: bool = False
    mark: str = ""
    new_day: bool = False
    first_unread: bool = False
    old: bool = False
    wanted: list[Item] = field(default_factory=list)
    open: int = 0
    settled: int = 0
    filled: int = 0
    busy: bool = False


def entry(line: rx.Var[Line]) -> rx.Component:
    """Show one entry, and before it the day or where the new ones begin."""
    return rx.fragment(
        rx.cond(line.new_day, el.li(el.time(day(line.at), date_time=line.at), class_name="day")),
        rx.cond(
            line.first_unread,
            el.li(
                el.span(t("New", context="messages")),
                class_name="new",
                custom_attrs={"data-first-unread": "true"},
            ),
        ),
        rx.cond(
            line.kind == "event",
            _event(line),
            rx.cond(line.kind == MessageKind.DETAILS, _ask(line), _message(line)),
        ),
        key=line.id,
    )


def _event(line: rx.Var[Line]) -> rx.Component:
    return el.li(
        icon("check"),
        el.span(rx.match(line.event, *sentences(line).items(), t("The ticket was updated"))),
        _time(line.at),
        class_name="event",
    )


def sentences(line: rx.Var[Line]) -> dict[EventKind, rx.Var]:
    """Return what each event says that is no message."""
    who = rx.cond(line.author != "", line.author, t("The customer"))
    return {
        EventKind.RESOLVED: t("{name} marked this ticket as resolved", name=who),
        EventKind.REOPENED: t("The ticket was reopened"),
        EventKind.CLOSED: rx.cond(
            line.role == Role.SYSTEM, t("The ticket closed automatically"), t("The ticket was closed")
        ),
        EventKind.MERGED: t("The ticket was joined with {number}", number=line.other),
        EventKind.JOINED: t("Ticket {number} was joined with this one", number=line.other),
        EventKind.ASSIGNED: t("{name} took this ticket", name=who),
        EventKind.ASSIGNED_TO: t("{name} assigned this ticket to {agent}", name=who, agent=line.whom),
        EventKind.UNASSIGNED: t("This ticket went back to the queue"),
        EventKind.CLAIMED: t("{name} added this ticket to their account", name=who),
        EventKind.UNCLAIMED: t("{name} returned this ticket to the guest", name=who),
        EventKind.LOCKED: t("Locked: someone with this address said they didn't send it"),
        EventKind.UNLOCKED: t("{name} unlocked this ticket", name=who),
        EventKind.ERASED: t("The customer deleted their account. All messages and files have been removed."),
    }


def _time(at: rx.Var[str]) -> rx.Component:
    return el.time(clock_time(at), date_time=at, title=utc_time(at))


def author_of(line: rx.Var[Line]) -> rx.Var:
    """Return what a writer is called."""
    return rx.cond(
        line.author != "",
        line.author,
        rx.cond(line.mine, t("You"), rx.cond(line.role == Role.GUEST, t("guest"), t("Customer"))),
    )


def _ask(line: rx.Var[Line]) -> rx.Component:
    return el.li(
        el.div(
            icon("list-check"),
            el.span(author_of(line), custom_attrs={"data-testid": "message-author"}),
            el.span(t("Details requested")),
            count_of(line.wanted, line.settled),
            _time(line.at),
            class_name="ask__head",
        ),
        rx.cond((line.html != "") | (line.body != ""), _body(line, "ask__body")),
        _files(line),
        checklist(line, can_answer=can_write() & ~of_team() & (line.state == "sent")),
        _foot(line),
        class_name="ask",
        custom_attrs={"data-testid": "message", "data-side": line.side, "data-state": line.state},
    )


def _message(line: rx.Var[Line]) -> rx.Component:
    return el.li(
        el.div(
            rx.cond(
                line.kind == MessageKind.NOTE,
                el.span(icon("lock"), t("Internal note"), class_name="msg__tag"),
            ),
            el.span(
                author_of(line), class_name="msg__author", custom_attrs={"data-testid": "message-author"}
            ),
            rx.match(
                line.role,
                *((role, rx.cond(line.mine, rx.fragment(), el.span(SITE.name))) for role in TEAM),
                rx.fragment(),
            ),
            _time(line.at),
            class_name="msg__head",
        ),
        rx.cond(line.wanted.length() > 0, answers(line.wanted), _body(line, "msg__body")),
        _files(line),
        _foot(line),
        class_name=rx.cond(line.old, "msg msg--old", "msg"),
        custom_attrs={"data-testid": "message", "data-side": line.side, "data-state": line.state},
    )


def _body(line: rx.Var[Line], class_name: str) -> rx.Component:
    # What the server sends is escaped there (domain/text/markup); what is unsent stays plain text.
    return rx.cond(
        line.state == "sent",
        rx.cond(
            line.html != "",
            el.div(
                class_name=class_name,
                custom_attrs={"dangerouslySetInnerHTML": rx.Var.create({"__html": line.html})},
            ),
        ),
        rx.cond(line.body != "", el.div(line.body, class_name=class_name)),
    )


def _files(line: rx.Var[Line]) -> rx.Component:
    return rx.cond(
        line.files.length() > 0,
        el.ul(
            rx.foreach(
                line.files,
                lambda file: rx.cond(
                    line.state == "sent",
                    message_file(file),
                    unsent_file(
                        file,
                        js_handler("uploads", "dropUnsent", viewer=State.writer, id=line.id, key=file.key),
                    ),
                ),
            ),
            class_name="files",
        ),
    )


def _foot(line: rx.Var[Line]) -> rx.Component:
    return rx.match(
        line.state,
        ("sending", el.div(el.span(class_name="spin"), el.span(t("Sending…")), class_name="msg__foot")),
        (
            "failed",
            el.div(
                icon("alert"),
                el.span(t("Not sent."), " ", line.problem),
                rx.cond(
                    line.stuck,
                    rx.fragment(),
                    el.button(
                        t("Retry"),
                        type="button",
                        class_name="btn btn--quiet btn--small",
                        on_click=js_handler(
                            "conversation/lines", "retryLine", id=line.id, refused=State.refused
                        ),
                    ),
                ),
                rx.cond(
                    ((line.kind == MessageKind.REPLY) | (line.kind == MessageKind.NOTE))
                    & (line.files.length() == 0),
                    el.button(
                        t("Edit"),
                        type="button",
                        class_name="btn btn--quiet btn--small",
                        on_click=js_handler(
                            "conversation/lines", "editLine", viewer=State.writer, id=line.id
                        ),
                    ),
                ),
                el.button(
                    t("Discard"),
                    type="button",
                    class_name="btn btn--quiet btn--small",
                    on_click=js_handler("conversation/lines", "discardLine", viewer=State.writer, id=line.id),
                ),
                class_name="msg__foot",
                role="alert",
            ),
        ),
        rx.match(
            line.mark,
            ("seen", el.div(icon("check-double"), el.span(t("Seen by support")), class_name="msg__foot")),
            ("sent", el.div(icon("check"), el.span(t("Sent")), class_name="msg__foot")),
            rx.fragment(),
        ),
    )
