"""Is this message really from us? The reference of an e-mail can be checked here by anybody."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET
from ticket_portal.components.answered_form import answered_form
from ticket_portal.components.connection import is_live
from ticket_portal.components.forms import field, form_card, problem, submit
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.mail_kinds import mail_kind
from ticket_portal.components.words import date_time, href, t
from ticket_portal.domain.alerts.verify import LONGEST_TYPED
from ticket_portal.states.check_message import CheckMessageState as State


def check_message() -> rx.Component:
    """Ask for the reference; say whether we sent it, and nothing of what was in it."""
    return frame(
        form_card(
            t("Is this message really from us?"),
            t("Every email from us ends with a reference. Enter it here to check whether we sent it."),
            _form(),
            tile="shield",
        ),
        el.div(
            rx.match(State.answer, ("ours", _ours()), ("unknown", _unknown()), rx.fragment()), role="status"
        ),
        el.p(
            el.span(
                t("Our emails never include the text of a message and never ask for a password or for money.")
            ),
            class_name="form__foot",
        ),
        kind="form",
    )


def _form() -> rx.Component:
    return answered_form(
        "checkForm",
        State.check,
        problem(State, "reference", again=State.refusals),
        field(
            "reference",
            t("Reference"),
            state=State,
            hint=t("10 letters and digits, for example 7F3K9-QW2MX"),
            required=True,
            max_length=LONGEST_TYPED,
            auto_complete="off",
            auto_capitalize="characters",
            custom_attrs={"spellCheck": "false"},
        ),
        submit(t("Check"), disabled=~is_live()),
    )


def _ours() -> rx.Component:
    return _answer(
        "check",
        "good",
        t("Yes, we sent this message"),
        el.dl(
            _fact(t("Reference"), State.reference),
            _fact(t("Type of message"), mail_kind(State.kind)),
            _fact(t("Sent", context="date"), date_time(State.sent_at)),
            _fact(t("To"), State.sent_to),
            rx.cond(State.ticket > 0, _fact(t("Ticket number"), State.ticket)),
            class_name="facts",
        ),
        el.p(
            t(
                "If your message says something else or came to a different address, someone copied the "
                "reference. Don't trust it."
            )
        ),
    )


def _unknown() -> rx.Component:
    return _answer(
        "alert",
        "bad",
        t("We didn't send this"),
        el.p(t("None of our messages has the reference {reference}.", reference=State.reference)),
        el.p(
            t(
                "Check it for typos. If it's correct, don't follow any links in that message and don't enter "
                "anything there. Open this site yourself instead."
            )
        ),
        el.div(
            el.a(t("Submit a ticket"), href=href(NEW_TICKET), class_name="btn btn--small"),
            class_name="cluster",
        ),
    )


def _answer(name: str, tone: str, title: Any, *content: rx.Component) -> rx.Component:
    return el.section(
        el.span(icon(name), class_name="tile", custom_attrs={"data-tone": tone}),
        el.div(el.h2(title), *content, class_name="stack"),
        class_name="card answered",
        custom_attrs={"data-testid": "check-answer", "data-answer": State.answer},
    )


def _fact(name: Any, value: Any) -> rx.Component:
    return el.div(el.dt(name), el.dd(value))
