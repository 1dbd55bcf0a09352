"""The open ticket's head, whose turn it is, and what its page does by itself: for customers, guests and the team."""

import reflex as rx
from reflex import el

from ticket_portal.components.focus import keeps_focus
from ticket_portal.components.hooks import RunsHook, dispatcher
from ticket_portal.components.icons import icon
from ticket_portal.components.ticket.detail_requests import checklist_effects
from ticket_portal.components.ticket.resolution import closed_text, next_steps, resolved_text
from ticket_portal.components.ticket.thread import is_open
from ticket_portal.components.ticket.tickets import status_chip
from ticket_portal.components.words import date_time, rel_time_in_sentence, t
from ticket_portal.sets.statuses import Status
from ticket_portal.states.conversation import ConversationState as State


def effects() -> rx.Component:
    """Run what the open ticket does by itself: send what is unsent, tell what was read."""
    return rx.fragment(
        RunsHook.create(
            "conversation/lines",
            "useConversationSender",
            viewer=State.writer,
            number=State.ticket,
            live=is_open(),
            messages=State.messages,
            recent=State.recent,
            refused=State.refused,
            dispatch=dispatcher(State.send),
        ),
        RunsHook.create(
            "conversation/lines",
            "useWhole",
            messages=State.messages,
            recent=State.recent,
            after=State.recent_after,
            dispatch=dispatcher(lambda _item: State.catch_up()),
        ),
        RunsHook.create(
            "conversation/reading",
            "useSeen",
            number=State.ticket,
            last_seq=State.last_seq,
            live=is_open(),
            dispatch=dispatcher(State.seen),
        ),
        checklist_effects(State.writer, State.ticket, State.details),
        RunsHook.create("drafts", "useOpened", writer=State.writer, number=State.ticket),
    )


def turn() -> rx.Component:
    """Say in one sentence whose turn it is, before anything else."""
    place = keeps_focus("turnPlace")
    return el.div(
        rx.match(
            State.status,
            (Status.NEW, icon("inbox")),
            (Status.OPEN, Status.ON_HOLD, icon("clock")),
            (Status.WAITING_CUSTOMER, icon("reply")),
            (Status.RESOLVED, icon("check")),
            (Status.CLOSED, icon("lock")),
            (Status.MERGED, icon("link")),
            icon("clock"),
        ),
        el.div(
            el.p(
                rx.match(
                    State.status,
                    (Status.NEW, t("We received your ticket")),
                    (Status.OPEN, Status.ON_HOLD, t("It's with our team")),
                    (Status.WAITING_CUSTOMER, t("We're waiting for you")),
                    (Status.RESOLVED, t("Did this solve it?")),
                    (Status.CLOSED, t("This ticket is closed")),
                    (Status.MERGED, t("Joined with {number}", number=State.resolution.joined_with)),
                    t("Ticket {number}", number=State.ticket),
                ),
                class_name="turn__title",
            ),
            el.p(
                rx.match(
                    State.status,
                    (
                        Status.NEW,
                        rx.cond(
                            State.muted,
                            t("Our team will answer here."),
                            t("Our team will answer here. You'll get an email with every update."),
                        ),
                    ),
                    (
                        Status.OPEN,
                        Status.ON_HOLD,
                        rx.cond(
                            State.muted,
                            t("Our reply will appear here automatically."),
                            t("Our reply will appear here automatically, and you'll get an email."),
                        ),
                    ),
                    (Status.WAITING_CUSTOMER, t("Please reply in the conversation so we can continue.")),
                    (Status.RESOLVED, resolved_text()),
                    (Status.CLOSED, closed_text()),
                    (Status.MERGED, t("Please continue in that ticket.")),
                    "",
                )
            ),
            next_steps(),
            problem(),
        ),
        class_name="turn",
        tab_index=place["tab_index"],
        custom_attrs={"data-status": State.status, **place["custom_attrs"]},
    )


def problem() -> rx.Component:
    """Show why the last action was refused."""
    return rx.cond(
        State.problem != "",
        el.div(
            icon("alert"),
            el.p(State.problem),
            class_name="note",
            role="alert",
            custom_attrs={"data-testid": "form-error", "data-tone": "bad", "data-code": "refused"},
        ),
    )


def ticket_head(*actions: rx.Component, beside: tuple[rx.Component, ...] = ()) -> rx.Component:
    """Show the subject, the state and the number, and what stands beside them and below."""
    return el.header(
        el.h1(State.subject),
        el.p(
            status_chip(State.status, State.resolution.joined_with),
            el.span(t("Ticket {number}", number=State.ticket), class_name="num"),
            el.time(
                t("Sent {time}", time=rel_time_in_sentence(State.created_at)),
                date_time=State.created_at,
                title=date_time(State.created_at),
            ),
            *beside,
            class_name="ticket__meta",
        ),
        *actions,
        class_name="ticket__head",
    )
