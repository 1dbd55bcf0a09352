"""Settings: who one is here, what one is told and how, where one is signed in."""

from typing import Any, Final

import reflex as rx
from reflex import el

from ticket_portal.components.claims import added
from ticket_portal.components.elements import A
from ticket_portal.components.forms import notice_note, post_form
from ticket_portal.components.frame import frame
from ticket_portal.components.icons import icon
from ticket_portal.components.people import of_team
from ticket_portal.components.settings.addresses import mail_notice
from ticket_portal.components.settings.devices import notifications
from ticket_portal.components.settings.own_data import own_data
from ticket_portal.components.settings.preferences import alerts
from ticket_portal.components.settings.profile import language_choice, profile
from ticket_portal.components.settings.safety_phrase import safety_phrase
from ticket_portal.components.settings.sign_ins import sign_ins
from ticket_portal.components.words import href, said, t
from ticket_portal.i18n.catalogues import msg
from ticket_portal.states.forms import FormState
from ticket_portal.states.session import SessionState


def settings() -> rx.Component:
    """Show the account and what can be chosen about it."""
    return frame(
        el.div(
            el.div(el.h1(t("Settings")), el.p(t("Your account at a glance."))),
            class_name="page__head",
        ),
        notice_note(
            FormState.notice == "password_changed",
            t("Your password was changed. You've been signed out everywhere else."),
        ),
        notice_note(FormState.notice == "address_changed", t("Your email address was changed.")),
        notice_note(FormState.notice == "deletion_cancelled", t("Your account will be kept.")),
        mail_notice(SessionState.mail_problem, SessionState.account),
        el.div(
            _contents(),
            el.div(
                added(),
                *[_shown(name_id, section()) for name_id, _name, section in SECTIONS],
                class_name="stack",
            ),
            class_name="settings",
        ),
    )


def _contents() -> rx.Component:
    return el.nav(
        el.ul(
            *[
                _shown(name_id, el.li(A.create(said(name), href=f"#{name_id}")))
                for name_id, name, _section in SECTIONS
            ]
        ),
        aria_label=t("Settings"),
        class_name="contents",
    )


def _shown(name_id: str, part: rx.Component) -> rx.Component:
    """Show a part to whom it concerns: the team gets no alerts."""
    return rx.cond(of_team(), rx.fragment(), part) if name_id in OF_ALERTS else part


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
                el.a(t("Change password"), href=href("/settings/password"), class_name="btn"),
                el.a(t("Change email address"), href=href("/settings/email"), class_name="btn"),
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


def _fact(name: Any, value: Any) -> rx.Component:
    return el.div(el.dt(name), el.dd(rx.cond(SessionState.known, value, el.span(class_name="bone"))))


# The page's sections, in their order: the id of its heading, its name in the contents, the section.
SECTIONS: Final = (
    ("account", msg("Account"), _account),
    ("profile", msg("Profile"), profile),
    ("language", msg("Language"), language_choice),
    ("alerts", msg("Alerts"), alerts),
    ("notifications", msg("Notifications"), notifications),
    ("safety-phrase", msg("Safety phrase"), safety_phrase),
    ("sign-ins", msg("Active sessions"), sign_ins),
    ("data", msg("Your data"), own_data),
)
OF_ALERTS: Final = ("alerts", "notifications", "safety-phrase")
