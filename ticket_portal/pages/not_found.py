"""The page of unknown addresses."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import TICKETS
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t
from ticket_portal.i18n.catalogues import msg

TITLE = msg("Page not found")


def not_found() -> rx.Component:
    """Says that there is no such page, and where to go."""
    return frame(
        el.div(
            el.span(icon("compass"), class_name="tile"),
            el.h1(t("We can't find this page")),
            el.p(t("The address may be wrong, or the page has moved.")),
            el.div(
                el.a(t("Go to the help center"), href=href("/"), class_name="btn btn--primary"),
                el.a(t("My tickets"), href=href(TICKETS), class_name="btn"),
                class_name="cluster",
            ),
            class_name="empty",
        ),
        kind="reading",
    )
