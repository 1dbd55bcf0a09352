"""The section "Sign-ins" of the settings: where the account is signed in."""

import reflex as rx
from reflex import el

from ticket_portal.components.connection import is_live
from ticket_portal.components.focus import keeps_focus
from ticket_portal.components.forms import post_form
from ticket_portal.components.icons import icon
from ticket_portal.components.words import date, href, rel_time_in_sentence, t
from ticket_portal.domain.accounts.sign_ins import SignInView
from ticket_portal.states.session import SessionState
from ticket_portal.states.sign_ins import SignInState as State


def sign_ins() -> rx.Component:
    """List the sessions, let people end one or all."""
    return el.section(
        el.div(
            el.h2(t("Active sessions"), id="sign-ins"),
            el.p(
                t(
                    "The places where you're signed in. If you don't recognize one, end that session and change "
                    "your password."
                ),
                class_name="muted",
            ),
            rx.cond(SessionState.new_sign_in, _recognise()),
            rx.cond(
                State.known,
                el.ul(rx.foreach(State.sign_ins, _device), class_name="sign-ins", **keeps_focus("signIns")),
                el.span(class_name="bone bone--3"),
            ),
            post_form(
                "/auth/sign-out-everywhere",
                el.button(icon("sign-out"), t("Sign out everywhere"), type="submit", class_name="btn"),
                forget=State.viewer_key,
            ),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="sign-ins",
    )


def sign_in_notice() -> rx.Component:
    """Say, at the top of the pages that people see first, that there was a sign-in from a new browser."""
    return el.div(
        rx.cond(
            SessionState.new_sign_in,
            el.div(
                icon("shield"),
                el.p(
                    t("There was a sign-in to your account from a new browser."),
                    " ",
                    el.a(t("Active sessions"), href=href("/settings") + "#sign-ins"),
                ),
                class_name="note offer",
                custom_attrs={"data-tone": "warn", "data-testid": "new-sign-in"},
            ),
        ),
        role="status",
        class_name="mail-notice",
    )


def _recognise() -> rx.Component:
    return el.div(
        icon("shield"),
        el.div(
            el.p(t("There was a sign-in to your account from a new browser.")),
            el.button(
                t("This was me"),
                type="button",
                class_name="btn btn--small",
                disabled=~is_live(),
                on_click=State.recognise,
            ),
            class_name="stack",
        ),
        class_name="note",
        custom_attrs={"data-tone": "warn", "data-testid": "new-sign-in"},
    )


def _device(device: rx.Var[SignInView]) -> rx.Component:
    name = _name(device)
    return el.li(
        icon("lock"),
        el.div(
            el.b(name),
            rx.cond(device.here, el.span(t("This device"), class_name="mark-good")),
            rx.cond(device.unfamiliar, el.span(t("New browser"), class_name="mark-warn")),
            el.p(
                t("Last seen {when}", when=rel_time_in_sentence(device.seen_at)),
                " · ",
                t("Signed in on {day}", day=date(device.created_at)),
                class_name="muted",
            ),
        ),
        rx.cond(
            device.here,
            rx.fragment(),
            el.button(
                t("End session"),
                type="button",
                class_name="btn btn--small",
                disabled=~is_live(),
                aria_label=t("End session: {device}", device=name),
                on_click=State.end(device.key),
            ),
        ),
        key=device.key,
        custom_attrs={"data-testid": "sign-in"},
    )


def _name(device: rx.Var[SignInView]) -> rx.Var:
    known = (device.browser != "") & (device.system != "")
    return rx.cond(
        known,
        t("{browser} on {system}", browser=device.browser, system=device.system),
        rx.cond(
            device.browser != "",
            device.browser,
            rx.cond(device.system != "", device.system, t("Unknown browser")),
        ),
    )
