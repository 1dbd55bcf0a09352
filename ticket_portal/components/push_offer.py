"""Beside a ticket: the offer to be told on this device."""

import reflex as rx
from reflex import el

from ticket_portal.components.hooks import as_handler, dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import t
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.devices import DeviceState

_OFFER = hook_value(
    "push_offer",
    "usePushOffer",
    "pushOffer",
    viewer=ConversationState.writer,
    able=ConversationState.push,
    add=dispatcher(DeviceState.add),
)


def offer() -> rx.Component:
    """Offer notifications to who could have them here, and has not said "Not now"."""
    state = rx.Var("pushOffer.state", _var_data=_OFFER).to(str)
    return el.div(
        rx.match(
            state,
            ("", rx.fragment()),
            (
                "on",
                rx.cond(
                    DeviceState.problem != "",
                    el.div(icon("alert"), el.p(DeviceState.problem), **_note("bad")),
                    el.div(icon("check"), el.p(t("This device gets notifications.")), **_note("good")),
                ),
            ),
            el.div(
                icon("bell"),
                el.div(
                    el.p(t("Get notified on this device when your ticket is updated?")),
                    rx.cond(
                        state == "trouble",
                        el.p(t("Your browser's notification service can't be reached. Try again later.")),
                    ),
                    el.div(
                        el.button(
                            t("Turn on notifications"),
                            type="button",
                            class_name="btn btn--small",
                            disabled=state == "busy",
                            on_click=as_handler(rx.Var("pushOffer.on", _var_data=_OFFER)),
                        ),
                        el.button(
                            t("Not now"),
                            type="button",
                            class_name="btn btn--quiet btn--small",
                            on_click=as_handler(rx.Var("pushOffer.putOff", _var_data=_OFFER)),
                        ),
                        class_name="cluster",
                    ),
                ),
                **_note("plain"),
            ),
        ),
        role="status",
        class_name="push-offer",
        custom_attrs={"data-testid": "push-offer", "data-state": state},
    )


def _note(tone: str) -> dict[str, object]:
    return {"class_name": "note", "custom_attrs": {"data-tone": tone}}
