"""The open ticket: whose turn it is, the conversation, the composer. Shared by customers, guests and the team."""

from dataclasses import dataclass, field

import reflex as rx
from reflex import el
from reflex.vars import VarData

from ticket_portal.components.detail_requests import Item, answers, checklist, checklist_effects, count_of
from ticket_portal.components.drafts import saved
from ticket_portal.components.files import Picker, Piece, large_file, message_file, unsent_file
from ticket_portal.components.focus import keeps_focus
from ticket_portal.components.hooks import RunsHook, as_handler, dispatcher, hook_value, js_handler
from ticket_portal.components.icons import icon
from ticket_portal.components.people import of_team
from ticket_portal.components.resolution import closed_text, next_steps, no_reply_note, resolved_text
from ticket_portal.components.shield import secret_words
from ticket_portal.components.tickets import moment, status_chip
from ticket_portal.components.words import SITE, NativeForm, clock_time, day, number, t, tn, utc_time
from ticket_portal.domain.conversation import MessageView
from ticket_portal.domain.messages import LONGEST_BODY
from ticket_portal.states.conversation import ConversationState as State

COUNTER_FROM = 9_000
BONES = 4


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


def _lines() -> rx.Var[list[Line]]:
    data = hook_value(
        "conversation",
        "useLines",
        "lines",
        State.writer,
        State.ticket,
        of_team(),
        State.earlier,
        State.messages,
        State.recent,
        State.refused,
        State.seen_by_team,
        State.first_unread,
        State.details,
    )
    return rx.Var("lines", _var_data=data).to(list[Line])


def _live() -> rx.Var[bool]:
    return rx.State.is_hydrated & (State.ticket > 0)


def effects() -> rx.Component:
    """Run what the open ticket does by itself: send what is unsent, tell what was read."""
    return rx.fragment(
        RunsHook.create(
            "conversation",
            "useConversationSender",
            State.writer,
            State.ticket,
            _live(),
            State.messages,
            State.recent,
            State.refused,
            dispatcher(State.send),
        ),
        RunsHook.create(
            "conversation",
            "useWhole",
            State.messages,
            State.recent,
            State.recent_after,
            dispatcher(lambda _item: State.catch_up()),
        ),
        RunsHook.create(
            "conversation", "useSeen", State.ticket, State.last_seq, _live(), dispatcher(State.seen)
        ),
        checklist_effects(State.writer, State.ticket, State.details),
        RunsHook.create("drafts", "useOpened", State.writer, State.ticket),
    )


def turn() -> rx.Component:
    """Say in one sentence whose turn it is, before anything else."""
    place = keeps_focus("turnPlace")
    return el.div(
        rx.match(
            State.status,
            ("new", icon("inbox")),
            ("waiting_customer", icon("reply")),
            ("resolved", icon("check")),
            ("closed", icon("lock")),
            ("merged", icon("link")),
            icon("clock"),
        ),
        el.div(
            el.p(
                rx.match(
                    State.status,
                    ("new", t("We received your ticket")),
                    ("waiting_customer", t("We're waiting for you")),
                    ("resolved", t("Did this solve it?")),
                    ("closed", t("This ticket is closed")),
                    ("merged", t("Joined with {number}", number=State.resolution.joined_with)),
                    t("It's with our team"),
                ),
                class_name="turn__title",
            ),
            el.p(
                rx.match(
                    State.status,
                    (
                        "new",
                        rx.cond(
                            State.muted,
                            t("Our team will answer here."),
                            t("Our team will answer here. You'll get an e-mail at every update."),
                        ),
                    ),
                    ("waiting_customer", t("Please answer in the conversation, then it's our turn again.")),
                    ("resolved", resolved_text()),
                    ("closed", closed_text()),
                    ("merged", t("Please continue there.")),
                    rx.cond(
                        State.muted,
                        t("The answer appears here by itself."),
                        t("The answer appears here by itself, and you'll get an e-mail."),
                    ),
                )
            ),
            next_steps(),
            problem(),
        ),
        class_name="turn",
        tab_index=place["tab_index"],
        custom_attrs={"data-status": State.status, **place["custom_attrs"]},
    )


def problem() -> rx.Component:
    """Show why the last action was refused."""
    return rx.cond(
        State.problem != "",
        el.div(
            icon("alert"),
            el.p(State.problem),
            class_name="note",
            role="alert",
            custom_attrs={"data-testid": "form-error", "data-tone": "bad", "data-code": "refused"},
        ),
    )


def thread() -> rx.Component:
    """Show the conversation, oldest first."""
    lines = _lines()
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
            rx.foreach(lines, _line),
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
    data = hook_value("conversation", "useNews", "news", State.ticket, lines)
    news = rx.Var("news", _var_data=data).to(Line)
    return el.p(
        rx.cond(news.role != "", t("New message from {name}", name=_author(news)), ""),
        class_name="sr",
        role="status",
    )


