"""Each member of a closed set has all that belongs to it; what a new one lacks is named here.

The sets: alert kinds, their channels, preferences and notices (`domain/alerts/kinds.py`), entries of a ticket's log
(`domain/history.py`). How to add one: docs/how-to.md.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import pytest
import reflex as rx

from ticket_portal.components import mail_kinds
from ticket_portal.components.settings import preferences as settings_page
from ticket_portal.components.ticket import message as ticket_page
from ticket_portal.delivery import channels, push
from ticket_portal.delivery.emails import samples, texts
from ticket_portal.delivery.mail.mailbox import Mailbox
from ticket_portal.delivery.push.webpush import WebPush
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.alerts.kinds import (
    ALERTS,
    CHANNELS,
    GATHERED,
    AlertKind,
    Channel,
    Notice,
    Preference,
)
from ticket_portal.domain.history import EVENTS, EventKind, MessageKind, ShownAs
from ticket_portal.pages.updates import sentences as update_sentences
from ticket_portal.store.unit_of_work import Store

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "ticket_portal").rglob("*.py"))
VALUES = {value for of in (AlertKind, Channel, Notice, EventKind, MessageKind) for value in of}


def lacks(members: Iterable[StrEnum], found: Iterable[object]) -> list[str]:
    """The members that are not among what was found, by the names that a developer greps for."""
    got = set(found)
    return [f"{type(one).__name__}.{one.name}" for one in members if one not in got]


def test_each_has_its_rules():
    assert lacks(AlertKind, ALERTS) == []
    assert lacks(Channel, CHANNELS) == []
    assert lacks(EventKind, EVENTS) == []


def test_what_is_gathered_has_a_rank_of_its_own_and_can_be_turned_off():
    demands = [ALERTS[kind].demand for kind in GATHERED]
    assert all(demand > 0 for demand in demands)
    assert len(set(demands)) == len(demands)
    assert [kind for kind in GATHERED if not (ALERTS[kind].preference and ALERTS[kind].about_ticket)] == []
    immediate = [rules for rules in ALERTS.values() if rules.immediate]
    assert [rules for rules in immediate if rules.preference or rules.true_while or rules.demand] == []
    assert lacks(Preference, [rules.preference for rules in ALERTS.values()]) == []


def arguments(tree: ast.AST) -> Iterator[str]:
    """What is handed to functions, written as "AlertKind.REPLY"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = [*node.args, *(word.value for word in node.keywords)]
            yield from (
                ast.unparse(n) for part in given for n in ast.walk(part) if isinstance(n, ast.Attribute)
            )


@pytest.fixture(scope="module")
def written() -> set[str]:
    """All that the domain hands to a function."""
    found: set[str] = set()
    for source in (ROOT / "ticket_portal/domain").rglob("*.py"):
        if source.name != "kinds.py":
            found.update(arguments(ast.parse(source.read_text(encoding="utf-8"))))
    return found


@pytest.mark.parametrize("of", [AlertKind, EventKind, MessageKind])
def test_each_has_its_writer(written: set[str], of: type[StrEnum]):
    by_message = {f"EventKind.{name[12:]}" for name in written if name.startswith("MessageKind.")}
    assert [name for one in of if (name := f"{of.__name__}.{one.name}") not in written | by_message] == []


def test_each_notice_has_its_writer():
    domain = [p for p in (ROOT / "ticket_portal/domain").rglob("*.py") if p.name != "kinds.py"]
    names = " ".join(p.read_text(encoding="utf-8") for p in domain)
    assert [one.name for one in Notice if not re.search(rf"\bNotice\.{one.name}\b", names)] == []


def test_each_has_its_mail_and_a_sample_of_it():
    mailed = [kind for kind, rules in ALERTS.items() if Channel.EMAIL in rules.channels]
    assert lacks(mailed, [*texts.WRITERS, AlertKind.SECURITY]) == []
    assert lacks(mailed, [kind for kind, _data in samples.KINDS.values()]) == []
    assert lacks(Notice, texts.NOTICES) == []
    assert lacks(Notice, [data.get("what") for _kind, data in samples.KINDS.values()]) == []
    assert [kind for kind in texts.WRITERS if kind not in mailed] == []


