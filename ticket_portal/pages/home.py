"""The help home."""

import reflex as rx
from reflex import el

from ticket_portal.components.words import A, href, language_links, t


def home() -> rx.Component:
    """Where everybody begins."""
    return rx.fragment(
        A.create(t("Skip to content"), href="#main"),
        el.main(
            el.h1(t("How can we help?")),
            el.a(t("My tickets"), href=href("/tickets/12345")),
            el.nav(*language_links(), aria_label=t("Language")),
            id="main",
        ),
    )
