"""One help article: its Markdown as elements, and what stands around it."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import reflex as rx
from markdown_it.tree import SyntaxTreeNode
from reflex import el

from ticket_portal.addresses import NEW_TICKET
from ticket_portal.components.hooks import as_handler, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, language, t, tn
from ticket_portal.domain.operations.feedback import LONGEST_MISSING
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import articles
from ticket_portal.i18n.articles import Article
from ticket_portal.i18n.dates import format_day
from ticket_portal.i18n.locales import localized

LONG: Final = 4
"""So many headings make an article long enough for a table of contents."""

_TONES: Final = {"tip": ("info", "plain"), "safety": ("shield", "good")}
_SAID: Final[dict[str, Callable[[SyntaxTreeNode], str]]] = {
    "text": lambda node: node.content,
    "softbreak": lambda _node: " ",
}
_UNSEEN: Final = ("inline", "anchor", "tone")
_ELEMENTS: Final[dict[str, Callable[..., rx.Component]]] = {
    "paragraph": el.p,
    "bullet_list": el.ul,
    "ordered_list": el.ol,
    "list_item": el.li,
    "strong": el.strong,
    "em": el.em,
}


def article_body(article: Article) -> rx.Component:
    """Return the whole article, with its dates, contents and what follows it."""
    return el.article(
        el.header(
            el.h1(article.title),
            el.p(article.description, class_name="doc__lead"),
            _about(article),
            class_name="doc__head",
        ),
        _contents(article),
        el.div(*_shown(article.body, article.locale), class_name="prose"),
        el.div(helpful(slug=article.slug), _related(article), _still_needed(), class_name="doc__after"),
        class_name="doc",
    )


def _about(article: Article) -> rx.Component:
    return el.p(
        el.span(icon("clock"), tn("1 min read", "{n} min read", article.minutes)),
        el.span(t("Published"), " ", _day(article.published, article.locale)),
        el.span(t("Updated"), " ", _day(article.updated, article.locale)),
        class_name="doc__about",
    )


def _day(day: date, locale: str) -> rx.Component:
    return el.time(format_day(locale, day), date_time=day.isoformat())


def _contents(article: Article) -> rx.Component:
    """Return the way to each part. Its place is kept also where an article is too short for it."""
    headings = [section for section in article.sections if section.heading]
    if len(headings) < LONG:
        return rx.fragment()
    return el.nav(
        el.h2(t("On this page"), id="doc-contents"),
        el.ol(
            *[
                # A plain link: the browser itself goes there, and says so to everybody.
                el.li(
                    el.a(section.heading, href=f"#{section.id}"),
                    custom_attrs={"data-level": str(section.level)},
                )
                for section in headings
            ]
        ),
        class_name="toc",
        aria_labelledby="doc-contents",
    )


def _shown(node: SyntaxTreeNode, locale: str) -> list[rx.Component | str]:
    shown: list[rx.Component | str] = []
    for child in node.children:
        inside = _shown(child, locale)
        if child.type in _SAID:
            shown.append(_SAID[child.type](child))
        elif child.type in _UNSEEN or child.hidden:
            shown += inside
        else:
            shown.append(_element(child, inside, locale))
    return shown


def _element(node: SyntaxTreeNode, inside: list[rx.Component | str], locale: str) -> rx.Component:
    """Return a node as an element. A KeyError means Markdown that this portal has no look for."""
    match node.type:
        case "label":
            return el.b(node.content, class_name="ui")
        case "heading":
            return {"h2": el.h2, "h3": el.h3}[node.tag](*inside, id=articles.anchor(node))
        case "link":
            return el.a(*inside, href=localized(locale, str(node.attrs["href"])))
        case "blockquote":
            return _callout(node, inside)
        case _:
            return _ELEMENTS[node.type](*inside)


def _callout(node: SyntaxTreeNode, inside: list[rx.Component | str]) -> rx.Component:
    mark, tone = _TONES[next(found.content for found in node.walk() if found.type == "tone")]
    return el.div(icon(mark), el.div(*inside), class_name="note", custom_attrs={"data-tone": tone})


def _related(article: Article) -> rx.Component:
    found = [articles.read(article.locale, slug, SITE.values) for slug in article.related]
    return el.section(
        el.h2(t("Related articles"), id="doc-related"),
        el.ul(
            *[
                el.li(
                    el.a(icon("file"), el.span(other.title), href=localized(other.locale, other.path)),
                )
                for other in found
            ],
            class_name="doc__related",
        ),
        aria_labelledby="doc-related",
    )


def _still_needed() -> rx.Component:
    return el.section(
        el.span(icon("message"), class_name="tile"),
        el.div(
            el.h2(t("Still need help?"), id="doc-still"),
            el.p(t("Submit a ticket and a real person will reply.")),
        ),
        el.a(t("Submit a ticket"), href=href(NEW_TICKET), class_name="btn btn--primary"),
        class_name="doc__ask",
        aria_labelledby="doc-still",
    )


@rx.memo
def helpful(slug: rx.Var[str]) -> rx.Component:
    """Ask whether the article helped; anybody may say so, once a browser."""
    data = hook_value("feedback", "useFeedback", "feedback", article=slug, language=language())

    def _is(*steps: str) -> rx.Var:
        tests = " || ".join(f'feedback.step === "{step}"' for step in steps)
        return rx.Var(f"({tests})", _var_data=data).to(bool)

    def _does(call: str) -> Any:
        return as_handler(rx.Var(f"(() => feedback.{call})", _var_data=data))

    waits = rx.Var("!feedback.ready", _var_data=data).to(bool)
    failed = rx.Var("feedback.failed", _var_data=data).to(bool)
    return el.section(
        el.h2(t("Was this helpful?"), id="doc-helpful"),
        el.div(
            rx.cond(
                failed,
                el.p(
                    icon("alert"),
                    el.span(t("We couldn't save that. Please try again.")),
                    class_name="field__error",
                ),
                rx.cond(
                    _is("thanks", "sent", "missing"),
                    el.p(
                        icon("check"), el.span(t("Thanks for your feedback.")), class_name="helpful__thanks"
                    ),
                ),
            ),
            role="status",
        ),
        rx.cond(
            _is("ask"),
            el.div(
                el.button(t("Yes"), type="button", class_name="btn", disabled=waits, on_click=_does("yes()")),
                el.button(t("No"), type="button", class_name="btn", disabled=waits, on_click=_does("no()")),
                class_name="cluster",
            ),
        ),
        rx.cond(
            _is("missing"),
            el.div(
                el.div(
                    el.label(t("What was missing?"), html_for="doc-missing"),
                    el.small(t("optional")),
                    class_name="field__label",
                ),
                el.textarea(
                    id="doc-missing",
                    class_name="input",
                    max_length=LONGEST_MISSING,
                    rows=3,
                    aria_describedby="doc-missing-hint",
                ),
                el.p(
                    t("We read every comment but can't reply here. Please don't include anything private."),
                    id="doc-missing-hint",
                    class_name="field__hint",
                ),
                el.div(
                    el.button(
                        t("Send"),
                        type="button",
                        class_name="btn btn--small",
                        disabled=waits,
                        on_click=_does("tell()"),
                    ),
                    class_name="cluster",
                ),
                class_name="field",
            ),
        ),
        class_name="helpful",
        aria_labelledby="doc-helpful",
    )
