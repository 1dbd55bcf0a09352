"""How a customer wants to be told: a part of the settings page."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.connection import is_live
from ticket_portal.components.hooks import as_handler, dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t
from ticket_portal.components.zones import zone_options
from ticket_portal.domain.alerts.kinds import Channel, Preference
from ticket_portal.sets.roles import Role
from ticket_portal.states.preferences import PreferencesState as State
from ticket_portal.states.session import SessionState

_CHOICES = hook_value(
    "preferences",
    "useChoices",
    "choices",
    saved=State.choices,
    answered=State.answered,
    live=is_live() & rx.State.is_hydrated,
    dispatch=dispatcher(State.choose),
)


def _value(name: str) -> rx.Var[str]:
    return rx.Var(f'(choices.values["{name}"] ?? "")', _var_data=_CHOICES).to(str)


def _choose() -> rx.Var:
    return as_handler(rx.Var("((event) => choices.choose(event))", _var_data=_CHOICES))


def alerts() -> rx.Component:
    """Show what can be chosen about alerts, kept as soon as it is chosen; the team gets none."""
    return rx.cond(
        (SessionState.role == Role.CUSTOMER) & State.loaded,
        el.section(
            el.div(
                el.h2(t("Alerts"), id="alerts"),
                el.p(t("How we keep you posted about your tickets."), class_name="muted"),
                el.div(*[_class(name) for name in Preference], class_name="matrix"),
                rx.cond(
                    State.email_may_be_off,
                    rx.fragment(),
                    el.p(
                        t("Alerts come by email until push notifications work on one of your devices."),
                        class_name="field__hint",
                        id="email-hint",
                    ),
                ),
                el.p(
                    icon("shield"),
                    el.span(t("Codes, confirmations and security notices always come by email.")),
                    class_name="safety",
                ),
                _quiet_hours(),
                _outcome(),
                el.p(
                    t("You can mute a single ticket on its own page."),
                    " ",
                    el.a(t("See your updates"), href=href("/updates")),
                    class_name="muted",
                ),
                class_name="stack",
            ),
            class_name="card",
            aria_labelledby="alerts",
        ),
    )


def names() -> dict[Preference, rx.Var]:
    """Return what each thing is called that can be turned off."""
    return {
        Preference.REPLY: t("Replies"),
        Preference.DETAILS: t("Requests for details and reminders"),
        Preference.STATUS: t("Resolved, reopened, closed or joined"),
    }


def channel_names() -> dict[Channel, rx.Var]:
    """Return what each channel is called."""
    return {Channel.EMAIL: t("Email"), Channel.PUSH: t("Push")}


def _class(name: Preference) -> rx.Component:
    of_email = {
        "disabled": ~State.email_may_be_off & (_value(f"{Channel.EMAIL}.{name}") == "on"),
        "aria_describedby": rx.cond(State.email_may_be_off, rx.Var("undefined"), "email-hint"),
    }
    return el.fieldset(
        el.legend(names()[name]),
        *[
            _switch(f"{channel}.{name}", label, **(of_email if channel == Channel.EMAIL else {}))
            for channel, label in channel_names().items()
        ],
    )


def _quiet_hours() -> rx.Component:
    return el.fieldset(
        el.legend(t("Quiet hours"), class_name="sr"),
        _switch("quiet", t("Quiet hours")),
        el.p(
            t("We hold your alerts during quiet hours. Afterwards you get one for each ticket."),
            class_name="field__hint",
        ),
        rx.cond(
            _value("quiet") == "on",
            el.div(
                _time("quiet_from", t("From")), _time("quiet_until", t("Until")), _zone(), class_name="row2"
            ),
        ),
        class_name="quiet",
    )


def _switch(name: str, label: Any, **props: Any) -> rx.Component:
    return el.label(
        el.input(
            type="checkbox",
            role="switch",
            name=name,
            checked=_value(name) == "on",
            on_change=_choose(),
            **props,
        ),
        el.span(label),
        class_name="switch",
    )


def _time(name: str, label: Any) -> rx.Component:
    return el.div(
        el.div(el.label(label, html_for=name), class_name="field__label"),
        # What is being typed is the person's: only what is there at first is the server's.
        el.input(
            type="time",
            id=name,
            name=name,
            class_name="input",
            default_value=_value(name),
            on_change=_choose(),
        ),
        class_name="field",
    )


def _zone() -> rx.Component:
    return el.div(
        el.div(el.label(t("Time zone"), html_for="quiet_zone"), class_name="field__label"),
        el.select(
            zone_options("quietZones", _value("quiet_zone")),
            id="quiet_zone",
            name="quiet_zone",
            class_name="input",
            value=_value("quiet_zone"),
            on_change=_choose(),
        ),
        class_name="field",
    )


def _outcome() -> rx.Component:
    saving = rx.Var("choices.saving", _var_data=_CHOICES).to(bool)
    return rx.fragment(
        rx.cond(
            State.problem != "",
            el.div(
                icon("alert"),
                el.p(State.problem),
                class_name="note",
                role="alert",
                custom_attrs={
                    "data-tone": "bad",
                    "data-testid": "form-error",
                    "data-code": State.problem_code,
                },
            ),
        ),
        el.p(
            rx.cond(
                saving,
                t("Saving…"),
                rx.cond((State.answered > 0) & (State.problem == ""), t("Saved"), ""),
            ),
            role="status",
            class_name="field__hint",
        ),
    )
