"""Requests for details: the requester's checklist, and what both sides see of the answers."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.elements import NativeForm
from ticket_portal.components.files import ACCEPTED, Piece, file_texts, unsent_file
from ticket_portal.components.hooks import RunsHook, js_handler
from ticket_portal.components.icons import icon
from ticket_portal.components.ticket.shield import SECRETS
from ticket_portal.components.words import date_time, t, utc_time
from ticket_portal.domain.text.blockchains import CHAINS
from ticket_portal.domain.tickets.detail_requests import LONGEST_ANSWER, LONGEST_LINE, DetailView
from ticket_portal.i18n.catalogues import msg

UTC = "UTC"
NETWORKS = (
    "Bitcoin",
    "Lightning",
    "Ethereum (ERC-20)",
    "BNB Smart Chain (BEP-20)",
    "TRON (TRC-20)",
    "Solana",
    "Polygon",
    "Arbitrum One",
    "Optimism",
    "Base",
    "Avalanche C-Chain",
    "TON",
)

PROBLEMS = {
    **SECRETS,
    "nothing": msg("Fill in at least one, or tell us why you can't."),
    "reason": msg("Tell us briefly why you can't provide this."),
    "several": msg("This contains more than one transaction ID. Keep only the one you mean."),
    "other_network": msg("This ID belongs to another network, not {network}. Check the network and the ID."),
    "address": msg("This looks like an address. You'll find the transaction ID in the transfer details."),
    "hex": msg("A {network} transaction ID has 64 characters (0–9 and a–f). This one has {n}."),
    "evm": msg("A {network} transaction ID starts with 0x and has 66 characters. This one has {n}."),
    "signature": msg("A {network} transaction ID has 86 to 88 letters and digits. This one has {n}."),
    "txid": msg("This isn't a transaction ID. Copy the whole ID from the transfer details."),
    "amount": msg("Enter the amount and the currency, for example 0.5 BTC."),
    "future": msg("This date is in the future. Check the date, time and time zone."),
    "uploading": msg("This file is still uploading. Send it once it's done."),
}


@dataclass(frozen=True)
class Item(DetailView):
    """An item as the browser lists it: with what is filled in on this device, and what is wrong with it."""

    id: str = ""
    typed: str = ""
    reason: str = ""
    declined: bool = False
    chosen_chain: str = ""
    own_zone: str = ""
    problem: str = ""
    owner: str = ""
    box: str = ""
    files: list[Piece] = field(default_factory=list)


def checklist_effects(viewer: rx.Var, ticket: rx.Var, details: rx.Var) -> rx.Component:
    """Run what the checklists of a page do by themselves."""
    return RunsHook.create(
        "details/checklists",
        "useChecklists",
        viewer=viewer,
        number=ticket,
        details=details,
        texts=PROBLEMS,
        file_texts=file_texts(),
    )


def count_of(wanted: rx.Var[list[Item]], settled: rx.Var[int]) -> rx.Component:
    """Show how much of a request is done."""
    return rx.cond(
        wanted.length() > 0,
        el.span(
            t("{n} of {total} answered", n=settled, total=wanted.length()),
            class_name="ask__count",
            custom_attrs={"data-testid": "details-count"},
        ),
    )


def checklist(line: Any, *, can_answer: rx.Var[bool]) -> rx.Component:
    """Show what a request asks for; open items as fields to whoever may answer."""
    items = el.ol(
        rx.foreach(line.wanted, lambda item: _item(item, can_answer)),
        class_name="details",
    )
    return rx.cond(
        line.wanted.length() > 0,
        rx.cond(
            can_answer & (line.open > 0),
            NativeForm.create(
                el.fieldset(
                    el.legend(t("Details we need"), class_name="sr"),
                    items,
                    _send(line),
                    disabled=line.busy,
                    class_name="details__form",
                ),
                method="post",
                action="#",
                no_validate=True,
                auto_complete="off",
                custom_attrs={"data-request": line.seq},
            ),
            el.ol(rx.foreach(line.wanted, _settled_item), class_name="details"),
        ),
    )


def answers(wanted: rx.Var[list[Item]]) -> rx.Component:
    """Show answers as the message that they are."""
    return el.div(
        el.ol(
            rx.foreach(wanted, lambda item: el.li(_settled(item), class_name="detail")), class_name="details"
        ),
        class_name="msg__body",
    )


def _send(line: Any) -> rx.Component:
    return el.div(
        el.p(line.problem, role="alert", class_name="field__error"),
        el.button(
            icon("send"),
            t("Send {n} of {total}", n=line.filled, total=line.open),
            type="submit",
            class_name="btn btn--primary",
            custom_attrs={"data-busy": line.busy.to_string()},
        ),
        class_name="details__bar",
    )


def _item(item: rx.Var[Item], can_answer: rx.Var[bool]) -> rx.Component:
    return el.li(rx.cond((item.state == "open") & can_answer, _open(item), _settled(item)), **_marks(item))


def _settled_item(item: rx.Var[Item]) -> rx.Component:
    return el.li(_settled(item), **_marks(item))


def _marks(item: rx.Var[Item]) -> dict[str, Any]:
    return {
        "class_name": "detail",
        "custom_attrs": {
            "data-testid": "detail",
            "data-state": item.state,
            "data-place": item.place,
            "data-kind": item.kind,
            "data-chain": item.chain,
        },
    }


def _name(item: rx.Var[Item]) -> rx.Component:
    """Say what is asked for: the kind, and the asker's own words."""
    kind = rx.match(
        item.kind,
        ("txid", _txid_name(item)),
        ("network", t("Network")),
        ("amount", t("Amount and currency")),
        ("moment", t("Date and time")),
        ("screenshot", t("Screenshot")),
        "",
    )
    return rx.match(
        item.kind,
        ("text", el.span(item.label)),
        el.span(rx.cond(item.label != "", t("{label}: {value}", label=kind, value=item.label), kind)),
    )


