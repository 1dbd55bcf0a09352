"""A guest's page: the link alone shows number and masked address; the code opens the ticket."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import GUEST_TICKETS
from ticket_portal.components.forms import form_card, hidden, post_form, problem
from ticket_portal.components.frame import frame
from ticket_portal.components.guest_code import asks, ended_ticket, enter_code, has_ended, send_code, sent
from ticket_portal.components.icons import icon
from ticket_portal.components.routing import route_param
from ticket_portal.components.settings.addresses import bounced_before, mail_notice
from ticket_portal.components.ticket.notice import notice
from ticket_portal.components.words import href, t, tn
from ticket_portal.pages.conversation import not_there, open_ticket
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.guest import GuestState as State
from ticket_portal.states.session import SessionState


def guest() -> rx.Component:
    """Show what this browser may see of the link's ticket."""
    reading = (State.stage == "open") & ~ConversationState.session_over
    return frame(
        rx.cond(
            State.link != route_param("token"),
            _waiting(),
            rx.match(
                State.stage,
                ("invalid", _invalid()),
                ("open", rx.cond(ConversationState.session_over, ended_ticket(_token()), _ticket())),
                rx.cond(has_ended(), ended_ticket(_token()), _verify()),
            ),
        ),
        kind="reading",
        guest=reading & (SessionState.guest_address != ""),
    )


def _ticket() -> rx.Component:
    return rx.cond(
        ConversationState.missing,
        not_there(),
        rx.fragment(
            mail_notice(SessionState.guest_mail_problem, SessionState.guest_address), _others(), open_ticket()
        ),
    )


def _others() -> rx.Component:
    return rx.cond(
        State.others > 0,
        el.p(
            el.a(
                tn("You have 1 other ticket", "You have {n} other tickets", State.others),
                href=href(GUEST_TICKETS),
            ),
            class_name="crumbs",
        ),
    )


def _waiting() -> rx.Component:
    return el.div(
        el.div(
            el.div(
                el.span(class_name="tile bone"),
                el.h1(el.span(t("Your ticket"), class_name="sr"), el.span(class_name="bone bone--2")),
                el.p(el.span(class_name="bone bone--3")),
                class_name="form__head",
            ),
            el.span(class_name="bone bone--btn"),
            class_name="card",
        ),
        el.p(t("Loading…"), class_name="sr", role="status"),
        class_name="narrow",
    )


def _invalid() -> rx.Component:
    return el.div(
        notice(
            "link",
            t("This link is no longer valid"),
            t("Use the link in our latest email, or request your links again."),
            el.a(t("Find my ticket"), href=href("/find-ticket"), class_name="btn btn--primary"),
        ),
        class_name="narrow",
    )


def _verify() -> rx.Component:
    return el.div(
        rx.cond(State.code_sent, _enter_code(), _ask_for_code()),
        rx.cond(
            State.code_sent,
            rx.fragment(),
            el.p(t("Not your address? You can close this page. Nothing was sent."), class_name="form__foot"),
        ),
        post_form(
            "/auth/guest/not-me",
            _token(),
            el.span(t("Didn't send this ticket?")),
            el.button(t("This wasn't me"), type="submit", class_name="btn btn--quiet btn--small"),
            class_name="form__foot",
        ),
        class_name="narrow",
    )


def _ask_for_code() -> rx.Component:
    return form_card(
        t("Ticket {number}", number=State.ticket),
        asks(),
        el.div(_notes(), send_code(_token()), class_name="form"),
        tile="lock",
    )


def _enter_code() -> rx.Component:
    return form_card(t("Enter the code"), sent(), el.div(_notes(), enter_code(_token()), class_name="form"))


def _token() -> rx.Component:
    """Carry the link's token in the form; the address bar has it, no page that was built does."""
    return hidden("token", State.link)


def _notes() -> rx.Component:
    return rx.fragment(
        problem(State),
        rx.cond(State.bounced, bounced_before()),
        rx.cond(State.signed_in_as != "", _somebody_else()),
    )


def _somebody_else() -> rx.Component:
    return el.div(
        icon("user"),
        el.div(
            el.p(
                t(
                    "You're signed in as {address}, but this ticket belongs to another address. Continue as a "
                    "guest with a code, or switch accounts.",
                    address=State.signed_in_as,
                )
            ),
            post_form(
                "/auth/guest/switch",
                _token(),
                el.button(t("Switch account"), type="submit", class_name="btn btn--small"),
            ),
            class_name="stack",
        ),
        class_name="note",
        custom_attrs={"data-tone": "plain"},
    )
