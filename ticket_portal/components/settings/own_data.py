"""The section "Your data" of the settings: taking it along, and having it deleted."""

import reflex as rx
from reflex import el

from ticket_portal.components.forms import post_form
from ticket_portal.components.icons import icon
from ticket_portal.components.words import date, href, t
from ticket_portal.sets.roles import Role
from ticket_portal.states.settings import SettingsState as State


def own_data() -> rx.Component:
    """Lead to the download and to the deletion; say when the account will be deleted."""
    return el.section(
        el.div(
            el.h2(t("Your data"), id="data"),
            el.p(
                t("Download everything we keep about you: tickets, messages, files and settings."),
                class_name="muted",
            ),
            rx.cond(State.deletion_at != "", _planned()),
            el.div(
                el.a(
                    icon("download"), t("Download your data"), href=href("/settings/data"), class_name="btn"
                ),
                rx.cond(
                    (State.role == Role.CUSTOMER) & (State.deletion_at == ""),
                    el.a(
                        t("Delete your account"), href=href("/settings/delete"), class_name="btn btn--quiet"
                    ),
                ),
                class_name="cluster",
            ),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="data",
    )


def _planned() -> rx.Component:
    return el.div(
        icon("alert"),
        el.div(
            el.p(t("Your account will be deleted on {day}.", day=date(State.deletion_at))),
            post_form(
                "/auth/keep-account",
                el.button(t("Keep my account"), type="submit", class_name="btn btn--small"),
                class_name="cluster",
            ),
        ),
        class_name="note",
        custom_attrs={"data-tone": "warn", "data-testid": "deletion"},
    )
