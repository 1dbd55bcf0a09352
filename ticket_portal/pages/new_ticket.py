"""Submit a ticket, as a customer or as a guest."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import TICKETS
from ticket_portal.components.connection import is_live
from ticket_portal.components.drafts import saved
from ticket_portal.components.elements import NativeForm
from ticket_portal.components.files import Picker
from ticket_portal.components.forms import email_field, field, problem
from ticket_portal.components.frame import frame, safety
from ticket_portal.components.help.offers import offered_articles
from ticket_portal.components.help.topics import topic_names
from ticket_portal.components.hooks import RunsHook, as_handler, dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.ticket.notice import notice
from ticket_portal.components.ticket.shield import secret_words
from ticket_portal.components.words import href, number, t
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets.drafts import NEW
from ticket_portal.domain.tickets.duplicates import Duplicate
from ticket_portal.domain.tickets.messages import LONGEST_BODY
from ticket_portal.domain.tickets.new_ticket import LONGEST_NAME, LONGEST_SUBJECT
from ticket_portal.sets.topics import Topic
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
    viewer=WRITER,
    nobody=NOBODY.key,
    live=is_live(),
    known=(SessionState.account != "") | (SessionState.guest_address != ""),
    sent=State.sent,
    refusals=State.refusals,
    dispatch=dispatcher(State.submit),
    look=dispatcher(State.look_for_duplicates),
    go_there=dispatcher(State.continue_there),
)


_FILES = Picker("new", rx.Var("newTicket.target", _var_data=_FORM).to(str), is_live(), WRITER)


def new_ticket() -> rx.Component:
    """The form with its tips, then the number of what was received."""
    return frame(
        RunsHook.create("new_ticket", "useHeadingFocus", shown=State.sent),
        rx.cond(State.sent != "", _received(), _page()),
    )


def _page() -> rx.Component:
    return rx.fragment(
        el.div(
            el.div(
                el.h1(t("Submit a ticket")),
                el.p(t("We reply here on this site and let you know by email.")),
            ),
            class_name="page__head",
        ),
        el.div(_form(), el.div(_tips(), offered_articles(), class_name="stack"), class_name="split"),
    )


def _form() -> rx.Component:
    return NativeForm.create(
        problem(State, "email", "name", "subject", "body", again=State.refusals),
        rx.cond(State.follow_up > 0, _follows()),
        el.div(
            rx.cond(
                State.follow_up_guest != "",
                _known(t("Email"), State.follow_up_guest),
                rx.cond(SessionState.account != "", _sender(), _sender_fields()),
            ),
            class_name=rx.cond(SessionState.known, "row2", "row2 late"),
        ),
        _topic(),
        field(
            "subject",
            t("Subject"),
            state=State,
            max_length=LONGEST_SUBJECT,
            default_value=State.follow_up_subject,
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
        _secret(),
        _duplicates(),
        el.div(
            el.div(_FILES.button(written=True), _FILES.hint(), class_name="files__pick"),
            _FILES.chosen(),
            class_name="field",
        ),
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


def _topic() -> rx.Component:
    return el.div(
        el.div(el.label(t("Topic"), html_for="topic"), el.small(t("optional")), class_name="field__label"),
        el.select(
            el.option(t("Choose a topic"), value=""),
            *[el.option(name, value=topic) for topic, name in topic_names().items()],
            id="topic",
            name="topic",
            class_name="input",
        ),
        class_name="field",
    )


def _secret() -> rx.Component:
    secret = _value("secret").to(str)
    return rx.cond(
        secret != "",
        el.div(
            icon("alert"),
            el.p(secret_words(secret)),
            role="alert",
            class_name="note",
            custom_attrs={"data-testid": "form-error", "data-code": secret, "data-tone": "bad"},
        ),
    )


def _duplicates() -> rx.Component:
    """Offer the open tickets that seem to be about the same; the form can be sent all the same."""
    return el.div(
        rx.cond(
            State.duplicates.length() > 0,
            el.div(
                icon("ticket"),
                el.div(
                    el.p(
                        t(
                            "You already have an open ticket about this. You'll get an answer sooner if you reply "
                            "there."
                        )
                    ),
                    el.ul(rx.foreach(State.duplicates, _duplicate), class_name="stack"),
                    class_name="stack",
                ),
                class_name="note",
                custom_attrs={"data-testid": "duplicates"},
            ),
        ),
        role="status",
    )


def _duplicate(found: rx.Var[Duplicate]) -> rx.Component:
    return el.li(
        el.span(
            el.b(found.subject),
            " ",
            el.span(found.number, class_name="num"),
            rx.cond(found.reason == "transaction", el.span(" · ", t("same transaction ID")), rx.fragment()),
        ),
        el.button(
            t("Continue in that ticket"),
            type="button",
            class_name="btn btn--small",
            on_click=as_handler(rx.Var(f"(() => newTicket.carry({found.number!s}))", _var_data=_FORM)),
        ),
        class_name="cluster",
    )


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


def _follows() -> rx.Component:
    return el.div(
        icon("link"),
        el.p(t("This is a follow-up to your ticket {number}. We'll link the two.", number=State.follow_up)),
        class_name="note",
        custom_attrs={"data-tone": "plain"},
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
                t("One ticket per problem. If you already have one about this, reply there."),
            ),
            rx.match(
                _value("topic").to(str),
                *[(topic, rx.fragment(*[_tip(*tip) for tip in tips])) for topic, tips in _tips_on().items()],
                _tip("clock", t("Tell us when it happened and what you saw on the screen.")),
            ),
            _tip("shield", t("Never include passwords, recovery phrases or codes.")),
        ),
        class_name="tips",
        aria_labelledby="tips",
    )


def _tips_on() -> dict[str, list[tuple[str, Any]]]:
    """What helps most on each topic."""
    moved = [
        ("link", t("Add the transaction ID and the network, if there is one.")),
        ("clock", t("Tell us when you sent it, the amount and the currency.")),
    ]
    return {
        Topic.WITHDRAWAL: [
            *moved,
            ("eye", t("Tell us where it should have arrived and which status you see now.")),
        ],
        Topic.DEPOSIT: [*moved, ("eye", t("Tell us what the wallet or platform you sent it from shows."))],
        Topic.CARD: [
            ("lock", t("Give only the last four digits of the card, never the full number.")),
            ("clock", t("Tell us where and when you paid, the amount, and the exact text of the message.")),
        ],
        Topic.ACCOUNT: [
            ("phone", t("Tell us which device and app you use, and when the problem started.")),
            ("eye", t("Copy the exact text of the message you see.")),
        ],
        Topic.OTHER: [("clock", t("Tell us when it happened and what you saw on the screen."))],
    }


def _tip(name: str, text: Any) -> rx.Component:
    return el.li(icon(name), el.span(text))


def _two_words() -> rx.Component:
    """By these words guests know our e-mails about this ticket."""
    return el.div(
        icon("shield"),
        el.p(
            t("Your two words for this ticket:"),
            " ",
            el.b(State.phrase, custom_attrs={"data-testid": "two-words"}),
            el.br(),
            t("Every alert about this ticket shows them. If they're missing, the alert isn't from us."),
        ),
        class_name="note",
        custom_attrs={"data-tone": "plain"},
    )


def _received() -> rx.Component:
    return el.div(
        notice(
            "check",
            t("We received your ticket"),
            el.span(State.number_sent, class_name="big num"),
            el.p(
                rx.cond(
                    SessionState.account != "",
                    t("We'll email you when we reply."),
                    t(
                        "We've sent a confirmation to {address}. Its link opens your ticket, and we'll email you "
                        "there when we reply.",
                        address=State.sent_to,
                    ),
                )
            ),
            rx.cond(State.phrase != "", _two_words()),
            rx.cond(
                SessionState.account != "",
                el.a(t("My tickets"), href=href(TICKETS), class_name="btn btn--primary"),
                el.a(t("Go to the help center"), href=href("/"), class_name="btn btn--primary"),
            ),
            el.button(
                t("Submit another ticket"), type="button", on_click=State.load, class_name="btn btn--quiet"
            ),
            tone="good",
        ),
        class_name="narrow",
    )
