"""A new password for somebody who is signed in."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import field, form_card, post_form, problem, submit
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.people import of_team
from ticket_portal.components.settings.own_password import own_password
from ticket_portal.components.words import href, t
from ticket_portal.domain.accounts import passwords
from ticket_portal.states.forms import FormState


def change_password() -> rx.Component:
    """Ask for the password of now and the new one."""
    return frame(
        form_card(
            t("Change password"),
            t("You'll stay signed in here and be signed out everywhere else."),
            post_form(
                "/auth/change-password",
                problem(FormState, "current_password", "password"),
                own_password(t("Current password")),
                field(
                    "password",
                    t("New password"),
                    state=FormState,
                    hint=t(
                        "At least {least} characters. A short sentence works well.",
                        least=rx.cond(
                            of_team(),
                            passwords.SHORTEST_OF_TEAM,
                            passwords.SHORTEST,
                        ),
                    ),
                    type="password",
                    auto_complete="new-password",
                    required=True,
                ),
                submit(t("Save new password")),
                class_name="form",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Back to settings"), href=href("/settings")),
            el.a(t("Forgot your password?"), href=href("/forgot-password")),
            class_name="form__foot",
        ),
        kind="form",
    )