def _txid_name(item: rx.Var[Item]) -> rx.Var:
    return rx.cond(
        item.chain != "",
        t("Transaction ID ({network})", network=rx.match(item.chain, *CHAINS.items(), "")),
        t("Transaction ID"),
    )


def _settled(item: rx.Var[Item]) -> rx.Component:
    return rx.fragment(
        el.p(
            rx.match(
                item.state,
                ("answered", icon("check")),
                ("declined", icon("close")),
                icon("clock"),
            ),
            el.span(_name(item)),
            class_name="detail__name",
        ),
        rx.match(
            item.state,
            ("answered", el.p(_answer(item), class_name="detail__answer")),
            (
                "declined",
                el.p(t("Can't provide this: {reason}", reason=item.answer), class_name="detail__answer"),
            ),
            el.p(t("Not answered yet"), class_name="detail__answer muted"),
        ),
    )


def _answer(item: rx.Var[Item]) -> rx.Component:
    return rx.match(
        item.kind,
        ("txid", el.span(item.answer, class_name="chip")),
        (
            "moment",
            rx.cond(
                item.answer != "",
                rx.fragment(
                    el.time(date_time(item.answer), date_time=item.answer, title=utc_time(item.answer)),
                    " · ",
                    el.span(utc_time(item.answer), class_name="muted"),
                ),
            ),
        ),
        el.span(item.answer),
    )


def _open(item: rx.Var[Item]) -> rx.Component:
    wrong = item.problem != ""
    return rx.fragment(
        el.div(el.label(_name(item), html_for=item.id), class_name="field__label"),
        el.div(
            rx.match(
                item.kind,
                ("txid", _txid_field(item)),
                ("network", _network_field(item)),
                ("amount", _line_field(item, placeholder=t("0.5 BTC"))),
                ("moment", _moment_field(item)),
                ("screenshot", _screenshot_field(item)),
                _area_field(item, "value", item.id, item.typed),
            ),
            class_name="detail__value",
        ),
        el.div(
            el.label(t("I can't provide this because…"), html_for=item.id + "-reason", class_name="sr"),
            _area_field(item, "reason", item.id + "-reason", item.reason),
            class_name="detail__reason",
        ),
        el.p(
            rx.cond(wrong, icon("alert"), rx.fragment()),
            el.span(item.problem),
            id=item.id + "-problem",
            role="alert",
            class_name="field__error",
        ),
        el.label(
            el.input(type="checkbox", name="declined", default_checked=item.declined),
            t("I can't provide this because…"),
            class_name="detail__decline",
        ),
    )


