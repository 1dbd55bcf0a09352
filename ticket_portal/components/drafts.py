"""Drafts as people see them: "Saved 12:04" beside the button, and what was typed when the session ended."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.connection import is_live
from ticket_portal.components.hooks import dispatcher, hook_value
from ticket_portal.components.words import clock_time, t
from ticket_portal.states.drafts import DraftState


def saved(writer: Any, place: Any) -> rx.Component:
    """Say when what is being written was saved last; keeping it is done by this too, so it stands once in a form."""
    data = hook_value(
        "drafts",
        "useDraft",
        "savedAt",
        writer=writer,
        place=place,
        live=is_live(),
        server=DraftState.place,
        kept=DraftState.draft,
        saved_at=DraftState.saved_at,
        dispatch=dispatcher(DraftState.save),
    )
    at = rx.Var("savedAt", _var_data=data).to(str)
    return el.span(
        rx.cond(at != "", t("Saved {time}", time=clock_time(at)), ""),
        class_name="field__hint",
        custom_attrs={"data-testid": "draft-saved"},
    )


def ended_box(number: Any, over: Any, *content: rx.Component, always: bool = False) -> rx.Component:
    """Stand in the place of the composer whose session ended: what was typed, and how to go on.

    Unless it is there `always`, it is there only where something was typed.
    """
    data = hook_value("drafts", "useEndedDraft", "endedDraft", number=number, over=over)
    typed = rx.Var('endedDraft.text !== ""', _var_data=data).to(bool)
    field = rx.fragment(
        el.label(t("Your reply"), class_name="sr", html_for="reply"),
        el.textarea(
            id="reply",
            rows="1",
            class_name="input",
            custom_attrs={"ref": rx.Var("endedDraft.ref", _var_data=data)},
        ),
    )
    box = el.div(
        el.div(rx.cond(typed, field), *content, class_name="stack"),
        class_name="composer",
        custom_attrs={"data-testid": "composer"},
    )
    return box if always else rx.cond(typed, box)
