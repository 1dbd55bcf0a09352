"""Words, addresses and times in the reader's language, for pages and components.

Everything here is compiled once and resolved in the browser by assets/js/i18n.js and dates.js, in the language of the
address.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex import el
from reflex.vars import VarData

from ticket_portal.components.hooks import RunsHook, hook_value
from ticket_portal.i18n.catalogues import in_context, msg
from ticket_portal.i18n.locales import DEFAULT, LOCALES

# What the runtime itself says; named here, so that each page's catalogue has it.
RUNTIME_TEXTS = (msg("just now"), msg("on {date}"))


_I18N = hook_value("i18n", "useI18n", "i18n")
_CLOCK = hook_value("clock", "useClock", "clock")


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


def clock_offset(seconds: rx.Var) -> rx.Component:
    """Lets the times of the page follow a clock that runs ahead of the browser's by so many seconds."""
    return RunsHook.create("clock", "useClockOffset", seconds=seconds)


def time_zone(name: rx.Var) -> rx.Component:
    """Shows the times of the page in the zone that the reader chose; "" is the browser's own."""
    return RunsHook.create("clock", "useTimeZone", name=name)


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
