"""What stands instead of a page that failed to render."""

import reflex as rx
from reflex import el

from ticket_portal.components.elements import A
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t


def crashed() -> rx.Component:
    """Say what to do, without technical words. Uses no state: a broken one may be the reason."""
    return el.main(
        el.div(
            el.span(icon("alert"), class_name="tile", custom_attrs={"data-tone": "bad"}),
            el.h1(t("Something went wrong on our side")),
            el.p(t("What you typed is saved on this device. Reload the page to continue.")),
            # Full loads: after a crash the page's own links would keep showing this.
            el.div(
                A.create(icon("refresh"), t("Reload"), href="", class_name="btn btn--primary"),
                A.create(t("Go to the help center"), href=href("/"), class_name="btn"),
                class_name="cluster",
            ),
            class_name="empty",
        ),
        id="main",
        role="alert",
        class_name="page page--reading",
    )
