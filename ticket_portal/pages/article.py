"""The help articles, each in its language."""

import json
from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.elements import A
from ticket_portal.components.frame import frame
from ticket_portal.components.help.article import article_body
from ticket_portal.components.routing import UseCatalog, alternates
from ticket_portal.components.words import href, t
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import articles
from ticket_portal.i18n.articles import Article
from ticket_portal.i18n.catalogues import page_text
from ticket_portal.i18n.locales import LOCALES, localized

NAME = __name__.rsplit(".", 1)[-1]


def article_page(article: Article) -> rx.Component:
    """Where one is, and the article."""
    return frame(
        el.nav(
            el.ol(
                el.li(el.a(t("Help"), href=href("/"))),
                el.li(A.create(article.title, aria_current="page")),
            ),
            class_name="crumbs",
            aria_label=t("Breadcrumb"),
        ),
        article_body(article),
    )


def add_articles(app: rx.App) -> None:
    """Put each article at its address in each language: a page carries the words of one article in one language."""
    for locale in LOCALES:
        for article in articles.articles(locale, SITE.values):
            app.add_page(
                _page(article),
                route=localized(locale, article.path),
                title=SITE.title(article.title),
                description=article.description,
                image=SITE.url("/icon-512.png"),
                meta=[*alternates(article.path, locale), *_shared(article), _for_search_engines(article)],
            )


def _page(article: Article) -> Callable[[], rx.Component]:
    return lambda: rx.fragment(UseCatalog.create(NAME, article.locale), article_page(article))


def _address(article: Article) -> str:
    return SITE.url(localized(article.locale, article.path))


def _shared(article: Article) -> list[rx.Component]:
    """What is shown of the article where its address is shared."""
    said = {
        "og:type": "article",
        "og:title": article.title,
        "og:description": article.description,
        "og:url": _address(article),
        "og:site_name": SITE.name,
        "og:locale": article.locale,
        "article:published_time": article.published.isoformat(),
        "article:modified_time": article.updated.isoformat(),
    }
    return [el.meta(custom_attrs={"property": name}, content=content) for name, content in said.items()]


def structured_data(article: Article) -> dict[str, Any]:
    """The article and its place as schema.org names them."""
    publisher = {"@type": "Organization", "name": SITE.company, "url": SITE.url("/")}
    home = SITE.url(localized(article.locale, "/"))
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Article",
                "headline": article.title,
                "description": article.description,
                "inLanguage": article.locale,
                "datePublished": article.published.isoformat(),
                "dateModified": article.updated.isoformat(),
                "mainEntityOfPage": _address(article),
                "image": SITE.url("/icon-512.png"),
                "author": publisher,
                "publisher": publisher,
            },
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {
                        "@type": "ListItem",
                        "position": 1,
                        "name": page_text(article.locale, "Help"),
                        "item": home,
                    },
                    {"@type": "ListItem", "position": 2, "name": article.title},
                ],
            },
        ],
    }


def _for_search_engines(article: Article) -> rx.Component:
    # "<" as JSON may write it: whatever a title says, it does not end the element.
    text = json.dumps(structured_data(article), ensure_ascii=False).replace("<", "\\u003c")
    return el.script(type="application/ld+json", custom_attrs={"dangerouslySetInnerHTML": {"__html": text}})
