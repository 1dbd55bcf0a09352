"""The frame around every page: top bar with its panels, strips, main, footer."""

from typing import Any, Final, Literal

import reflex as rx
from reflex import el

from ticket_portal.addresses import DESK, GUEST_TICKETS, NEW_TICKET, TICKETS
from ticket_portal.components.connection import connection_pill, connection_strip
from ticket_portal.components.elements import A
from ticket_portal.components.forms import post_form
from ticket_portal.components.hooks import RunsHook, js_call
from ticket_portal.components.icons import brand_mark, icon
from ticket_portal.components.people import of_team, signed_in
from ticket_portal.components.words import (
    clock_offset,
    href,
    language,
    language_links,
    switch_to,
    t,
    time_zone,
    tn,
)
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n.locales import DEFAULT, LOCALES
from ticket_portal.sets.roles import Role
from ticket_portal.states.session import SessionState

Kind = Literal["plain", "reading", "form", "wide", "home"]

_MAIN: Final[dict[Kind, str]] = {
    "plain": "page",
    "reading": "page page--reading",
    "form": "page page--form",
    "wide": "page page--wide",
    "home": "home",
}


def frame(*content: rx.Component, kind: Kind = "plain", guest: Any = False) -> rx.Component:
    """Put a page's content into the frame. `guest`: a Var that is true while a guest reads this page."""
    return rx.fragment(
        A.create(t("Skip to content"), href="#main", class_name="skip"),
        top_bar(),
        # Its room is kept from the start: coming later, it would push the page down under the reader.
        el.div(rx.cond(guest, guest_strip()), class_name="strip-room")
        if guest is not False
        else rx.fragment(),
        failure_strip(),
        el.main(*content, id="main", tab_index=-1, class_name=_MAIN[kind]),
        footer(),
    )


def failure_strip() -> rx.Component:
    """Say that something failed on our side, and what to do."""
    return rx.cond(
        SessionState.failure != "",
        el.div(
            el.p(
                icon("alert"),
                el.span(
                    t(
                        "Something went wrong on our side. Nothing was lost. Reference: {code}",
                        code=SessionState.failure,
                    )
                ),
            ),
            A.create(icon("refresh"), t("Try again"), href="", class_name="btn btn--small"),
            class_name="strip",
            role="alert",
            custom_attrs={"data-tone": "bad", "data-testid": "form-error", "data-code": "failure"},
        ),
    )


@rx.memo
def top_bar() -> rx.Component:
    """What stands above every page; compiled once for all of them."""
    return rx.fragment(
        RunsHook.create("frame", "usePanels"),
        RunsHook.create("badge", "useBadge", unread=SessionState.unread, known=SessionState.known),
        RunsHook.create("frame", "useOwnOnly", known=SessionState.known, viewer=SessionState.viewer_key),
        clock_offset(SessionState.clock_offset),
        time_zone(SessionState.zone),
        el.header(
            el.div(
                el.a(
                    brand_mark(),
                    el.span(el.b(SITE.company), el.span(SITE.name.removeprefix(SITE.company))),
                    href=href("/"),
                    class_name="brand",
                ),
                connection_pill(),
                *_language_menu(),
                _badged(_help_button(), _menu_button()),
                _help_panel(),
                *_account_menu(),
                _phone_panel(),
                class_name="topbar__in",
            ),
            class_name="topbar",
        ),
        connection_strip(),
    )


@rx.memo
def footer() -> rx.Component:
    """What stands below every page."""
    return el.footer(
        el.div(
            el.div(
                safety(),
                el.a(t("Is this message really from us?"), href=href("/check-message")),
                class_name="footer__safe",
            ),
            el.nav(el.ul(*[el.li(link) for link in languages()]), aria_label=t("Language")),
            class_name="footer__in",
        ),
        class_name="footer",
    )


def safety() -> rx.Component:
    """Say what the company never asks for; attackers do."""
    return el.p(
        icon("shield"),
        el.span(
            t(
                "Our team never asks for your password, recovery phrase or one-time codes, in messages, "
                "by email or by phone."
            )
        ),
        class_name="safety",
    )


def guest_strip() -> rx.Component:
    """Say as which guest one reads, and let them leave."""
    return el.div(
        el.p(
            icon("user"),
            el.span(t("Signed in as guest"), " ", el.b(SessionState.guest_address)),
        ),
        post_form(
            "/auth/guest/leave",
            el.button(t("Leave"), type="submit", class_name="btn btn--small"),
            # Somebody who is signed in besides keeps what is theirs.
            forget=SessionState.guest_key
            + rx.cond(SessionState.account == "", " " + SessionState.viewer_key, ""),
        ),
        role="region",
        aria_label=t("Guest access"),
        class_name="strip",
    )


def sign_in_address() -> rx.vars.StringVar:
    """Return the address of the sign-in page, from where it leads back to this one."""
    here, english = switch_to(language()), switch_to(DEFAULT)
    return js_call("frame", "signInPath", page=href("/sign-in"), here=here, english=english).to(str)


def with_next(path: str, following: rx.Var) -> rx.vars.StringVar:
    """Return the address of a page that carries on where to go after it."""
    return js_call("frame", "withNext", page=href(path), next=following).to(str)


def languages(**props: Any) -> list[rx.Component]:
    """Return a link to this page in each language; the choice is remembered."""
    return language_links(on_choose=SessionState.choose_language, **props)


def _opens(panel: str) -> dict[str, str]:
    return {"popoverTarget": panel}


def _panel(name: str, *content: rx.Component, class_name: str = "menu") -> rx.Component:
    return el.div(*content, id=name, class_name=class_name, custom_attrs={"popover": "auto"})


