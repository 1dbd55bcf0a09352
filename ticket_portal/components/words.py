"""Words, addresses and times in the reader's language, for pages and components.

Everything here is compiled once and resolved in the browser by assets/js/i18n.js, in the language of the address.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import reflex as rx
from reflex import el
from reflex.utils.imports import ImportVar
from reflex.vars import VarData
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.el.elements.inline import A

from ticket_portal.frontend.site import SITE
from ticket_portal.i18n.catalogues import in_context, msg, page_text
from ticket_portal.i18n.locales import DEFAULT, LOCALES, localized
from ticket_portal.sets.audiences import RULES, Audience

__all__ = [
    "SITE",
    "A",
    "NativeForm",
    "Page",
    "UseCatalog",
    "add_pages",
    "alternates",
    "clock_offset",
    "clock_time",
    "date",
    "date_time",
    "day",
    "href",
    "html_lang",
    "language",
    "language_links",
    "language_name",
    "number",
    "rel_time",
    "rel_time_in_sentence",
    "route_focus",
    "route_param",
    "said",
    "switch_to",
    "t",
    "time_zone",
    "tn",
    "utc_time",
]

_RUNTIME = "$/public/js/i18n.js"

# What the runtime itself says; named here, so that each page's catalogue has it.
RUNTIME_TEXTS = (msg("just now"), msg("on {date}"))


def _uses(name: str, hook: str) -> VarData:
    return VarData(imports={_RUNTIME: [ImportVar(tag=name)]}, hooks={hook: None})


_I18N = _uses("useI18n", "const i18n = useI18n()")
_CLOCK = _uses("useClock", "const clock = useClock()")


def _call(name: str, *arguments: Any, ticking: bool = False) -> rx.vars.StringVar:
    given = [rx.Var.create(argument) for argument in arguments]
    data = VarData.merge(_I18N, _CLOCK if ticking else None, *[var._get_all_var_data() for var in given])
    written = [str(var) for var in given] + (["clock"] if ticking else [])
    return rx.Var(f"i18n.{name}({', '.join(written)})", _var_data=data).to(str)


def t(message: str, *, context: str = "", **values: Any) -> rx.vars.StringVar:
    """A text in the reader's language; placeholders `{name}` are filled from the values.

    `context` tells apart what is one text in English and two in other languages, such as "Closed" of one ticket and
    of a list of them.
    """
    message = in_context(message, context)
    return _call("t", message, values) if values else _call("t", message)


def tn(one: str, many: str, n: Any, **values: Any) -> rx.vars.StringVar:
    """A counted text: `tn("1 ticket", "{n} tickets", count)`."""
    return _call("tn", one, many, n, values) if values else _call("tn", one, many, n)


def said(message: str) -> rx.vars.StringVar:
    """A text that `msg` marked where it is kept, in the reader's language."""
    return _call("t", message)


def number(n: Any) -> rx.vars.StringVar:
    """A number with the reader's separators, for a text's placeholder."""
    return _call("number", n)


def href(path: Any) -> rx.vars.StringVar:
    """The address of a page in the reader's language; takes the English one ("/tickets") or a Var of it."""
    return _call("href", path)


def switch_to(locale: str) -> rx.vars.StringVar:
    """The address of the same page (and query) in another language."""
    return _call("to", locale)


def language() -> rx.vars.StringVar:
    """The code of the reader's language."""
    return rx.Var("i18n.code", _var_data=_I18N).to(str)


def language_name(code: Any) -> rx.Var:
    """The name of one of the portal's languages, in that language."""
    return rx.match(code, *LOCALES.items(), LOCALES[DEFAULT])


def rel_time(iso: Any) -> rx.vars.StringVar:
    """A moment as "5 minutes ago", kept right while the page is open; a date when it is a month away.

    Within a day the time that passed is counted, after it the days of the reader's calendar.
    """
    return _call("rel", iso, ticking=True)


def rel_time_in_sentence(iso: Any) -> rx.vars.StringVar:
    """As `rel_time`, for the middle of a sentence: a date has its preposition ("on May 2, 2020")."""
    return _call("relIn", iso, ticking=True)


def date_time(iso: Any) -> rx.vars.StringVar:
    """A moment as date and time in the reader's zone."""
    return _call("dateTime", iso, ticking=True)


def date(iso: Any) -> rx.vars.StringVar:
    """The date of a moment, in the reader's zone."""
    return _call("date", iso, ticking=True)


def clock_time(iso: Any) -> rx.vars.StringVar:
    """The time of day of a moment, in the reader's zone."""
    return _call("time", iso, ticking=True)


def utc_time(iso: Any) -> rx.vars.StringVar:
    """A moment as date and time in UTC, for a time's `title`."""
    return _call("utc", iso, ticking=True)


def day(iso: Any) -> rx.vars.StringVar:
    """The day of a moment, standing alone: "Today", "Yesterday", or the date with its weekday."""
    return _call("day", iso, ticking=True)


def route_param(name: str) -> rx.vars.StringVar:
    """The value in the address, known in the browser at once.

    Compare with it only; never print it: the prerendered page was made for a sample address.
    """
    data = VarData(
        imports={"react-router": [ImportVar(tag="useParams")]}, hooks={"const params = useParams()": None}
    )
    return rx.Var(f"params.{name}", _var_data=data).to(str)


class NativeForm(BaseHTML):
    """A form that the browser itself submits; `rx.form` and `rx.el.form` never let it."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]
    auto_complete: rx.Var[str]
    no_validate: rx.Var[bool]


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


class _Hook(rx.Fragment):
    """Shows nothing; runs one hook of the language runtime."""

    _name: str = ""
    _argument: rx.Var | None = None

    @classmethod
    def create(cls, name: str, argument: rx.Var | None = None) -> "_Hook":
        self = cast("_Hook", super().create())
        self._name, self._argument = name, argument
        return self

    def add_imports(self) -> dict[str, Any]:
        return {_RUNTIME: [ImportVar(tag=self._name)]}

    def add_hooks(self) -> list[Any]:
        data = self._argument._get_all_var_data() if self._argument is not None else None
        return [rx.Var(f"{self._name}({'' if self._argument is None else self._argument})", _var_data=data)]


def clock_offset(seconds: rx.Var) -> rx.Component:
    """Lets the times of the page follow a clock that runs ahead of the browser's by so many seconds."""
    return _Hook.create("useClockOffset", seconds)


def time_zone(name: rx.Var) -> rx.Component:
    """Shows the times of the page in the zone that the reader chose; "" is the browser's own."""
    return _Hook.create("useTimeZone", name)


def route_focus() -> rx.Component:
    """Moves the focus to the new heading after a client navigation; stands once, in the app's wraps."""
    return _Hook.create("useRouteFocus")


def language_links(on_choose: Callable[[str], Any] | None = None, **props: Any) -> list[rx.Component]:
    """A link to this page in each language, each named in its own language; `on_choose` hears which one."""
    return [
        el.a(
            name,
            href=switch_to(code),
            lang=code,
            aria_current=rx.cond(language() == code, "true", rx.Var("undefined")),
            custom_attrs={"hrefLang": code, "data-language": code},
            **({"on_click": on_choose(code)} if on_choose else {}),
            **props,
        )
        for code, name in LOCALES.items()
    ]


def html_lang() -> dict[str, rx.Var]:
    """The `html_custom_attrs` that put the page's language on the html element, prerendered too."""
    data = VarData(imports={_RUNTIME: [ImportVar(tag="useHtmlLang")]})
    return {"lang": rx.Var("useHtmlLang()", _var_data=data)}


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
        title=_call("t", not_found.title) + f" · {SITE.name}",
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
