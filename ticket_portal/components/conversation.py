"""The open ticket: whose turn it is, the conversation, the composer. Shared by customers, guests and the team."""

from dataclasses import dataclass

import reflex as rx
from reflex import el
from reflex.vars import VarData

from ticket_portal.components.hooks import RunsHook, as_handler, dispatcher, hook_value, js_handler
from ticket_portal.components.icons import icon
from ticket_portal.components.tickets import moment, status_chip
from ticket_portal.components.words import SITE, NativeForm, clock_time, day, number, t, tn, utc_time
from ticket_portal.domain.messages import MessageView
from ticket_portal.domain.tickets import LONGEST_BODY
from ticket_portal.states.conversation import ConversationState as State
from ticket_portal.states.session import SessionState

COUNTER_FROM = 9_000
BONES = 4


@dataclass(frozen=True)
class Line(MessageView):
    """An entry as the browser lists it: `state` sending, sent or failed; `side` mine, theirs or note."""

    id: str = ""
    body: str = ""
    state: str = ""
    side: str = ""
    problem: str = ""
    mark: str = ""
    new_day: bool = False


def _of_team() -> rx.Var[bool]:
    return (SessionState.role == "agent") | (SessionState.role == "admin")


def _lines() -> rx.Var[list[Line]]:
    data = hook_value(
        "conversation",
        "useLines",
        "lines",
        SessionState.viewer_key,
        State.ticket,
        _of_team(),
        State.earlier,
        State.messages,
        State.recent,
        State.refused,
        State.seen_by_team,
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
            SessionState.viewer_key,
            State.ticket,
            _live(),
            State.messages,
            State.recent,
            State.refused,
            dispatcher(State.send),
        ),
        RunsHook.create(
            "conversation", "useSeen", State.ticket, State.last_seq, _live(), dispatcher(State.seen)
        ),
    )


def turn() -> rx.Component:
    """Say in one sentence whose turn it is, before anything else."""
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
                    ("merged", t("This ticket was joined with another one")),
                    t("It's with our team"),
                ),
                class_name="turn__title",
            ),
            el.p(
                rx.match(
                    State.status,
                    ("new", t("Our team will answer here. You'll get an e-mail at every update.")),
                    ("waiting_customer", t("Please answer in the conversation, then it's our turn again.")),
                    (
                        "resolved",
                        t("Tell us whether the answer helped."),
                    ),
                    (
                        "closed",
                        rx.cond(
                            State.can_reopen,
                            t("Sending a message will reopen it."),
                            t("It can't be reopened any more."),
                        ),
                    ),
                    ("merged", t("Please continue there.")),
                    t("The answer appears here by itself, and you'll get an e-mail."),
                )
            ),
            rx.cond(
                State.status == "resolved",
                el.div(
                    el.button(
                        t("Yes, close it"),
                        type="button",
                        class_name="btn btn--primary btn--small",
                        on_click=State.confirm_solved,
                    ),
                    el.button(
                        t("No, I still need help"),
                        type="button",
                        class_name="btn btn--small",
                        on_click=State.still_need_help,
                    ),
                    class_name="cluster",
                ),
            ),
            problem(),
        ),
        class_name="turn",
        custom_attrs={"data-status": State.status},
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
        aria_labelledby="conversation-heading",
    )


def _announcement(lines: rx.Var[list[Line]]) -> rx.Component:
    """Say politely, for screen readers alone, who wrote last."""
    data = hook_value("conversation", "useNews", "news", State.ticket, lines)
    news = rx.Var("news", _var_data=data).to(str)
    return el.p(
        rx.cond(news != "", t("New message from {name}", name=news), ""),
        class_name="sr",
        role="status",
    )


def _line(line: rx.Var[Line]) -> rx.Component:
    return rx.fragment(
        rx.cond(line.new_day, el.li(el.time(day(line.at), date_time=line.at), class_name="day")),
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
                ("closed", t("The ticket was closed")),
                ("assigned", t("{name} took this ticket", name=who)),
                t("The ticket was joined with another one"),
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
            _time(line.at),
            class_name="ask__head",
        ),
        _body(line, "ask__body"),
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
        _body(line, "msg__body"),
        _foot(line),
        class_name="msg",
        custom_attrs={"data-testid": "message", "data-side": line.side, "data-state": line.state},
    )