def _copied() -> rx.Component:
    """Say what a chip does, and that it did it."""
    data = hook_value("conversation", "useCopies", "copied")
    return rx.fragment(
        el.span(t("Copy"), id="copy-hint", hidden=True),
        el.p(
            rx.cond(rx.Var("copied", _var_data=data).to(bool), t("Copied"), ""),
            class_name="copied",
            role="status",
        ),
    )


def typing(lines: rx.Var[list[Line]]) -> rx.Component:
    """Say that somebody else is writing a public reply."""
    data = hook_value("conversation", "useTyping", "typing", State.typist_beat, lines)
    return rx.cond(
        rx.Var("typing", _var_data=data).to(bool),
        el.p(
            el.span(class_name="typing__dots", aria_hidden="true"),
            rx.cond(
                State.typist != "",
                t("{name} is typing…", name=State.typist),
                t("The customer is typing…"),
            ),
            class_name="typing",
        ),
    )


def _line(line: rx.Var[Line]) -> rx.Component:
    return rx.fragment(
        rx.cond(line.new_day, el.li(el.time(day(line.at), date_time=line.at), class_name="day")),
        rx.cond(
            line.first_unread,
            el.li(el.span(t("New")), class_name="new", custom_attrs={"data-first-unread": "true"}),
        ),
        rx.cond(
            line.kind == "event", _event(line), rx.cond(line.kind == "details", _ask(line), _message(line))
        ),
        key=line.id,
    )


def _event(line: rx.Var[Line]) -> rx.Component:
    who = rx.cond(line.author != "", line.author, t("The customer"))
    return el.li(
        icon("check"),
        el.span(
            rx.match(
                line.event,
                ("resolved", t("{name} marked this ticket as resolved", name=who)),
                ("reopened", t("The ticket was reopened")),
                (
                    "closed",
                    rx.cond(
                        line.role == "system", t("The ticket closed by itself"), t("The ticket was closed")
                    ),
                ),
                ("assigned", t("{name} took this ticket", name=who)),
                ("joined", t("Ticket {number} was joined with this one", number=line.other)),
                ("claimed", t("{name} added this ticket to their account", name=who)),
                ("unclaimed", t("{name} gave this ticket back to the guest", name=who)),
                ("locked", t("Locked: somebody with this address said that it wasn't them")),
                ("unlocked", t("{name} unlocked this ticket", name=who)),
                ("erased", t("The customer deleted their account: all texts and files are gone")),
                t("The ticket was joined with {number}", number=line.other),
            )
        ),
        _time(line.at),
        class_name="event",
    )


def _time(at: rx.Var[str]) -> rx.Component:
    return el.time(clock_time(at), date_time=at, title=utc_time(at))


def _author(line: rx.Var[Line]) -> rx.Var:
    return rx.cond(
        line.author != "",
        line.author,
        rx.cond(line.mine, t("You"), rx.cond(line.role == "guest", t("guest"), t("Customer"))),
    )


