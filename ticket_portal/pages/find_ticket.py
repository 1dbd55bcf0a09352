"""Find my ticket: the links again, by e-mail."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import email_field, field, form_card, post_form, problem, submit
from ticket_portal.components.frame import frame
from ticket_portal.components.ticket.notice import notice
from ticket_portal.components.words import href, t
from ticket_portal.states.forms import FormState


def find_ticket() -> rx.Component:
    """Ask for the address; the answer is the same whether it has tickets."""
    return frame(
        rx.cond(FormState.notice == "links_sent", _sent(), _form()),
        el.p(
            el.span(t("Have an account?"), " ", el.a(t("Sign in"), href=href("/sign-in"))),
            class_name="form__foot",
        ),
        kind="form",
    )


def _form() -> rx.Component:
    return form_card(
        t("Find my ticket"),
        t("Enter the email address you used. We'll send the links to your tickets there."),
        post_form(
            "/auth/find-ticket",
            problem(FormState, "email"),
            email_field(FormState, auto_complete="email"),
            field(
                "number",
                t("Ticket number"),
                keep=True,
                auto_complete="off",
                max_length=20,
                beside=el.small(t("optional")),
                custom_attrs={"inputMode": "numeric"},
            ),
            submit(t("Find my ticket")),
            class_name="form",
        ),
    )


def _sent() -> rx.Component:
    return notice(
        "mail",
        t("Check your email"),
        t(
            "If we have tickets for that address, their links are on the way. They can take a minute; check your "
            "spam folder too."
        ),
        el.a(t("Try another address"), href=href("/find-ticket"), class_name="btn"),
        tone="good",
    )
