"""Submit a ticket, as a customer or as a guest."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.connection import is_live
from ticket_portal.components.drafts import saved
from ticket_portal.components.forms import email_field, field, problem
from ticket_portal.components.frame import frame, safety
from ticket_portal.components.hooks import RunsHook, dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.notice import notice
from ticket_portal.components.words import NativeForm, href, number, t
from ticket_portal.domain.drafts import NEW
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import LONGEST_BODY, LONGEST_NAME, LONGEST_SUBJECT
from ticket_portal.states.new_ticket import NewTicketState as State
from ticket_portal.states.session import SessionState

COUNTER_FROM = 9_000

# A guest's belongs to the guest: it leaves the device with them.
WRITER = rx.cond(
    (SessionState.account == "") & (SessionState.guest_key != ""),
    SessionState.guest_key,
    SessionState.viewer_key,
)
_FORM = hook_value(
    "new_ticket",
    "useNewTicket",
    "newTicket",
    WRITER,
    NOBODY.key,
    is_live(),
    State.sent,
    State.refusals,
    dispatcher(State.submit),
)


def new_ticket() -> rx.Component:
    """The form with its tips, then the number of what was received."""
    return frame(
        RunsHook.create("new_ticket", "useHeadingFocus", State.sent),
        rx.cond(State.sent != "", _received(), _page()),
    )


def _page() -> rx.Component:
    return rx.fragment(
        el.div(
            el.div(
                el.h1(t("Submit a ticket")),
                el.p(t("We answer here on this site and send an alert by e-mail.")),
            ),
            class_name="page__head",
        ),
        el.div(_form(), _tips(), class_name="split"),
    )


def _form() -> rx.Component:
    return NativeForm.create(
        problem(State, "email", "name", "subject", "body", again=State.refusals),
        el.div(
            rx.cond(SessionState.account != "", _sender(), _sender_fields()),
            class_name=rx.cond(SessionState.known, "row2", "row2 late"),
        ),
        field(
            "subject",
            t("Subject"),
            state=State,
            max_length=LONGEST_SUBJECT,
            auto_complete="off",
            required=True,
        ),
        field(
            "body",
            t("Describe the problem"),
            state=State,
            hint=t(
                "Up to {most} characters. What happened, when, and what did you expect?",
                most=number(LONGEST_BODY),
            ),
            area=True,
            required=True,
        ),
        rx.cond(_value("length").to(int) > COUNTER_FROM, _counter()),
        el.div(
            el.button(
                t("Submit ticket"),
                type="submit",
                class_name="btn btn--primary",
                disabled=~_value("ready").to(bool),
                custom_attrs={"data-busy": _value("busy").to(bool).to_string()},
            ),
            saved(WRITER, NEW),
            class_name="cluster",
        ),
        safety(),
        method="post",
        action="",
        no_validate=True,
        class_name="card form",
        custom_attrs={"ref": _value("ref")},
    )


def _value(name: str) -> rx.Var:
    return rx.Var(f"newTicket.{name}", _var_data=_FORM)


def _sender_fields() -> rx.Component:
    return rx.fragment(
        email_field(State, auto_complete="email"),
        field(
            "name",
            t("Name"),
            state=State,
            auto_complete="name",
            max_length=LONGEST_NAME,
            beside=el.small(t("optional")),
        ),
    )


def _sender() -> rx.Component:
    return rx.fragment(
        _known(t("Email"), SessionState.account),
        _known(t("Name"), rx.cond(SessionState.name != "", SessionState.name, "–")),
    )


def _known(label: Any, value: Any) -> rx.Component:
    return el.div(
        el.div(el.span(label), class_name="field__label"), el.p(value, class_name="known"), class_name="field"
    )


def _counter() -> rx.Component:
    length = _value("length").to(int)
    return el.p(
        t("{length} of {most} characters", length=number(length), most=number(LONGEST_BODY)),
        role="status",
        class_name=rx.cond(length > LONGEST_BODY, "field__error", "field__hint"),
    )


def _tips() -> rx.Component:
    return el.aside(
        el.h2(t("For a faster answer"), id="tips"),
        el.ul(
            _tip(
                "list-check",
                t("One ticket per problem. If you already have one on this matter, reply there."),
            ),
            _tip("clock", t("Say when it happened, and what you saw on the screen.")),
            _tip("link", t("Add the transaction ID and the network, if there is one.")),
            _tip("shield", t("Leave out passwords, seed phrases and codes.")),
        ),
        class_name="tips",
        aria_labelledby="tips",
    )


def _tip(name: str, text: Any) -> rx.Component:
    return el.li(icon(name), el.span(text))


def _received() -> rx.Component:
    return el.div(
        notice(
            "check",
            t("We received your ticket"),
            el.span(State.number_sent, class_name="big num"),
            el.p(
                rx.cond(
                    SessionState.account != "",
                    t("We'll alert you by e-mail when we answer."),
                    t(
                        "We sent a confirmation to {address}. Its link opens the ticket; "
                        "we'll alert you there when we answer.",
                        address=State.sent_to,
                    ),
                )
            ),
            rx.cond(
                SessionState.account != "",
                el.a(t("My tickets"), href=href("/tickets"), class_name="btn btn--primary"),
                el.a(t("Go to the help home"), href=href("/"), class_name="btn btn--primary"),
            ),
            el.button(
                t("Submit another ticket"), type="button", on_click=State.load, class_name="btn btn--quiet"
            ),
            tone="good",
        ),
        class_name="narrow",
    )