def _ask(line: rx.Var[Line]) -> rx.Component:
    return el.li(
        el.div(
            icon("list-check"),
            el.span(_author(line), custom_attrs={"data-testid": "message-author"}),
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
                line.kind == "note",
                el.span(icon("lock"), t("Internal note"), class_name="msg__tag"),
            ),
            el.span(_author(line), class_name="msg__author", custom_attrs={"data-testid": "message-author"}),
            rx.match(
                line.role,
                ("agent", rx.cond(line.mine, rx.fragment(), el.span(SITE.name))),
                ("admin", rx.cond(line.mine, rx.fragment(), el.span(SITE.name))),
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
    # What the server sends is escaped there (conversation.as_html); what is unsent stays plain text.
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
                    unsent_file(file, js_handler("uploads", "dropUnsent", State.writer, line.id, file.key)),
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
                        on_click=js_handler("conversation", "retryLine", line.id, State.refused),
                    ),
                ),
                rx.cond(
                    ((line.kind == "reply") | (line.kind == "note")) & (line.files.length() == 0),
                    el.button(
                        t("Edit"),
                        type="button",
                        class_name="btn btn--quiet btn--small",
                        on_click=js_handler("conversation", "editLine", State.writer, line.id),
                    ),
                ),
                el.button(
                    t("Discard"),
                    type="button",
                    class_name="btn btn--quiet btn--small",
                    on_click=js_handler("conversation", "discardLine", State.writer, line.id),
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


def ticket_head(*actions: rx.Component, beside: tuple[rx.Component, ...] = ()) -> rx.Component:
    """Show the subject, the state and the number, and what stands beside them and below."""
    return el.header(
        el.h1(State.subject),
        el.p(
            status_chip(State.status, State.resolution.joined_with),
            el.span(t("Ticket"), " ", el.span(State.ticket, class_name="num")),
            el.span(t("Sent"), " ", moment(State.created_at)),
            *beside,
            class_name="ticket__meta",
        ),
        *actions,
        class_name="ticket__head",
    )


def _composer_data() -> VarData:
    return hook_value("conversation", "useComposer", "composer", State.writer, State.ticket, ~of_team())


def composer_var(name: str, kind: type) -> rx.Var:
    """Return what the composer's hook (assets/js/conversation.js) says of itself under a name."""
    return rx.Var(f"composer.{name}", _var_data=_composer_data()).to(kind)


def jump(lines: rx.Var[list[Line]]) -> rx.Component:
    """Offer to go to what came in while something earlier is being read."""
    data = hook_value("conversation", "useFollow", "follow", State.ticket, lines, State.first_unread)
    fresh = rx.Var("follow.fresh", _var_data=data).to(int)
    return rx.cond(
        fresh > 0,
        el.div(
            el.button(
                icon("arrow-down"),
                tn("1 new message", "{n} new messages", fresh),
                type="button",
                class_name="btn btn--primary",
                on_click=as_handler(rx.Var("(() => follow.jump())", _var_data=data)),
            ),
            class_name="jump",
        ),
    )


def composer(*buttons: rx.Component, modes: bool = False) -> rx.Component:
    """The box at the bottom. It never waits for the server: what is sent goes to the browser's outbox first."""
    mode = composer_var("mode", str)
    problem = composer_var("problem", str)
    length = composer_var("length", int)
    picker = _picker()
    return el.div(
        jump(_lines()),
        typing(_lines()),
        RunsHook.create("conversation", "useTells", mode, _live(), dispatcher(lambda _item: State.write())),
        NativeForm.create(
            rx.cond(
                (State.status == "closed") & State.can_reopen,
                el.p(t("Sending a message will reopen this ticket."), class_name="composer__hint"),
            ),
            _modes() if modes else rx.fragment(),
            el.label(t("Your reply"), class_name="sr", html_for="reply"),
            el.textarea(
                id="reply",
                name="body",
                rows="1",
                max_length=LONGEST_BODY,
                placeholder=t("Your reply…"),
                aria_invalid=rx.cond(problem != "", "true", "false"),
                aria_describedby="composer-problem",
            ),
            el.p(
                rx.cond(problem == "empty", t("Write a message or add a file."), secret_words(problem)),
                id="composer-problem",
                class_name="field__error",
                role="alert",
                custom_attrs={"data-code": problem},
            ),
            picker.chosen(),
            el.div(
                picker.button(),
                picker.hint(),
                rx.cond(
                    length >= COUNTER_FROM,
                    el.span(
                        t("{length} of {most} characters", length=number(length), most=number(LONGEST_BODY))
                    ),
                    el.span(),
                ),
                saved(State.writer, State.ticket.to_string()),
                *(buttons or (send_button(t("Send"), "reply"),)),
                class_name="composer__bar",
            ),
            el.p(
                icon("shield"),
                el.span(t("We never ask for your password, seed phrase or one-time codes.")),
                class_name="safety",
            )
            if not modes
            else rx.fragment(),
            method="post",
            action="#",
            auto_complete="off",
            no_validate=True,
            class_name="composer",
            custom_attrs={
                "data-testid": "composer",
                "data-mode": rx.cond(mode == "note", "note", "public"),
                "ref": composer_var("ref", object),
            },
        ),
        class_name="dock",
    )


def _picker() -> Picker:
    ticket = State.ticket.to_string()
    return Picker(ticket, "ticket=" + ticket, _live(), State.writer)


def _modes() -> rx.Component:
    return el.fieldset(
        el.legend(t("Who reads it"), class_name="sr"),
        el.label(
            el.input(type="radio", name="mode", value="public", default_checked=True),
            t("Public reply"),
        ),
        el.label(
            el.input(type="radio", name="mode", value="note"),
            icon("lock"),
            t("Internal note"),
            custom_attrs={"data-mode": "note"},
        ),
        class_name="modes",
    )


def send_button(
    label: rx.Var | str, kind: str, *, main: bool = True, tone: str = "btn--primary"
) -> rx.Component:
    """A button that hands the text to the outbox as this kind of message."""
    return el.button(
        icon("send") if tone == "btn--primary" else rx.fragment(),
        label,
        type="submit",
        value=kind,
        class_name=f"btn {tone}",
        disabled=~composer_var("ready", bool),
        custom_attrs={"data-main": "true"} if main else {},
    )


def closed_note() -> rx.Component:
    """Say, instead of a composer, why nothing can be sent."""
    return el.div(no_reply_note(), class_name="dock")


def can_write() -> rx.Var[bool]:
    """Whether a message can still be sent in this ticket."""
    return (State.status != "merged") & ((State.status != "closed") | State.can_reopen)
