"""Signing in."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import (
    email_field,
    field,
    form_card,
    hidden,
    notice_note,
    post_form,
    problem,
    submit,
)
from ticket_portal.components.frame import frame, with_next
from ticket_portal.components.words import href, t
from ticket_portal.frontend.site import SITE
from ticket_portal.states.forms import FormState
from ticket_portal.states.session import SessionState


def sign_in() -> rx.Component:
    """Ask for address and password, and lead to where the person was going."""
    return frame(
        form_card(
            t("Sign in"),
            t("Welcome back to {site}.", site=SITE.name),
            el.div(
                notice_note(
                    FormState.notice == "password_changed",
                    t("Your new password is set. Use it to sign in."),
                ),
                notice_note(FormState.notice == "browser_allowed", t("You can sign in here now.")),
                _already(),
                post_form(
                    "/auth/sign-in",
                    hidden("next", FormState.next_path),
                    problem(FormState, "email"),
                    _by_mail(),
                    email_field(FormState, auto_complete="username"),
                    field(
                        "password",
                        t("Password"),
                        type="password",
                        auto_complete="current-password",
                        required=True,
                        beside=el.a(t("Forgot your password?"), href=href("/forgot-password")),
                    ),
                    submit(t("Sign in")),
                    class_name="form",
                ),
                class_name="form",
            ),
        ),
        el.p(
            el.span(
                t("New here?"),
                " ",
                el.a(t("Create account"), href=with_next("/sign-up", FormState.next_path)),
            ),
            el.span(
                t("Sent a ticket as a guest?"), " ", el.a(t("Find my ticket"), href=href("/find-ticket"))
            ),
            class_name="form__foot",
        ),
        kind="form",
    )


def _by_mail() -> rx.Component:
    """A way in for an owner whom strangers' guesses keep out: a link in a mail proves the address."""
    return rx.cond(
        (FormState.problem_code == "too_many") | (FormState.problem_code == "guessing_ended"),
        el.p(
            t("Is this your account? A link in an email lets you sign in right away."),
            " ",
            el.a(t("Email me a link"), href=href("/forgot-password")),
            class_name="field__hint",
        ),
    )


def _already() -> rx.Component:
    return rx.cond(
        SessionState.account != "",
        el.p(
            t(
                "You're signed in as {address}. Signing in below switches accounts.",
                address=SessionState.account,
            ),
            class_name="note",
        ),
    )
