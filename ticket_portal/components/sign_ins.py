"""The section "Sign-ins" of the settings: where the account is signed in."""

import reflex as rx
from reflex import el

from ticket_portal.components.connection import is_live
from ticket_portal.components.focus import keeps_focus
from ticket_portal.components.forms import post_form
from ticket_portal.components.icons import icon
from ticket_portal.components.words import date, rel_time_in_sentence, t
from ticket_portal.domain.sign_ins import SignInView
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


def _device(device: rx.Var[SignInView]) -> rx.Component:
    name = _name(device)
    return el.li(
        icon("lock"),
        el.div(
            el.b(name),
            rx.cond(device.here, el.span(t("This device"), class_name="mark-good")),
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
