"""Get help: the phone path's page."""

import reflex as rx
from reflex import el

from ticket_portal.components.frame import frame
from ticket_portal.components.help.articles import article_cards, article_search
from ticket_portal.components.help.help import find_action, submit_action, tickets_action
from ticket_portal.components.people import signed_in
from ticket_portal.components.words import t
from ticket_portal.states.session import SessionState

ARROW = "chevron-right"


def get_help() -> rx.Component:
    """The ways to help, one below the other."""
    return frame(
        el.div(
            el.div(el.h1(t("Get help")), el.p(t("What would you like to do?"))),
            class_name="page__head",
        ),
        el.nav(
            tickets_action(t("Check your tickets"), ARROW),
            submit_action(ARROW),
            rx.cond(
                signed_in(),
                rx.fragment(),
                el.div(find_action(ARROW), class_name=rx.cond(SessionState.known, "", "late")),
            ),
            class_name="stack",
            aria_label=t("Get help"),
        ),
        el.section(
            el.h2(t("Help articles"), id="articles-title"),
            article_search(),
            article_cards(),
            class_name="section",
            aria_labelledby="articles-title",
        ),
        kind="reading",
    )