def _common(item: rx.Var[Item]) -> dict[str, Any]:
    return {
        "class_name": "input",
        "aria_invalid": rx.cond(item.problem != "", "true", "false"),
        "aria_describedby": item.id + "-problem",
    }


def _line_field(item: rx.Var[Item], **attributes: Any) -> rx.Component:
    return el.input(
        id=item.id,
        name="value",
        default_value=item.typed,
        max_length=LONGEST_LINE,
        **_common(item),
        **attributes,
        custom_attrs={"spellCheck": "false"},
    )


def _area_field(item: rx.Var[Item], name: str, identity: Any, value: Any) -> rx.Component:
    return el.textarea(
        id=identity, name=name, default_value=value, rows="1", max_length=LONGEST_ANSWER, **_common(item)
    )


def _txid_field(item: rx.Var[Item]) -> rx.Component:
    return rx.fragment(
        el.input(
            id=item.id,
            name="value",
            default_value=item.typed,
            max_length=LONGEST_ANSWER,
            **_common(item),
            custom_attrs={"autoCapitalize": "none", "spellCheck": "false"},
        ),
        rx.cond(
            item.chain == "",
            el.select(
                el.option(t("Network: I'm not sure"), value=""),
                *[el.option(name, value=code) for code, name in CHAINS.items()],
                name="chain",
                default_value=item.chosen_chain,
                class_name="input",
                aria_label=t("Network"),
            ),
        ),
        el.p(t("You can also paste its link from a block explorer."), class_name="field__hint"),
    )


def _network_field(item: rx.Var[Item]) -> rx.Component:
    suggestions = item.id + "-networks"
    return rx.fragment(
        el.input(
            id=item.id,
            name="value",
            default_value=item.typed,
            max_length=LONGEST_LINE,
            **_common(item),
            custom_attrs={"list": suggestions},
        ),
        el.datalist(*[el.option(value=network) for network in NETWORKS], id=suggestions),
    )


def _moment_field(item: rx.Var[Item]) -> rx.Component:
    return el.div(
        el.input(
            id=item.id,
            name="value",
            type="datetime-local",
            default_value=item.typed,
            **_common(item),
        ),
        el.select(
            el.option(item.own_zone, value=item.own_zone),
            el.option(UTC, value=UTC),
            name="zone",
            class_name="input",
            aria_label=t("Time zone"),
        ),
        class_name="row2",
    )


def _screenshot_field(item: rx.Var[Item]) -> rx.Component:
    drop = lambda file: js_handler("uploads", "dropFile", viewer=item.owner, place=item.box, key=file.key)  # noqa: E731
    return rx.fragment(
        el.input(
            type="file",
            multiple=True,
            accept=ACCEPTED,
            tab_index=-1,
            class_name="sr",
            aria_hidden="true",
            custom_attrs={"data-testid": "detail-file-input"},
        ),
        el.button(
            icon("paperclip"),
            t("Choose a screenshot"),
            id=item.id,
            type="button",
            class_name="btn btn--small",
            aria_label=t("Choose a screenshot"),  # else the field's label would be its name
            aria_describedby=item.id + "-problem",
            custom_attrs={"data-picks": "true"},
        ),
        rx.cond(
            item.files.length() > 0,
            el.ul(
                rx.foreach(item.files, lambda file: unsent_file(file, drop(file))),
                class_name="files",
                aria_label=t("Files to send"),
            ),
        ),
    )
