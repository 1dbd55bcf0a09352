"""The help home."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import DESK
from ticket_portal.components.frame import frame
from ticket_portal.components.help.articles import article_cards, article_search
from ticket_portal.components.help.help import action, find_action, submit_action, tickets_action
from ticket_portal.components.icons import hero_art, icon
from ticket_portal.components.people import of_team, signed_in
from ticket_portal.components.words import href, t
from ticket_portal.states.forms import FormState
from ticket_portal.states.session import SessionState


def home() -> rx.Component:
    """Where everybody begins."""
    return frame(
        _signed_out(),
        el.div(
            # Cut at the edge of the hero; what is found below the search field is not.
            el.div(hero_art(), class_name="hero__sea"),
            el.div(
                el.h1(t("A real person will help you. Follow every step.")),
                el.p(
                    t("Tell us what happened. We'll reply here, in your language, and email you when we do.")
                ),
                article_search(),
                class_name="hero__in",
            ),
            class_name="hero",
        ),
        el.div(_actions(), _articles(), _steps(), _assurance(), class_name="page page--home"),
        kind="home",
    )


def _signed_out() -> rx.Component:
    return el.div(
        rx.cond(
            FormState.notice == "signed_out",
            el.div(el.p(icon("check"), el.span(t("You're signed out."))), class_name="strip"),
        ),
        role="status",
    )


def _actions() -> rx.Component:
    return el.nav(
        submit_action(),
        el.div(
            rx.cond(
                of_team(),
                action("list-check", t("Queue"), t("Tickets waiting for the team"), DESK),
                rx.cond(signed_in(), tickets_action(t("My tickets")), find_action()),
            ),
            class_name=rx.cond(SessionState.known, "", "late"),
        ),
        aria_label=t("Get help"),
        class_name="actions",
    )


def _articles() -> rx.Component:
    return el.section(
        el.h2(t("Help articles"), id="articles-title"),
        article_cards(),
        class_name="section",
        aria_labelledby="articles-title",
    )


def _steps() -> rx.Component:
    return el.section(
        el.h2(t("How it works"), id="how"),
        el.ol(
            _step(
                t("Tell us once"), t("Keep everything in one ticket. It's the fastest way to get an answer.")
            ),
            _step(
                t("Get an alert"),
                t("We email you about every reply, but never its text, so nothing private leaves this site."),
            ),
            _step(
                t("Reply here"),
                t("Open the ticket, read the latest update and reply in the box at the bottom."),
            ),
            class_name="steps",
        ),
        class_name="section",
        aria_labelledby="how",
    )


def _step(title: Any, text: Any) -> rx.Component:
    return el.li(el.h3(title), el.p(text))


def _assurance() -> rx.Component:
    return el.section(
        el.span(icon("shield"), class_name="tile", custom_attrs={"data-tone": "good"}),
        el.div(
            el.h2(t("Stay safe"), id="safe"),
            el.p(
                t(
                    "Our emails never contain your messages and never ask you to send funds. If in doubt, open "
                    "this site yourself."
                )
            ),
            el.p(el.a(t("Is this message really from us?"), href=href("/check-message"))),
        ),
        class_name="section assure",
        aria_labelledby="safe",
    )
