"""The page of unknown addresses."""

import reflex as rx
from reflex import el

from ticket_portal.components.words import href, language_links, t


def not_found() -> rx.Component:
    """Says that there is no such page, and where to go."""
    return el.main(
        el.h1(t("Page not found")),
        el.a(t("Go to the help home"), href=href("/")),
        el.nav(*language_links(), aria_label=t("Language")),
        id="main",
    )
