"""Taking one's data along."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import form_card, post_form, problem, submit
from ticket_portal.components.frame import frame
from ticket_portal.components.hooks import RunsHook
from ticket_portal.components.icons import icon
from ticket_portal.components.settings.own_password import own_password
from ticket_portal.components.words import href, t
from ticket_portal.states.forms import FormState

DOOR = "/auth/export"


def own_data() -> rx.Component:
    """Ask for the password, and give the data as one file."""
    return frame(
        form_card(
            t("Download your data"),
            t("You'll get a ZIP file with your tickets as printable pages and as JSON, plus all files."),
            RunsHook.create("download", "useDownload", action=DOOR),
            post_form(
                DOOR,
                problem(FormState, "current_password"),
                own_password(t("Password")),
                submit(t("Download")),
                class_name="form",
            ),
        ),
        el.p(
            el.a(icon("arrow-left"), t("Back to settings"), href=href("/settings")),
            class_name="form__foot",
        ),
        kind="form",
    )
