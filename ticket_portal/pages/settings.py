"""Settings: who one is here, the language, signing out."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.addresses import mail_notice
from ticket_portal.components.claims import added
from ticket_portal.components.devices import notifications
from ticket_portal.components.forms import post_form
from ticket_portal.components.frame import frame, languages
from ticket_portal.components.icons import icon
from ticket_portal.components.preferences import alerts
from ticket_portal.components.safety_phrase import safety_phrase
from ticket_portal.components.words import href, t
from ticket_portal.states.session import SessionState


def settings() -> rx.Component:
    """Show the account and what can be chosen about it."""
    return frame(
        el.div(
            el.div(el.h1(t("Settings")), el.p(t("Your account at a glance."))),
            class_name="page__head",
        ),
        mail_notice(SessionState.mail_problem, SessionState.account),
        el.div(
            _account(), added(), alerts(), notifications(), safety_phrase(), _language(), class_name="stack"
        ),
        kind="reading",
    )


def _account() -> rx.Component:
    return el.section(
        el.div(
            el.h2(t("Account"), id="account"),
            el.dl(
                _fact(t("Name"), rx.cond(SessionState.name != "", SessionState.name, "–")),
                _fact(t("Email"), SessionState.account),
                class_name="facts",
            ),
            el.div(
                el.a(t("Change password"), href=href("/forgot-password"), class_name="btn"),
                post_form(
                    "/auth/sign-out",
                    el.button(icon("sign-out"), t("Sign out"), type="submit", class_name="btn"),
                    forget=SessionState.viewer_key,
                ),
                class_name="cluster",
            ),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="account",
    )


def _language() -> rx.Component:
    return el.section(
        el.div(
            el.h2(t("Language"), id="language"),
            el.p(t("Pages and e-mail alerts use the language you choose here."), class_name="muted"),
            el.ul(*[el.li(link) for link in languages()], class_name="choices"),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="language",
    )


def _fact(name: Any, value: Any) -> rx.Component:
    return el.div(el.dt(name), el.dd(rx.cond(SessionState.known, value, el.span(class_name="bone"))))
