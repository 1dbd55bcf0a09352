"""A new e-mail address for an account: the form, then the code that proves it."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import (
    code_field,
    email_field,
    form_card,
    new_code,
    post_form,
    problem,
    submit,
)
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.settings.own_password import own_password
from ticket_portal.components.words import href, t
from ticket_portal.states.forms import FormState
from ticket_portal.states.session import SessionState


def change_email() -> rx.Component:
    """Ask for the new address, and for the password."""
    return frame(
        form_card(
            t("Change email address"),
            t(
                "Your current address is {address}. We'll send a code to the new one.",
                address=SessionState.account,
            ),
            post_form(
                "/auth/change-email",
                problem(FormState, "email", "current_password"),
                email_field(FormState, auto_complete="email"),
                own_password(t("Password")),
                submit(t("Send code")),
                class_name="form",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Back to settings"), href=href("/settings")),
            class_name="form__foot",
        ),
        kind="form",
    )


def change_email_code() -> rx.Component:
    """Ask for the code; it makes the address the account's."""
    return frame(
        form_card(
            t("Check your email"),
            rx.cond(
                FormState.code_address != "",
                t("We sent a 6-digit code to {address}.", address=FormState.code_address),
                t("We sent a 6-digit code to the address you entered."),
            ),
            el.div(
                post_form(
                    "/auth/change-email/code",
                    problem(FormState),
                    code_field(FormState),
                    submit(t("Verify")),
                    class_name="form",
                ),
                new_code("/auth/change-email/new-code", FormState.resend_at),
                class_name="stack",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Use another address"), href=href("/settings/email")),
            el.a(t("Back to settings"), href=href("/settings")),
            class_name="form__foot",
        ),
        kind="form",
    )
