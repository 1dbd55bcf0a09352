"""Tickets that a customer sent as a guest before: the offer to add them, and to undo it."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.forms import code_field, new_code, post_form, problem, submit
from ticket_portal.components.hooks import as_handler, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import date_time, t, tn
from ticket_portal.states.claims import ClaimState as State
from ticket_portal.states.session import SessionState


def offer() -> rx.Component:
    """Offer to add them; where the address was not proved lately, the code is asked for here."""
    later, put_off = _later("offer", "claim-" + State.found.to_string())
    return rx.cond(
        (State.found > 0) & (State.code_sent | ~later),
        el.section(
            el.h2(
                tn(
                    "We found 1 ticket sent from this email address. Add it to your account?",
                    "We found {n} tickets sent from this email address. Add them to your account?",
                    State.found,
                )
            ),
            problem(State),
            rx.cond(State.code_sent, _enter_code(), _choose(put_off)),
            class_name="card stack offer",
            custom_attrs={"data-testid": "claim-offer"},
        ),
    )


def _choose(put_off: Any) -> rx.Component:
    return el.div(
        post_form(
            "/auth/claim", el.button(t("Add"), type="submit", class_name="btn btn--primary btn--small")
        ),
        el.button(t("Not now"), type="button", class_name="btn btn--quiet btn--small", on_click=put_off),
        class_name="cluster",
    )


def _enter_code() -> rx.Component:
    return rx.fragment(
        el.p(t("We sent a 6-digit code to {address}.", address=SessionState.account)),
        post_form("/auth/claim/verify", code_field(State), submit(t("Verify")), class_name="form"),
        new_code("/auth/claim/send-code", State.resend_at),
    )


def just_added() -> rx.Component:
    """Say on the list what was added, until the person has taken note."""
    later, put_off = _later("added", "added-" + State.undo_until)
    ok = el.button(t("OK"), type="button", class_name="btn btn--quiet btn--small", on_click=put_off)
    return rx.fragment(
        rx.cond(State.found == 0, problem(State)),  # of "Undo"; the offer says what "Add" came to
        rx.cond((State.added > 0) & ~later, _added(ok)),
    )


def added() -> rx.Component:
    """Say in the settings what was added, for as long as it can be undone."""
    return rx.cond(State.added > 0, _added())


def _added(*more: rx.Component) -> rx.Component:
    return el.div(
        icon("check"),
        el.div(
            el.p(
                tn(
                    "1 ticket was added to your account.",
                    "{n} tickets were added to your account.",
                    State.added,
                ),
                " ",
                t("You can undo this until {time}.", time=date_time(State.undo_until)),
            ),
            el.div(
                post_form(
                    "/auth/claim/undo",
                    el.button(t("Undo"), type="submit", class_name="btn btn--small"),
                ),
                *more,
                class_name="cluster",
            ),
            class_name="stack",
        ),
        class_name="note offer",
        custom_attrs={"data-tone": "good", "data-testid": "claim-added"},
    )


def _later(name: str, what: Any) -> tuple[rx.Var, rx.Var]:
    """Return whether the person put this off, and the handler that does."""
    data = hook_value("later", "useLater", name, viewer=SessionState.viewer_key, what=what)
    later = rx.Var(f"{name}.later", _var_data=data).to(bool)
    return later, as_handler(rx.Var(f"{name}.put", _var_data=data))
