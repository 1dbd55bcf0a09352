"""The dialog in which the team picks the details that it needs."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.elements import NativeForm
from ticket_portal.components.hooks import hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import t
from ticket_portal.domain.text.blockchains import CHAINS
from ticket_portal.domain.tickets.detail_requests import LONGEST_LINE, MOST_ITEMS
from ticket_portal.domain.tickets.messages import LONGEST_BODY


def asking(viewer: rx.Var, ticket: rx.Var) -> rx.Component:
    """The dialog in which the team picks what it needs."""
    data = hook_value("details/request", "useAsking", "asking", viewer=viewer, number=ticket)
    problem = rx.Var("asking.problem", _var_data=data).to(str)
    return el.dialog(
        NativeForm.create(
            el.h2(t("Which details do you need?"), id="asking-title"),
            el.fieldset(
                el.legend(t("Which details do you need?"), class_name="sr"),
                _choice("txid", t("Transaction ID")),
                el.select(
                    el.option(t("Any network"), value=""),
                    *[el.option(name, value=code) for code, name in CHAINS.items()],
                    name="chain",
                    class_name="input",
                    aria_label=t("Network of the transaction"),
                ),
                _choice("network", t("Network")),
                _choice("amount", t("Amount and currency")),
                _choice("moment", t("Date and time")),
                _choice("screenshot", t("Screenshot")),
                class_name="choices-list",
            ),
            _dialog_area("questions", t("Your own questions, one per line"), 3 * LONGEST_LINE),
            _dialog_area("message", t("Message (optional)"), LONGEST_BODY),
            el.p(
                rx.match(
                    problem,
                    ("nothing", t("Pick an item or write a question.")),
                    ("many", t("You can request up to {most} details.", most=MOST_ITEMS)),
                    "",
                ),
                role="alert",
                class_name="field__error",
            ),
            el.div(
                el.button(t("Cancel"), type="button", class_name="btn", custom_attrs={"data-cancel": "true"}),
                el.button(icon("send"), t("Ask for these"), type="submit", class_name="btn btn--primary"),
                class_name="cluster dialog__bar",
            ),
            method="post",
            action="#",
            no_validate=True,
            auto_complete="off",
            class_name="form",
        ),
        class_name="dialog",
        aria_labelledby="asking-title",
        custom_attrs={"ref": rx.Var("asking.ref", _var_data=data)},
    )


def _choice(kind: str, text: Any) -> rx.Component:
    return el.label(el.input(type="checkbox", name="kind", value=kind), el.span(text))


def _dialog_area(name: str, label: Any, longest: int) -> rx.Component:
    return el.div(
        el.div(el.label(label, html_for=f"asking-{name}"), class_name="field__label"),
        el.textarea(
            id=f"asking-{name}",
            name=name,
            rows="2",
            max_length=longest,
            class_name="input",
        ),
        class_name="field",
    )
