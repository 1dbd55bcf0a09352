"""Ticket details, for a guest who came from the list of their tickets."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import GUEST_TICKETS
from ticket_portal.components.forms import hidden
from ticket_portal.components.frame import frame
from ticket_portal.components.guest_code import ended_ticket, has_ended
from ticket_portal.components.routing import route_param
from ticket_portal.components.settings.addresses import mail_notice
from ticket_portal.components.ticket.thread import waiting_thread
from ticket_portal.components.words import href, t
from ticket_portal.pages.conversation import not_there, open_ticket
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.guest import GuestState
from ticket_portal.states.session import SessionState


def guest_conversation() -> rx.Component:
    """Show the ticket; when the session runs out, the code box in the place of the composer."""
    over = ConversationState.session_over | (GuestState.stage == "verify") | has_ended()
    return frame(
        el.nav(
            el.ol(
                el.li(el.a(t("Your tickets"), href=href(GUEST_TICKETS))),
                el.li(t("Ticket details"), aria_current="page"),
            ),
            class_name="crumbs",
            aria_label=t("Breadcrumb"),
        ),
        rx.cond(
            over, rx.fragment(), mail_notice(SessionState.guest_mail_problem, SessionState.guest_address)
        ),
        rx.cond(
            GuestState.link != route_param("number"),
            waiting_thread(),
            rx.cond(
                over,
                ended_ticket(hidden("number", GuestState.link)),
                rx.cond(
                    ConversationState.missing,
                    not_there(),
                    rx.cond(
                        ConversationState.shown != route_param("number"), waiting_thread(), open_ticket()
                    ),
                ),
            ),
        ),
        kind="reading",
        guest=~over & (SessionState.guest_address != ""),
    )
