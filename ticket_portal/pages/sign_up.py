"""Making an account: the form, then the code that proves the address."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import (
    code_field,
    email_field,
    field,
    form_card,
    hidden,
    new_code,
    post_form,
    problem,
    submit,
)
from ticket_portal.components.frame import frame, with_next
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t
from ticket_portal.domain.accounts import passwords
from ticket_portal.domain.tickets.new_ticket import LONGEST_NAME
from ticket_portal.states.forms import FormState


def sign_up() -> rx.Component:
    """Ask for what an account needs."""
    return frame(
        form_card(
            t("Create account"),
            t("Keep all your tickets in one place."),
            post_form(
                "/auth/sign-up",
                hidden("next", FormState.next_path),
                problem(FormState, "name", "email", "password"),
                field(
                    "name",
                    t("Name"),
                    state=FormState,
                    keep=True,
                    auto_complete="name",
                    max_length=LONGEST_NAME,
                    required=True,
                ),
                email_field(FormState, auto_complete="username"),
                field(
                    "password",
                    t("Password"),
                    state=FormState,
                    hint=t(
                        "At least {least} characters. A short sentence works well.", least=passwords.SHORTEST
                    ),
                    type="password",
                    auto_complete="new-password",
                    required=True,
                ),
                submit(t("Create account")),
                class_name="form",
            ),
        ),
        el.p(
            el.span(
                t("Have an account?"),
                " ",
                el.a(t("Sign in"), href=with_next("/sign-in", FormState.next_path)),
            ),
            class_name="form__foot",
        ),
        kind="form",
    )


def sign_up_code() -> rx.Component:
    """Ask for the code; the account is made by it."""
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
                    "/auth/sign-up/code",
                    hidden("next", FormState.next_path),
                    problem(FormState),
                    code_field(FormState),
                    submit(t("Verify")),
                    class_name="form",
                ),
                new_code("/auth/sign-up/new-code", FormState.resend_at, hidden("next", FormState.next_path)),
                class_name="stack",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Use another address"), href=href("/sign-up")),
            class_name="form__foot",
        ),
        kind="form",
    )
