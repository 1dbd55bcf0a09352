"""The section "Safety phrase" of the settings."""

import reflex as rx
from reflex import el

from ticket_portal.components.answered_form import answered_form
from ticket_portal.components.connection import is_live
from ticket_portal.components.forms import field, notice_note, problem
from ticket_portal.components.words import href, t
from ticket_portal.domain.alerts.phrases import LONGEST
from ticket_portal.states.safety import SafetyState as State


def safety_phrase() -> rx.Component:
    """Let people choose the words by which they know our e-mails."""
    return el.section(
        el.div(
            el.h2(t("Safety phrase"), id="safety-phrase"),
            el.p(
                t(
                    "Words that only you and we know. Every email alert shows them. If they're missing, the "
                    "alert isn't from us."
                ),
                class_name="muted",
            ),
            notice_note(State.saved, t("Saved. We've sent you an email about it.")),
            rx.cond(State.known, _form(), el.span(class_name="bone bone--3")),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="safety-phrase",
    )


def _form() -> rx.Component:
    return answered_form(
        "phraseForm",
        State.save,
        problem(State, "phrase", again=State.refusals),
        field(
            "phrase",
            t("Your safety phrase"),
            state=State,
            hint=t("4 to 40 characters, no links. Never use a password. Leave blank for no phrase."),
            default_value=State.phrase,
            max_length=LONGEST,
            auto_complete="off",
            custom_attrs={"spellCheck": "false"},
        ),
        el.div(
            el.button(t("Save"), type="submit", class_name="btn btn--primary", disabled=~is_live()),
            el.a(
                t("Is this message really from us?"), href=href("/check-message"), class_name="btn btn--quiet"
            ),
            class_name="cluster",
        ),
    )
