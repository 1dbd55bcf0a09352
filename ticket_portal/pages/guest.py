"""A guest's page: the link alone shows number and masked address; the code opens the ticket."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.forms import code_field, form_card, hidden, new_code, post_form, problem, submit
from ticket_portal.components.frame import frame
from ticket_portal.components.hooks import dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.notice import notice
from ticket_portal.components.words import href, route_param, t
from ticket_portal.pages.conversation import open_ticket
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.guest import GuestState as State
from ticket_portal.states.session import SessionState

_ENDED = hook_value(
    "guest",
    "useEndedSession",
    "sessionEnded",
    State.stage,
    ConversationState.session_over,
    dispatcher(lambda _item: State.load()),
)


def guest() -> rx.Component:
    """Show what this browser may see of the link's ticket."""
    reading = (State.stage == "open") & ~ConversationState.session_over
    return frame(
        rx.cond(
            State.link != route_param("token"),
            _waiting(),
            rx.match(
                State.stage,
                ("invalid", _invalid()),
                ("open", rx.cond(ConversationState.session_over, _verify(), _ticket())),
                _verify(),
            ),
        ),
        kind="reading",
        guest=reading & (SessionState.guest_address != ""),
    )


def _ticket() -> rx.Component:
    return open_ticket()


def _waiting() -> rx.Component:
    return el.div(
        el.div(
            el.div(
                el.span(class_name="tile bone"),
                el.h1(el.span(t("Your ticket"), class_name="sr"), el.span(class_name="bone bone--2")),
                el.p(el.span(class_name="bone bone--3")),
                class_name="form__head",
            ),
            el.span(class_name="bone bone--btn"),
            class_name="card",
        ),
        el.p(t("Loading…"), class_name="sr", role="status"),
        class_name="narrow",
    )


def _invalid() -> rx.Component:
    return el.div(
        notice(
            "link",
            t("This link isn't valid any more"),
            t("Use the link in the newest e-mail, or get your links again."),
            el.a(t("Find my ticket"), href=href("/find-ticket"), class_name="btn btn--primary"),
        ),
        class_name="narrow",
    )


def _verify() -> rx.Component:
    return el.div(
        rx.cond(State.code_sent, _enter_code(), _ask_for_code()),
        rx.cond(
            State.code_sent,
            rx.fragment(),
            el.p(t("Not your address? You can close this page: nothing was sent."), class_name="form__foot"),
        ),
        class_name="narrow",
    )


def _ask_for_code() -> rx.Component:
    return form_card(
        t("Ticket {number}", number=State.ticket),
        t("To protect this ticket, we'll send a 6-digit code to {address}.", address=State.masked_address),
        el.div(
            _notes(),
            post_form("/auth/guest/send-code", _token(), submit(t("Send code"))),
            class_name="form",
        ),
        tile="lock",
    )


def _enter_code() -> rx.Component:
    return form_card(
        t("Enter the code"),
        t(
            "We sent it to {address} for ticket {number}.",
            address=State.masked_address,
            number=State.ticket,
        ),
        el.div(
            _notes(),
            post_form(
                "/auth/guest/verify",
                _token(),
                code_field(State),
                submit(t("Verify")),
                class_name="form",
            ),
            new_code("/auth/guest/send-code", State.resend_at, _token()),
            class_name="form",
        ),
    )


def _token() -> rx.Component:
    """Carry the link's token in the form; the address bar has it, no page that was built does."""
    return hidden("token", State.link)


def _notes() -> rx.Component:
    ended = rx.Var("sessionEnded", _var_data=_ENDED).to(bool)
    return rx.fragment(
        problem(State),
        rx.cond(
            ended & (State.problem == ""),
            _note(
                "session_ended",
                t("Your session ended. Your message is saved. Enter a new code to go on."),
            ),
        ),
        rx.cond(State.signed_in_as != "", _somebody_else()),
    )


def _note(code: str, text: Any) -> rx.Component:
    return el.div(
        icon("alert"),
        el.p(text),
        role="alert",
        class_name="note",
        custom_attrs={"data-tone": "warn", "data-testid": "form-error", "data-code": code},
    )


def _somebody_else() -> rx.Component:
    return el.div(
        icon("user"),
        el.div(
            el.p(
                t(
                    "You're signed in as {address}, and this ticket belongs to another address. "
                    "Continue as a guest with a code, or switch the account.",
                    address=State.signed_in_as,
                )
            ),
            el.p(el.a(t("Switch account"), href=href("/sign-in"))),
        ),
        class_name="note",
        custom_attrs={"data-tone": "plain"},
    )
