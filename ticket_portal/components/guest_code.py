"""The code that a guest proves their address with: the forms for it, on a card or in the place of the composer."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.drafts import ended_box
from ticket_portal.components.forms import code_field, new_code, post_form, problem, submit
from ticket_portal.components.hooks import dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import t
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.guest import GuestState as State

_ENDED = hook_value(
    "guest",
    "useEndedSession",
    "sessionEnded",
    number=State.ticket,
    stage=State.stage,
    over=ConversationState.session_over,
    load=dispatcher(lambda _item: State.load()),
)


def has_ended() -> rx.Var[bool]:
    """Return whether the session ended while this tab had the ticket open."""
    return rx.Var("sessionEnded", _var_data=_ENDED).to(bool)


def send_code(*fields: rx.Component) -> rx.Component:
    """Ask for a code. `fields`: what the form carries along, a link's token or a ticket's number."""
    return post_form("/auth/guest/send-code", *fields, submit(t("Send code")))


def enter_code(*fields: rx.Component) -> rx.Component:
    """Enter it, or ask for another one."""
    return rx.fragment(
        post_form("/auth/guest/verify", *fields, code_field(State), submit(t("Verify")), class_name="form"),
        new_code("/auth/guest/send-code", State.resend_at, *fields),
    )


def asks() -> rx.Var:
    """Say that a code will be sent, and where to."""
    return t("To protect this ticket, we'll send a 6-digit code to {address}.", address=State.masked_address)


def sent() -> rx.Var:
    """Say that it was sent."""
    return t(
        "We've sent the code for ticket {number} to {address}.",
        address=State.masked_address,
        number=State.ticket,
    )


def ended_ticket(*fields: rx.Component) -> rx.Component:
    """Show what is left of a ticket whose guest's session ended: what was being written, and the code box."""
    return rx.fragment(
        el.header(
            el.h1(t("Ticket {number}", number=State.ticket)),
            class_name="ticket__head",
        ),
        ended_box(
            State.ticket,
            (State.stage == "verify") | ConversationState.session_over,
            problem(State),
            rx.cond(
                State.problem == "",
                _note(
                    "session_ended",
                    t("Your session ended. Your message is saved. Enter a new code to continue."),
                ),
            ),
            rx.cond(
                State.code_sent,
                el.div(el.p(sent()), enter_code(*fields), class_name="form"),
                el.div(el.p(asks()), send_code(*fields), class_name="form"),
            ),
            always=True,
        ),
    )


def _note(code: str, text: Any) -> rx.Component:
    return el.div(
        icon("alert"),
        el.p(text),
        role="alert",
        class_name="note",
        custom_attrs={"data-tone": "warn", "data-testid": "form-error", "data-code": code},
    )