@pytest.mark.parametrize("kind", [kind for kind, rules in ALERTS.items() if Channel.PUSH in rules.channels])
def test_each_can_be_pushed(database: Store, kind: AlertKind):
    data = next((data for of, data in samples.KINDS.values() if of == kind), {})
    device = DeviceForm("https://push.example.com/x", "key", "auth")
    delivery = samples.sample("reply", kind=kind, data=data, channel=Channel.PUSH, device=device)
    assert push.write(database.settings, delivery).payload["title"]


def test_each_has_its_name_where_it_is_shown():
    """Each is literal text in `t("…")`: that it has all six languages is what the catalogues' tests hold."""
    assert lacks(AlertKind, mail_kinds.names()) == []
    assert lacks(GATHERED, update_sentences(rx.Var("number").to(int))) == []
    assert lacks(Preference, settings_page.names()) == []
    assert lacks(Channel, settings_page.channel_names()) == []


def test_each_event_has_its_sentence_in_the_conversation():
    told = ticket_page.sentences(rx.Var("line").to(ticket_page.Line))
    by_sentence = [kind for kind, rules in EVENTS.items() if rules.shown == ShownAs.SENTENCE]
    assert lacks(by_sentence, told) == []
    assert [kind for kind in told if kind not in by_sentence] == []
    by_message = [kind for kind, rules in EVENTS.items() if rules.shown == ShownAs.MESSAGE]
    assert set(by_message) == {EventKind.CREATED, *map(EventKind, MessageKind)}


def test_each_channel_has_its_carrier(database: Store):
    settings = database.settings
    assert lacks(Channel, channels.writers(settings, Mailbox(database), WebPush(settings))) == []


def test_each_has_its_line_in_the_docs():
    def named(file: str) -> set[str]:
        return set(re.findall(r"`(\w+)`", (ROOT / "docs" / file).read_text(encoding="utf-8")))

    assert lacks(AlertKind, named("qa.md")) == []
    assert lacks(Channel, named("operations.md")) == []


def bare(tree: ast.AST) -> Iterator[int]:
    """Lines where a member is written as a bare string: who renames or adds one would not find them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(_is_kind(side) for side in (node.left, *node.comparators)):
            yield from [node.lineno] if any(_names(side) for side in (node.left, *node.comparators)) else []
        elif isinstance(node, ast.Call) and node.args and _is_kind(node.args[0]):
            yield from [node.lineno] if any(_names(case) for case in node.args[1:]) else []
        elif isinstance(node, ast.keyword) and node.arg in ("kind", "channel", "event"):
            yield from [node.value.lineno] if _names(node.value) else []
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            kinds = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value in ("kind", "channel")]
            yield from [v.lineno for v in kinds if isinstance(v, ast.Constant) and _names(v)]


def _is_kind(node: ast.AST) -> bool:
    """Whether it is called `kind`, `channel` or `event`, of whatever."""
    if isinstance(node, ast.Call) and node.args:  # col(Alert.kind), and col(Alert.kind).in_
        return _is_kind(node.args[0])
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ("kind", "channel", "event")


def _names(node: ast.AST) -> bool:
    """Whether it is a member's value, or a tuple, list or set with one."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(part, ast.Constant) and part.value in VALUES for part in parts)


def test_no_member_is_a_bare_string():
    broken = []
    for source in SOURCES:
        lines = bare(ast.parse(source.read_text(encoding="utf-8")))
        broken += [f"{source.relative_to(ROOT).as_posix()}:{line}" for line in lines]
    assert broken == [], bare.__doc__


@pytest.mark.parametrize(
    ("good", "wrong"),
    [
        ("alert.kind == AlertKind.CODE", 'alert.kind == "code"'),
        ('line.kind == "event"', 'line.kind in ("reply", "note")'),
        ("kind != MessageKind.NOTE", 'col(Message.kind) != "note"'),
        ("rx.match(line.event, (EventKind.CLOSED, x), y)", 'rx.match(line.event, ("closed", x), y)'),
        ("Alert(kind=AlertKind.TEST)", 'Alert(kind="test")'),
        ('{"kind": EventKind.REMINDER}', '{"kind": "reminder"}'),
        ('ticket.status == "closed"', 'delivery.channel == "push"'),
    ],
)
def test_a_bare_string_is_found(good: str, wrong: str):
    assert list(bare(ast.parse(good))) == []
    assert list(bare(ast.parse(wrong)))
