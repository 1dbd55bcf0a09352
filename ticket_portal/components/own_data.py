"""The section "Your data" of the settings."""

import reflex as rx
from reflex import el

from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t


def own_data() -> rx.Component:
    """Lead to taking one's data along."""
    return el.section(
        el.div(
            el.h2(t("Your data"), id="data"),
            el.p(
                t("Take everything along that we keep about you: tickets, messages, files and settings."),
                class_name="muted",
            ),
            el.div(
                el.a(
                    icon("download"), t("Download your data"), href=href("/settings/data"), class_name="btn"
                ),
                class_name="cluster",
            ),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="data",
    )
