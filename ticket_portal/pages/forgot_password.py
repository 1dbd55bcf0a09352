"""A forgotten password."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import email_field, form_card, post_form, problem, submit
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t
from ticket_portal.states.forms import FormState


def forgot_password() -> rx.Component:
    """Ask for the address; the answer is the same whether it has an account."""
    return frame(
        form_card(
            t("Forgot your password?"),
            t(
                "Enter your email. If you have an account, we'll send you a code so you can choose a new password."
            ),
            post_form(
                "/auth/forgot-password",
                problem(FormState, "email"),
                email_field(FormState, auto_complete="username"),
                submit(t("Send code")),
                class_name="form",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Back to sign in"), href=href("/sign-in")),
            class_name="form__foot",
        ),
        kind="form",
    )
