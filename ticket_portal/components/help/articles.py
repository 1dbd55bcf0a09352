"""The help articles as a list, by what they are about, and the search over them."""

from dataclasses import dataclass

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET
from ticket_portal.components.elements import NativeForm
from ticket_portal.components.hooks import hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.safe_html import safe_html
from ticket_portal.components.words import href, language, said, t, tn
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import articles
from ticket_portal.i18n.articles import TOPICS
from ticket_portal.i18n.locales import DEFAULT

LONGEST_QUERY = 200


@dataclass(frozen=True)
class Hit:
    """An article that was found: where, and its words as safe HTML (assets/js/article_search.js makes them)."""

    href: str
    title: str
    piece: str


_SEARCH = hook_value("articles", "useArticleSearch", "articles", language=language())


def article_search() -> rx.Component:
    """The field to search in, and what was found below it."""
    state = rx.Var("articles.state", _var_data=_SEARCH).to(str)
    return NativeForm.create(
        el.label(t("Search articles"), class_name="sr", html_for="articles"),
        icon("search"),
        el.input(
            id="articles",
            name="articles",
            type="search",
            class_name="input",
            placeholder=t("Search articles"),
            max_length=LONGEST_QUERY,
            auto_complete="off",
            enter_key_hint="search",
        ),
        el.div(
            rx.match(
                state,
                ("found", _found()),
                ("none", _nothing_found()),
                ("failed", el.p(t("Search couldn't be loaded. Please try again."))),
                rx.fragment(),
            ),
            class_name="found",
            custom_attrs={"data-state": state},
        ),
        el.p(
            rx.match(
                state,
                ("found", tn("1 article", "{n} articles", _hits().length())),
                ("none", t("No article matches “{query}”.", query=_query())),
                "",
            ),
            class_name="sr",
            role="status",
        ),
        role="search",
        class_name="search search--articles",
        custom_attrs={"ref": rx.Var("articles.ref", _var_data=_SEARCH)},
    )


def _hits() -> rx.vars.ArrayVar:
    return rx.Var("articles.hits", _var_data=_SEARCH).to(list[Hit])


def _query() -> rx.Var[str]:
    return rx.Var("articles.query", _var_data=_SEARCH).to(str)


def _found() -> rx.Component:
    return el.ul(rx.foreach(_hits(), _hit))


def _hit(hit: rx.Var[Hit]) -> rx.Component:
    return el.li(
        el.a(
            safe_html(el.b, hit.title), safe_html(el.span, hit.piece), href=hit.href, class_name="found__hit"
        )
    )


def _nothing_found() -> rx.Component:
    return el.div(
        el.p(t("No article matches “{query}”.", query=_query())),
        el.a(t("Submit a ticket"), href=href(NEW_TICKET), class_name="btn btn--small"),
        class_name="found__none",
    )


def article_cards(heading: str = "h3") -> rx.Component:
    """All articles, under their topics. Titles are texts of the page: frontend/plugins.py adds them."""
    found = articles.articles(DEFAULT, SITE.values)
    title = {"h2": el.h2, "h3": el.h3}[heading]
    return el.div(
        *[
            el.section(
                title(said(name), id=f"topic-{topic}"),
                el.ul(*[_card(article.slug) for article in found if article.topic == topic]),
                class_name="topic",
                aria_labelledby=f"topic-{topic}",
            )
            for topic, name in TOPICS.items()
        ],
        class_name="topics",
    )


def _card(slug: str) -> rx.Component:
    return el.li(
        el.a(
            el.b(said(articles.title_id(slug))),
            el.span(said(articles.about_id(slug))),
            href=href(articles.path_of(slug)),
        )
    )
