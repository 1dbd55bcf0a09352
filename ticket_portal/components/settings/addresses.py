"""A notice in the page for people whom our e-mails don't reach."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET
from ticket_portal.components.connection import is_live
from ticket_portal.components.contact import also_here
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t
from ticket_portal.states.addresses import AddressState as State


def mail_notice(why: Any, address: Any) -> rx.Component:
    """Say that e-mails came back (or were called spam), and let their owner have them tried again."""
    return el.div(
        rx.cond(
            why != "",
            _problem(why, address),
            rx.cond(State.tried, _tried(address)),
        ),
        role="status",
        class_name="mail-notice",
    )


def bounced_before() -> rx.Component:
    """Say on the page of a link that its address did not work; who reads this may have no other."""
    return el.div(
        icon("alert"),
        el.p(
            t(
                "An earlier email to this address couldn't be delivered. If you no longer use it, submit a new "
                "ticket with another address."
            ),
            " ",
            el.a(t("Submit a ticket"), href=href(NEW_TICKET)),
            " ",
            also_here(),
        ),
        class_name="note",
        custom_attrs={"data-tone": "warn", "data-testid": "mail-problem"},
    )


def _problem(why: Any, address: Any) -> rx.Component:
    return el.div(
        icon("mail"),
        el.div(
            el.p(
                rx.cond(
                    why == "complained",
                    t(
                        "Our emails to {address} were marked as spam, so we've stopped sending alerts there.",
                        address=address,
                    ),
                    t(
                        "We couldn't deliver our emails to {address}. Check your address. Until it works, we "
                        "won't send alerts there.",
                        address=address,
                    ),
                )
            ),
            rx.cond(State.problem != "", el.p(State.problem, role="alert")),
            el.div(
                el.button(
                    t("Try again"),
                    type="button",
                    class_name="btn btn--small",
                    disabled=~is_live(),
                    on_click=State.try_again,
                ),
                class_name="cluster",
            ),
            class_name="stack",
        ),
        class_name="note offer",
        custom_attrs={"data-tone": "warn", "data-testid": "mail-problem"},
    )


def _tried(address: Any) -> rx.Component:
    return el.div(
        icon("check"),
        el.p(
            t(
                "We've sent another email to {address}. If nothing arrives in a few minutes, check the address.",
                address=address,
            )
        ),
        class_name="note offer",
        custom_attrs={"data-tone": "good", "data-testid": "mail-tried"},
    )