def _item(name: str, text: Any, path: Any) -> rx.Component:
    return el.li(el.a(icon(name), el.span(text), href=path, class_name="menu__link"))


def _language_menu() -> list[rx.Component]:
    return [
        el.button(
            icon("globe"),
            el.span(t("Language"), ": ", class_name="sr"),
            rx.match(language(), *[(code, name) for code, name in LOCALES.items()], LOCALES[DEFAULT]),
            icon("chevron-down"),
            type="button",
            class_name="tool only-wide",
            custom_attrs=_opens("language-menu"),
        ),
        _panel(
            "language-menu",
            el.ul(*[el.li(link) for link in languages(class_name="menu__link")], class_name="menu__list"),
        ),
    ]


def _ways(tickets: str) -> list[rx.Component]:
    """Return where help is: the items of the Help panel, the first one named as its place names it."""
    return [
        rx.cond(of_team(), _item("list-check", t("Queue"), href(DESK))),
        el.li(
            el.a(
                icon("inbox"),
                el.span(tickets),
                # Not a part of the name; beside the button it is said in words.
                rx.cond(_unread() > 0, el.span(_count(), class_name="count", aria_hidden="true")),
                href=href(rx.cond(signed_in() | ~_is_guest(), TICKETS, GUEST_TICKETS)),
                class_name="menu__link",
            )
        ),
        rx.cond(_is_customer(), _item("bell", t("Updates"), href("/updates"))),
        rx.cond(signed_in(), rx.fragment(), _item("compass", t("Find my ticket"), href("/find-ticket"))),
        _item("pencil", t("Submit a ticket"), href(NEW_TICKET)),
    ]


def _badged(*buttons: rx.Component) -> rx.Component:
    """Put the number of unread tickets beside a button, of which one is shown; its own name stays as it is."""
    return el.span(
        *buttons,
        rx.cond(
            _unread() > 0,
            rx.fragment(
                el.span(
                    _count(),
                    class_name="badge",
                    aria_hidden="true",
                    custom_attrs={"data-testid": "unread-badge"},
                ),
                el.span(tn("1 unread ticket", "{n} unread tickets", _unread()), class_name="sr"),
            ),
        ),
        class_name="badged",
    )


def _count() -> rx.Var:
    return rx.cond(_unread() > 99, "99+", _unread().to_string())


def _unread() -> rx.vars.NumberVar[int]:
    return SessionState.unread  # pyright: ignore[reportReturnType]


def _help_button() -> rx.Component:
    return el.button(
        icon("help"),
        type="button",
        class_name="tool tool--icon only-wide",
        aria_label=t("Help"),
        custom_attrs=_opens("help-menu"),
    )


def _menu_button() -> rx.Component:
    return el.button(
        icon("menu"),
        el.span(t("Menu")),
        type="button",
        class_name="tool only-phone",
        custom_attrs=_opens("phone-menu"),
    )


def _help_panel() -> rx.Component:
    return _panel("help-menu", el.ul(*_ways(t("My tickets")), class_name="menu__list"))


def _account_menu() -> list[rx.Component]:
    sign_in = el.a(
        t("Sign in"),
        href=sign_in_address(),
        class_name=rx.cond(SessionState.known, "tool only-wide", "tool only-wide late"),
    )
    return [
        rx.cond(
            signed_in(),
            el.button(
                el.span(_initial(), class_name="avatar", aria_hidden="true"),
                icon("chevron-down"),
                type="button",
                class_name="tool only-wide",
                aria_label=t("Account"),
                custom_attrs=_opens("account-menu"),
            ),
            sign_in,
        ),
        _panel(
            "account-menu",
            el.p(SessionState.account, class_name="menu__title"),
            el.ul(
                _item("user", t("Settings"), href("/settings")), el.li(_sign_out()), class_name="menu__list"
            ),
        ),
    ]


def _phone_panel() -> rx.Component:
    return _panel(
        "phone-menu",
        el.nav(
            # A link until its script is there; `summary` would have no role that assistive technology agrees on.
            A.create(
                icon("help"),
                el.span(t("Get help")),
                icon("chevron-down"),
                href=href("/get-help"),
                role="button",
                aria_controls="phone-help",
                aria_expanded="false",
                class_name="menu__link",
            ),
            el.ul(*_ways(t("Check your tickets")), id="phone-help", class_name="menu__list", hidden=True),
            rx.cond(
                signed_in(),
                rx.fragment(
                    el.p(SessionState.account, class_name="menu__title"),
                    el.ul(
                        _item("user", t("Settings"), href("/settings")),
                        el.li(_sign_out()),
                        class_name="menu__list",
                    ),
                ),
                el.ul(_item("user", t("Sign in"), sign_in_address()), class_name="menu__list"),
            ),
            el.div(class_name="menu__line"),
            el.p(t("Language"), class_name="menu__title"),
            el.ul(*[el.li(link) for link in languages()], class_name="sheet__langs"),
            aria_label=t("Menu"),
        ),
        class_name="sheet",
    )


def _sign_out() -> rx.Component:
    return post_form(
        "/auth/sign-out",
        el.button(icon("sign-out"), el.span(t("Sign out")), type="submit", class_name="menu__link"),
        forget=SessionState.viewer_key,
    )


def _is_customer() -> rx.Var:
    return SessionState.role == Role.CUSTOMER  # pyright: ignore[reportReturnType]


def _is_guest() -> rx.Var:
    return SessionState.guest_address != ""  # pyright: ignore[reportReturnType]


def _initial() -> rx.vars.StringVar:
    return SessionState.account[0:1].upper()  # pyright: ignore[reportReturnType, reportAttributeAccessIssue]
