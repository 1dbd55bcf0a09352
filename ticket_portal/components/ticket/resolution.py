"""How a ticket ends: "did this solve it?", the rating, what was joined and what follows."""

import reflex as rx
from reflex import el

from ticket_portal.addresses import NEW_TICKET, TICKET
from ticket_portal.components.answered_form import answered_form
from ticket_portal.components.connection import is_live
from ticket_portal.components.elements import A, NativeForm
from ticket_portal.components.hooks import dispatcher, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.people import of_team
from ticket_portal.components.words import date, href, t
from ticket_portal.domain.tickets.resolution import LONGEST_COMMENT
from ticket_portal.sets.statuses import Status
from ticket_portal.states.resolution import ResolutionState as State

LONGEST_LINE = 500

_WHY = hook_value(
    "resolution",
    "useWhy",
    "whyForm",
    viewer=State.writer,
    number=State.ticket,
    done=dispatcher(lambda _item: State.stop_asking_why()),
)


def resolved_text() -> rx.Var:
    """Say until when it waits for a word."""
    return t(
        "Tell us whether this helped. If we don't hear from you, the ticket closes automatically on {date}.",
        date=date(State.resolution.closes_at),
    )


def closed_text() -> rx.Var:
    """Say until when it can be reopened, or that it can't."""
    return rx.cond(
        State.can_reopen,
        t("Send a message by {date} to reopen it.", date=date(State.reopen_until)),
        t("It closed on {date} and can no longer be reopened.", date=date(State.resolution.closed_at)),
    )


def closing_text() -> rx.Component:
    """Say when a ticket that waits for its requester closes, once they were told by e-mail."""
    return rx.cond(
        (State.status == Status.WAITING_CUSTOMER) & (State.resolution.closes_at != ""),
        el.p(
            t(
                "If we don't hear from you, the ticket closes automatically on {date}.",
                date=date(State.resolution.closes_at),
            )
        ),
    )


def next_steps() -> rx.Component:
    """Offer what its requester can do about the end of a ticket."""
    return rx.fragment(
        closing_text(),
        rx.match(
            State.status,
            (Status.RESOLVED, _confirm()),
            (Status.CLOSED, _after_closing()),
            (Status.MERGED, el.div(other_ticket(), class_name="cluster")),
            (Status.NEW, Status.OPEN, Status.WAITING_CUSTOMER, Status.ON_HOLD, rx.fragment()),
            rx.fragment(),
        ),
        rx.cond((State.asks_why_in == State.ticket) & _goes_on(), _why()),
    )


def _goes_on() -> rx.Var[bool]:
    return (
        (State.status != Status.RESOLVED) & (State.status != Status.CLOSED) & (State.status != Status.MERGED)
    )


def _confirm() -> rx.Component:
    return el.div(
        el.button(
            t("Yes, close it"),
            type="button",
            class_name="btn btn--primary btn--small",
            disabled=~is_live(),
            on_click=State.confirm_solved,
        ),
        el.button(
            t("No, I still need help"),
            type="button",
            class_name="btn btn--small",
            disabled=~is_live(),
            on_click=State.still_need_help,
        ),
        class_name="cluster",
    )


def _why() -> rx.Component:
    return NativeForm.create(
        el.label(t("What is still missing?"), " ", el.small(t("optional")), html_for="why"),
        el.input(id="why", name="why", class_name="input", max_length=LONGEST_LINE, auto_complete="off"),
        el.div(
            el.button(t("Tell the team"), type="submit", class_name="btn btn--primary btn--small"),
            el.button(
                t("Skip"),
                type="button",
                class_name="btn btn--quiet btn--small",
                on_click=State.stop_asking_why,
            ),
            class_name="cluster",
        ),
        method="post",
        action="#",
        class_name="answer",
        custom_attrs={"ref": rx.Var("whyForm", _var_data=_WHY)},
    )


def _after_closing() -> rx.Component:
    return rx.fragment(
        rx.cond(State.can_reopen, rx.fragment(), el.div(follow_up_link(), class_name="cluster")),
        rx.cond(
            State.resolution.can_rate
            & ((State.resolution.score == 0) | (State.rating_again_in == State.ticket)),
            _rating_form(),
            rx.cond(State.resolution.score > 0, _rated()),
        ),
    )


def _rating_form() -> rx.Component:
    words = (t("Very bad"), t("Bad"), t("Okay"), t("Good"), t("Very good"))
    return answered_form(
        "ratingForm",
        State.rate,
        el.fieldset(
            el.legend(t("How was our help?")),
            *[_score(place, word) for place, word in enumerate(words, 1)],
            class_name="scores",
        ),
        el.label(t("Anything you would like to tell us?"), " ", el.small(t("optional")), html_for="comment"),
        el.textarea(
            id="comment",
            name="comment",
            class_name="input",
            rows="2",
            max_length=LONGEST_COMMENT,
            default_value=State.resolution.comment,
        ),
        refusal(),
        el.div(
            el.button(
                t("Send rating"), type="submit", class_name="btn btn--primary btn--small", disabled=~is_live()
            ),
            class_name="cluster",
        ),
        class_name="answer",
    )


