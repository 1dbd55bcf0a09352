"""Help articles that fit what somebody is writing a ticket about. They open beside it: nothing typed is lost."""

from dataclasses import dataclass

import reflex as rx
from reflex import el

from ticket_portal.components.hooks import hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import language, t


@dataclass(frozen=True)
class Offer:
    """An article and where it stands (assets/js/articles.js finds them)."""

    href: str
    title: str


def offered_articles() -> rx.Component:
    """Say which articles may help, or nothing."""
    offers = rx.Var(
        "offers", _var_data=hook_value("articles", "useOffers", "offers", language=language())
    ).to(list[Offer])
    return el.div(
        rx.cond(
            offers.length() > 0,
            el.div(
                el.h2(t("These articles may help"), id="offers"),
                el.ul(rx.foreach(offers, _offer)),
                class_name="offers",
                custom_attrs={"data-testid": "offered-articles"},
            ),
        ),
        role="status",
    )


def _offer(offer: rx.Var[Offer]) -> rx.Component:
    return el.li(
        el.a(
            icon("file"),
            el.span(offer.title, el.span(" ", t("(opens in a new tab)"), class_name="sr")),
            href=offer.href,
            target="_blank",
            rel="noopener",
        )
    )
