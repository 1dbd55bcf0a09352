"""Pages and their addresses: each page once, with a thin route per language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import reflex as rx
from reflex import el
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from ticket_portal.components.hooks import RunsHook, js_call
from ticket_portal.components.words import said
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n.catalogues import page_text
from ticket_portal.i18n.locales import DEFAULT, LOCALES, localized
from ticket_portal.sets.audiences import RULES, Audience


def route_param(name: str) -> rx.vars.StringVar:
    """The value in the address, known in the browser at once.

    Compare with it only; never print it: the prerendered page was made for a sample address.
    """
    data = VarData(
        imports={"react-router": [ImportVar(tag="useParams")]}, hooks={"const params = useParams()": None}
    )
    return rx.Var(f"params.{name}", _var_data=data).to(str)


class UseCatalog(rx.Fragment):
    """Shows nothing; makes the module of a route import what its page says in the given languages."""

    _page: str = ""
    _locales: tuple[str, ...] = ()

    @classmethod
    def create(cls, page: str, *locales: str) -> "UseCatalog":
        self = cast("UseCatalog", super().create())
        self._page, self._locales = page, locales
        return self

    def add_imports(self) -> dict[str, Any]:
        return {
            f"$/utils/catalogues/{self._page}/{locale}": [ImportVar(tag=None)] for locale in self._locales
        }


def route_focus() -> rx.Component:
    """Moves the focus to the new heading after a client navigation; stands once, in the app's wraps."""
    return RunsHook.create("route_focus", "useRouteFocus")


def html_lang() -> dict[str, rx.Var]:
    """The `html_custom_attrs` that put the page's language on the html element, prerendered too."""
    return {"lang": js_call("language", "useHtmlLang")}


@dataclass(frozen=True)
class Page:
    """What stands at an address. Title and description are English texts, marked by `msg`."""

    path: str
    body: Callable[[], rx.Component]
    title: str
    description: str = ""
    on_load: Sequence[Any] = ()
    audience: Audience = field(kw_only=True)
    """Who it is for. Who else is led to sign in, whether browsers keep it and search engines list it follow from it."""
    shows_session_over: bool = False
    """Once its session ended it says so itself, and nobody is led away from what they write there."""

    @property
    def indexed(self) -> bool:
        """Whether search engines may list it; never what has an argument in its path."""
        return RULES[self.audience].indexed and "[" not in self.path


def add_pages(app: rx.App, wanted: Sequence[Page], not_found: Page) -> None:
    """Put each page at its address in every language: compiled once, with a thin route per language."""
    for page in wanted:
        shared = rx.memo(_as_memo(page.body))
        for locale in LOCALES:
            app.add_page(
                _in_language(shared, _name(page), locale),
                route=localized(locale, page.path),
                title=SITE.title(page_text(locale, page.title)),
                description=page_text(locale, page.description, company=SITE.company) or None,
                image=SITE.url("/icon-512.png"),
                on_load=list(page.on_load),
                meta=[_manifest(locale), *(alternates(page.path, locale) if page.indexed else [_noindex()])],
            )
    lost = rx.memo(_as_memo(not_found.body))
    app.add_page(
        # One route in all languages: whoever mistypes an address may do so in any.
        lambda: rx.fragment(UseCatalog.create(_name(not_found), *LOCALES), lost()),
        route="404",
        title=said(not_found.title) + f" · {SITE.name}",
        image=SITE.url("/icon-512.png"),
        meta=[_noindex()],
    )


def _name(page: Page) -> str:
    return page.body.__module__.rsplit(".", 1)[-1]


def _in_language(shared: Callable[[], rx.Component], page: str, locale: str) -> Callable[[], rx.Component]:
    return lambda: rx.fragment(UseCatalog.create(page, locale), shared())


def _as_memo(body: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
    """The page under its own name and module: what a module's memos share is one JavaScript file."""

    def page_body() -> rx.Component:
        return body()

    page_body.__name__ = page_body.__qualname__ = f"{body.__name__}_page"
    page_body.__module__ = body.__module__
    return page_body


def _manifest(locale: str) -> rx.Component:
    return el.link(rel="manifest", href=localized(locale, "/manifest.webmanifest"))


def _noindex() -> rx.Component:
    return el.meta(name="robots", content="noindex")


def alternates(path: str, locale: str) -> list[rx.Component]:
    """The links that tell search engines a page's own address, and those of its other languages."""
    links = [
        el.link(rel="alternate", href_lang=other, href=SITE.url(localized(other, path))) for other in LOCALES
    ]
    return [
        el.link(rel="canonical", href=SITE.url(localized(locale, path))),
        *links,
        el.link(rel="alternate", href_lang="x-default", href=SITE.url(localized(DEFAULT, path))),
    ]