def _score(score: int, word: rx.Var) -> rx.Component:
    return el.label(
        el.input(
            type="radio", name="score", value=str(score), default_checked=State.resolution.score == score
        ),
        el.b(str(score)),
        " ",
        el.span(word),
    )


def _rated() -> rx.Component:
    return el.div(
        el.p(t("Thank you! Your rating: {score} of 5.", score=State.resolution.score), role="status"),
        rx.cond(State.resolution.comment != "", el.p(t("“{comment}”", comment=State.resolution.comment))),
        rx.cond(
            State.resolution.can_rate,
            el.button(
                t("Change rating"),
                type="button",
                class_name="btn btn--quiet btn--small",
                disabled=~is_live(),
                on_click=State.rate_again,
            ),
        ),
        class_name="answer",
    )


def refusal() -> rx.Component:
    """Say why a form of this page was refused."""
    return rx.cond(
        (State.refusal != "") & (State.refusal_in == State.ticket),
        el.p(
            icon("alert"),
            el.span(State.refusal),
            role="alert",
            class_name="field__error",
            custom_attrs={"data-testid": "form-error", "data-code": "refused"},
        ),
    )


def follow_up_link() -> rx.Component:
    """Lead to a new ticket that follows this one."""
    return el.a(
        icon("plus"),
        t("Start a follow-up"),
        href=href(NEW_TICKET + "?follow_up=" + State.ticket.to_string()),
        class_name="btn btn--small",
    )


def other_ticket() -> rx.Component:
    """Lead from a joined ticket to the one in which it goes on."""
    to = State.resolution.joined_with
    name = t("Go to ticket {number}", number=to)
    return rx.cond(
        State.by_link,
        # The same link: the server knows where it leads.
        A.create(name, href="?joined=" + State.ticket.to_string(), class_name="btn btn--primary btn--small"),
        A.create(
            name,
            href=href(TICKET + to.to_string() + "?joined=" + State.ticket.to_string()),
            class_name="btn btn--primary btn--small",
        ),
    )


def joined_notice() -> rx.Component:
    """Tell whoever followed the address of a joined ticket where they are."""
    original = t("Read ticket {number}", number=State.came_from)
    return rx.cond(
        State.came_from > 0,
        el.div(
            icon("link"),
            el.div(
                el.p(
                    t(
                        "Ticket {number} was joined with {other}. You're viewing {other}.",
                        number=State.came_from,
                        other=State.ticket,
                    )
                ),
                el.p(
                    rx.cond(
                        State.by_link,
                        A.create(original, href="?original=1"),
                        A.create(original, href=href(TICKET + State.came_from.to_string() + "?original=1")),
                    )
                ),
            ),
            class_name="note",
            role="status",
        ),
    )


def related(base: str) -> rx.Component:
    """Name the tickets before and after this one; `base` is where this reader finds tickets by number."""
    return rx.cond(
        (State.resolution.follows > 0) | (State.resolution.followed_by > 0),
        el.p(
            rx.cond(
                State.resolution.follows > 0,
                el.span(t("Follow-up to ticket"), " ", _by_number(base, State.resolution.follows)),
            ),
            rx.cond(
                State.resolution.followed_by > 0,
                el.span(t("Continued in ticket"), " ", _by_number(base, State.resolution.followed_by)),
            ),
            class_name="ticket__meta",
        ),
    )


def _by_number(base: str, number: rx.Var) -> rx.Component:
    return rx.cond(
        State.by_link,
        el.span(number, class_name="num"),
        el.a(number, href=href(base + number.to_string()), class_name="num"),
    )


def no_reply_note() -> rx.Component:
    """Say, instead of a composer, why nothing can be sent, and where it goes on."""
    return el.div(
        icon("lock"),
        rx.cond(
            State.status == Status.MERGED,
            el.div(
                el.p(t("This ticket was joined with {number}.", number=State.resolution.joined_with)),
                rx.cond(of_team(), rx.fragment(), el.div(other_ticket(), class_name="cluster")),
            ),
            el.div(
                el.p(t("This ticket is closed and can't be reopened.")),
                rx.cond(
                    of_team(),
                    rx.fragment(),
                    el.div(
                        follow_up_link(), el.span(t("We'll link it to this ticket.")), class_name="cluster"
                    ),
                ),
            ),
        ),
        class_name="note",
        custom_attrs={"data-tone": "plain"},
    )


def can_write() -> rx.Var[bool]:
    """Whether a message can still be sent in this ticket."""
    return (State.status != Status.MERGED) & ((State.status != Status.CLOSED) | State.can_reopen)
