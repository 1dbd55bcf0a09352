"""The section "Profile" of the settings: name, language, time zone."""

import reflex as rx
from reflex import el

from ticket_portal.components.answered_form import answered_form
from ticket_portal.components.connection import is_live
from ticket_portal.components.forms import field, notice_note, problem
from ticket_portal.components.frame import languages
from ticket_portal.components.hooks import hook_value
from ticket_portal.components.words import t
from ticket_portal.components.zones import zone_options, zones
from ticket_portal.domain.accounts.accounts import LONGEST_NAME
from ticket_portal.states.profile import ProfileState as State

_DEVICE = rx.Var("deviceZone", _var_data=hook_value("zones", "useDeviceZone", "deviceZone")).to(str)


def profile() -> rx.Component:
    """Let people say what they are called, and in which zone their times are."""
    return el.section(
        el.div(
            el.h2(t("Profile"), id="profile"),
            notice_note(State.saved, t("Saved.")),
            rx.cond(
                State.known & (zones("zones", State.zone).length() > 0),
                _form(),
                el.span(class_name="bone bone--3"),
            ),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="profile",
    )


def language_choice() -> rx.Component:
    """Let people choose the language of pages and mails."""
    return el.section(
        el.div(
            el.h2(t("Language"), id="language"),
            el.p(t("Pages and email alerts use the language you choose here."), class_name="muted"),
            el.ul(*[el.li(link) for link in languages()], class_name="choices"),
            class_name="stack",
        ),
        class_name="card",
        aria_labelledby="language",
    )


def _form() -> rx.Component:
    return answered_form(
        "profileForm",
        State.save,
        problem(State, "name", again=State.refusals),
        field(
            "name",
            t("Name"),
            state=State,
            hint=t("Our team sees it next to your messages."),
            default_value=State.name,
            max_length=LONGEST_NAME,
            auto_complete="name",
            required=True,
        ),
        el.div(
            el.div(el.label(t("Time zone"), html_for="time_zone"), class_name="field__label"),
            el.select(
                el.option(t("This device ({zone})", zone=_DEVICE), value=""),
                zone_options("zones", State.zone),
                id="time_zone",
                name="time_zone",
                default_value=State.zone,
                aria_describedby="time_zone-hint",
                class_name="input",
            ),
            el.p(
                t("Times on pages and in emails use this time zone."),
                id="time_zone-hint",
                class_name="field__hint",
            ),
            class_name="field",
        ),
        el.div(
            el.button(t("Save profile"), type="submit", class_name="btn btn--primary", disabled=~is_live()),
            class_name="cluster",
        ),
    )