def _body(line: rx.Var[Line], class_name: str) -> rx.Component:
    # What the server sends is escaped there (messages.as_html); what is unsent stays plain text.
    return rx.cond(
        line.state == "sent",
        el.div(
            class_name=class_name,
            custom_attrs={"dangerouslySetInnerHTML": rx.Var.create({"__html": line.html})},
        ),
        el.div(line.body, class_name=class_name),
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
                el.button(
                    t("Retry"),
                    type="button",
                    class_name="btn btn--quiet btn--small",
                    on_click=js_handler("conversation", "retryLine", line.id, State.refused),
                ),
                el.button(
                    t("Discard"),
                    type="button",
                    class_name="btn btn--quiet btn--small",
                    on_click=js_handler("conversation", "discardLine", SessionState.viewer_key, line.id),
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


def ticket_head(*actions: rx.Component) -> rx.Component:
    """Show the subject, the state and the number."""
    return el.header(
        el.h1(State.subject),
        el.p(
            status_chip(State.status),
            el.span(t("Ticket"), " ", el.span(State.ticket, class_name="num")),
            el.span(t("Sent"), " ", moment(State.created_at)),
            class_name="ticket__meta",
        ),
        *actions,
        class_name="ticket__head",
    )


def _composer_data() -> VarData:
    return hook_value("conversation", "useComposer", "composer", SessionState.viewer_key, State.ticket)


def _composer_var(name: str, kind: type) -> rx.Var:
    return rx.Var(f"composer.{name}", _var_data=_composer_data()).to(kind)


def jump(lines: rx.Var[list[Line]]) -> rx.Component:
    """Offer to go to what came in while something earlier is being read."""
    data = hook_value("conversation", "useFollow", "follow", State.ticket, lines)
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
    mode = _composer_var("mode", str)
    empty = _composer_var("empty", bool)
    length = _composer_var("length", int)
    return el.div(
        jump(_lines()),
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
                aria_invalid=rx.cond(empty, "true", "false"),
                aria_describedby="composer-problem",
            ),
            el.p(
                rx.cond(empty, t("Write a message first."), ""),
                id="composer-problem",
                class_name="field__error",
                role="alert",
            ),
            el.div(
                rx.cond(
                    length >= COUNTER_FROM,
                    el.span(
                        t("{length} of {most} characters", length=number(length), most=number(LONGEST_BODY))
                    ),
                    el.span(),
                ),
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
            aria_label=t("Your reply"),
            custom_attrs={
                "data-testid": "composer",
                "data-mode": rx.cond(mode == "note", "note", "public"),
                "ref": _composer_var("ref", object),
            },
        ),
        class_name="dock",
    )


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
        disabled=~_composer_var("ready", bool),
        custom_attrs={"data-main": "true"} if main else {},
    )


def agent_buttons() -> tuple[rx.Component, ...]:
    """Return the team's buttons: what they do follows from who will read it."""
    mode = _composer_var("mode", str)
    return (
        rx.cond(
            mode == "note",
            send_button(t("Add internal note"), "note", tone="btn--note"),
            rx.fragment(
                send_button(t("Request details"), "details", main=False, tone=""),
                send_button(t("Reply"), "reply"),
            ),
        ),
    )


def closed_note() -> rx.Component:
    """Say, instead of a composer, that the ticket can't be reopened."""
    return el.div(
        el.div(
            icon("lock"),
            el.p(t("This ticket is closed and can't be reopened.")),
            class_name="note",
            custom_attrs={"data-tone": "plain"},
        ),
        class_name="dock",
    )


def can_write() -> rx.Var[bool]:
    """Whether a message can still be sent in this ticket."""
    return (State.status != "merged") & ((State.status != "closed") | State.can_reopen)
