"""A new password, with the code from the e-mail."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import (
    code_field,
    field,
    form_card,
    hidden,
    new_code,
    post_form,
    problem,
    submit,
)
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t
from ticket_portal.domain.accounts import passwords
from ticket_portal.states.forms import FormState


def reset_password() -> rx.Component:
    """Ask for the code and the new password at once."""
    return frame(
        form_card(
            t("Choose a new password"),
            rx.cond(
                FormState.code_address != "",
                t(
                    "If {address} has an account, we've sent a 6-digit code there.",
                    address=FormState.code_address,
                ),
                t("Enter the 6-digit code from our email."),
            ),
            el.div(
                post_form(
                    "/auth/reset-password",
                    problem(FormState, "password"),
                    code_field(FormState),
                    field(
                        "password",
                        t("Password"),
                        state=FormState,
                        hint=t(
                            "At least {least} characters. A short sentence works well.",
                            least=passwords.SHORTEST,
                        ),
                        type="password",
                        auto_complete="new-password",
                        required=True,
                    ),
                    submit(t("Save new password")),
                    class_name="form",
                ),
                rx.cond(
                    FormState.code_address != "",
                    new_code(
                        "/auth/forgot-password", FormState.resend_at, hidden("email", FormState.code_address)
                    ),
                ),
                class_name="stack",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Use another address"), href=href("/forgot-password")),
            el.a(t("Back to sign in"), href=href("/sign-in")),
            class_name="form__foot",
        ),
        kind="form",
    )
