"""The section of the settings about notifications: how it stands with this device, and all devices that get them."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.focus import keeps_focus
from ticket_portal.components.hooks import as_handler, dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.people import of_team
from ticket_portal.components.words import date, t
from ticket_portal.domain.alerts.devices import DeviceView
from ticket_portal.states.devices import DeviceState as State
from ticket_portal.states.session import SessionState

_PUSH = hook_value(
    "push",
    "usePush",
    "push",
    viewer=SessionState.viewer_key,
    key=State.push_key,
    devices=State.devices,
    listed=State.listed,
    add=dispatcher(State.add),
    drop=dispatcher(State.remove),
)


def notifications() -> rx.Component:
    """Show whether this device gets notifications and what can be done about it, and all devices that do."""
    data = _PUSH
    return rx.cond(
        of_team(),
        rx.fragment(),
        el.section(
            el.div(
                el.h2(t("Notifications"), id="notifications"),
                el.p(
                    t(
                        "Turn on notifications to hear about ticket updates right away. They show only the "
                        "ticket number, never the message."
                    ),
                    class_name="muted",
                ),
                el.div(
                    _standing(data),
                    _trouble(data),
                    _outcome(),
                    class_name="stack",
                    role="status",
                    custom_attrs={
                        "data-testid": "push-state",
                        "data-state": rx.Var("push.state", _var_data=data),
                    },
                ),
                rx.cond(State.devices.length() > 0, _devices(data)),
                class_name="stack",
                **keeps_focus("devicesPlace"),
            ),
            class_name="card",
            aria_labelledby="notifications",
        ),
    )


def _standing(data: rx.vars.VarData) -> rx.Component:
    """Say how it stands with this device."""
    return rx.match(
        rx.Var("push.state", _var_data=data).to(str),
        ("on", _note("check", "good", t("This device gets notifications."))),
        ("off", el.div(_turn_on(data, "btn btn--primary"), class_name="cluster")),
        (
            "default",
            rx.fragment(
                el.div(_turn_on(data, "btn btn--primary"), class_name="cluster"),
                el.p(t("Your browser will ask you to allow it."), class_name="field__hint"),
            ),
        ),
        (
            "lost",
            rx.fragment(
                _note(
                    "alert",
                    "warn",
                    t("This device no longer gets notifications because it was removed from the list."),
                ),
                el.div(_turn_on(data, "btn btn--primary"), class_name="cluster"),
            ),
        ),
        ("denied", _denied()),
        (
            "home_screen",
            _note(
                "phone",
                "plain",
                t(
                    "On iPhone and iPad, first add this site to your Home Screen: tap Share, then “Add to Home "
                    "Screen”. Open it from there and come back to this page."
                ),
            ),
        ),
        (
            "unsupported",
            _note(
                "alert",
                "plain",
                t("This browser can't show notifications. We'll keep you informed by email."),
            ),
        ),
        (
            "no_key",
            _note("alert", "plain", t("Notifications aren't available here. We'll let you know by email.")),
        ),
        el.span(class_name="bone bone--2"),
    )


def _denied() -> rx.Component:
    return el.div(
        icon("alert"),
        el.div(
            el.p(t("Notifications are blocked for this site in your browser.")),
            el.p(
                t(
                    "To allow them, open the site settings (the icon next to the address, or the app's settings "
                    "on a phone), choose “Notifications”, then “Allow”. This page updates automatically."
                )
            ),
            class_name="stack",
        ),
        class_name="note",
        custom_attrs={"data-tone": "warn"},
    )


def _devices(data: rx.vars.VarData) -> rx.Component:
    return rx.fragment(
        el.h3(t("Your devices"), id="devices"),
        el.ul(
            rx.foreach(State.devices, lambda device: _device(device, data)),
            class_name="devices",
            aria_labelledby="devices",
        ),
    )


def _device(device: rx.Var[DeviceView], data: rx.vars.VarData) -> rx.Component:
    here = rx.Var("push.mark", _var_data=data).to(str) == device.mark
    named = rx.cond(device.name != "", device.name, t("Browser"))
    off = rx.Var(
        f"(() => push.off({device!s}))", _var_data=rx.vars.VarData.merge(data, device._get_all_var_data())
    )
    return el.li(
        el.div(
            el.b(named),
            rx.cond(here, el.span(t("This device"), class_name="devices__tag")),
            el.small(t("Added on {date}", date=date(device.added_at))),
            class_name="devices__name",
        ),
        el.div(
            el.button(
                t("Send a test"),
                type="button",
                class_name="btn btn--small",
                on_click=State.test(device.id),
                disabled=State.outcome == "waiting",
                custom_attrs={
                    "data-busy": ((State.tested == device.id) & (State.outcome == "waiting")).to_string()
                },
            ),
            el.button(
                t("Remove"),
                type="button",
                class_name="btn btn--quiet btn--small",
                on_click=as_handler(off),
            ),
            class_name="cluster",
        ),
        custom_attrs={"data-testid": "device"},
    )


def _outcome() -> rx.Component:
    """Say what became of a test."""
    gone = t("We can no longer reach this device, so we removed it from the list.")
    return rx.match(
        State.outcome,
        ("sent", _note("check", "good", t("Sent. It should appear on the device within a few seconds."))),
        ("gone", _note("alert", "warn", gone)),
        ("late", _note("alert", "warn", t("The device's push service isn't responding. We'll keep trying."))),
        rx.fragment(),
    )


def _turn_on(data: rx.vars.VarData, looks: str) -> rx.Component:
    """The one button that makes the browser ask."""
    busy = rx.Var("push.busy", _var_data=data).to(bool)
    return el.button(
        t("Turn on notifications"),
        type="button",
        class_name=looks,
        disabled=busy,
        on_click=as_handler(rx.Var("push.on", _var_data=data)),
        custom_attrs={"data-busy": busy.to_string()},
    )


def _trouble(data: rx.vars.VarData) -> rx.Component:
    """Say why it could not be turned on."""
    return rx.cond(
        rx.Var("push.trouble", _var_data=data).to(bool),
        _note(
            "alert",
            "bad",
            t("Your browser's notification service can't be reached. Try again later."),
        ),
        rx.cond(
            State.problem != "",
            el.p(
                icon("alert"),
                el.span(State.problem),
                class_name="field__error",
                custom_attrs={"data-testid": "form-error", "data-code": State.problem_code},
            ),
        ),
    )


def _note(name: str, tone: str, text: Any) -> rx.Component:
    """A note of one line."""
    return el.div(icon(name), el.p(text), class_name="note", custom_attrs={"data-tone": tone})
