"""Asking for the deletion of one's account."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import form_card, post_form, problem, submit
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.settings.own_password import own_password
from ticket_portal.components.words import href, t
from ticket_portal.states.forms import FormState


def delete_account() -> rx.Component:
    """Say what goes, and ask for the password."""
    return frame(
        form_card(
            t("Delete your account"),
            t(
                "Your account, messages and files will be deleted after a waiting period. We'll email you the "
                "date. Until then you can keep your account in the settings."
            ),
            post_form(
                "/auth/delete-account",
                problem(FormState, "current_password"),
                own_password(t("Password")),
                submit(t("Delete my account")),
                class_name="form",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Back to settings"), href=href("/settings")),
            el.a(t("Download your data"), href=href("/settings/data")),
            class_name="form__foot",
        ),
        kind="form",
    )
