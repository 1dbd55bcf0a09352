"""The box at the bottom of an open ticket, and what stands above it: who is writing, what came in."""

import reflex as rx
from reflex import el
from reflex.vars import VarData

from ticket_portal.components.drafts import saved
from ticket_portal.components.elements import NativeForm
from ticket_portal.components.files import Picker
from ticket_portal.components.hooks import RunsHook, as_handler, dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.people import of_team
from ticket_portal.components.ticket.message import Line
from ticket_portal.components.ticket.resolution import no_reply_note
from ticket_portal.components.ticket.shield import secret_words
from ticket_portal.components.ticket.thread import entries, is_open
from ticket_portal.components.words import number, t, tn
from ticket_portal.domain.tickets.messages import LONGEST_BODY
from ticket_portal.sets.statuses import Status
from ticket_portal.states.conversation import ConversationState as State

COUNTER_FROM = 9_000


def _composer_data() -> VarData:
    return hook_value(
        "conversation/composer",
        "useComposer",
        "composer",
        viewer=State.writer,
        number=State.ticket,
        guarded=~of_team(),
    )


def composer_var(name: str, kind: type) -> rx.Var:
    """Return what the composer's hook (assets/js/conversation/composer.js) says of itself under a name."""
    return rx.Var(f"composer.{name}", _var_data=_composer_data()).to(kind)


def composer(*buttons: rx.Component, modes: bool = False) -> rx.Component:
    """The box at the bottom. It never waits for the server: what is sent goes to the browser's outbox first."""
    mode = composer_var("mode", str)
    problem = composer_var("problem", str)
    length = composer_var("length", int)
    picker = _picker()
    return el.div(
        jump(entries()),
        typing(entries()),
        RunsHook.create(
            "conversation/typing",
            "useTells",
            mode=mode,
            live=is_open(),
            dispatch=dispatcher(lambda _item: State.write()),
        ),
        NativeForm.create(
            rx.cond(
                (State.status == Status.CLOSED) & State.can_reopen,
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
                el.span(
                    t(
                        "Our team never asks for your password, recovery phrase or one-time codes, in messages, "
                        "by email or by phone."
                    )
                ),
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
    return Picker(ticket, "ticket=" + ticket, is_open(), State.writer)


def _modes() -> rx.Component:
    return el.fieldset(
        el.legend(t("Who can read this"), class_name="sr"),
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


def typing(lines: rx.Var[list[Line]]) -> rx.Component:
    """Say that somebody else is writing a public reply."""
    data = hook_value("conversation/typing", "useTyping", "typing", beat=State.typist_beat, lines=lines)
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


def jump(lines: rx.Var[list[Line]]) -> rx.Component:
    """Offer to go to what came in while something earlier is being read."""
    data = hook_value(
        "conversation/scrolling",
        "useFollow",
        "follow",
        number=State.ticket,
        lines=lines,
        first_unread=State.first_unread,
    )
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
