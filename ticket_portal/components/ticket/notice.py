"""What stands where there is nothing else to see: empty, not found, ended."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.addresses import TICKETS
from ticket_portal.components.contact import also_here
from ticket_portal.components.drafts import ended_box
from ticket_portal.components.icons import icon
from ticket_portal.components.words import href, t
from ticket_portal.sets.roles import Role
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.session import SessionState


def notice(
    name: str, title: Any, text: Any, *actions: rx.Component, tone: str = "", heading: str = "h1"
) -> rx.Component:
    """Show a calm card: an icon, what is the case, and what to do now."""
    head = el.h1(title) if heading == "h1" else el.h2(title)
    return el.section(
        el.span(icon(name), class_name="tile", custom_attrs={"data-tone": tone} if tone else {}),
        head,
        el.p(text),
        el.div(*actions, class_name="cluster") if actions else rx.fragment(),
        class_name="card empty",
    )


def session_ended(heading: str = "h1") -> rx.Component:
    """Say that the session ended, and that nothing was lost."""
    return notice(
        "lock",
        t("Your session ended"),
        t("What you wrote is saved on this device. Sign in again to pick up where you left off."),
        el.a(
            t("Sign in"),
            href=_sign_in_here(),
            class_name="btn btn--primary",
        ),
        tone="bad",
        heading=heading,
    )


def ticket_session_ended(number: Any) -> rx.Component:
    """Say that the session ended, with what was being written; signing in leads back to it."""
    return rx.fragment(
        session_ended(),
        el.div(
            ended_box(
                number,
                ConversationState.session_over,
                el.div(
                    el.a(t("Sign in again"), href=_sign_in_here(), class_name="btn btn--primary"),
                    class_name="composer__bar",
                ),
            ),
            class_name="dock",
        ),
    )


def _sign_in_here() -> Any:
    return href("/sign-in") + "?next=" + rx.State.router.url.path


def ticket_locked() -> rx.Component:
    """Answer for a ticket whose sender's address said "this wasn't me"."""
    return notice("lock", t("This ticket is locked"), also_here(), tone="bad")


def ticket_missing() -> rx.Component:
    """Answer for a ticket that is not there, or not theirs: the same page."""
    return notice(
        "ticket",
        t("We can't find that ticket"),
        t("Check the number. It may also belong to another account."),
        rx.cond(
            SessionState.role == Role.NOBODY,
            el.a(t("Find my ticket"), href=href("/find-ticket"), class_name="btn btn--primary"),
            el.a(t("My tickets"), href=href(TICKETS), class_name="btn btn--primary"),
        ),
    )
