"""An account's data as one ZIP: all that is theirs, nothing of anybody else, never an internal note."""

import io
import json
from uuid import uuid4
from zipfile import ZipFile

import pytest
from sqlmodel import select

from tests.cast import PASSWORD, opens, says
from ticket_portal.delivery import exports as archive
from ticket_portal.delivery.files import FileDesk
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, credentials
from ticket_portal.domain.errors import NotAllowed, NotYourPassword, TooMany
from ticket_portal.domain.history import PostedMessage
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.privacy import exports
from ticket_portal.domain.tickets import drafts, messages, muting, tickets
from ticket_portal.domain.tickets.drafts import DraftForm
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.store import files
from ticket_portal.store.tables import Account, Attachment, DetailItem, Message, Rating

CANARY = "canary"
IP = "192.0.2.1"


def attaches(work, desk, message: PostedMessage, name: str, content: bytes, folder, **more) -> None:
    """Let a message have a file."""
    key = keys.new_token()
    source = folder / key
    source.write_bytes(content)
    desk._files.put(key, source)
    file = Attachment(
        id=keys.new_token(), ticket_id=message.ticket_id, message_id=message.id, name=name, kind="image/png",
        size=len(content), key=key, created_at=work.now, **{"state": "ready", **more},
    )  # fmt: skip
    work.session.add(file)
    work.session.get_one(Message, message.id).files += 1


@pytest.fixture
def desk(store) -> FileDesk:
    """Where the files are."""
    return FileDesk(store, files.opened(store.settings), store.settings)


@pytest.fixture
def number(store, ana, budi, linh, desk, tmp_path) -> int:
    """The number of Ana's ticket, with all that the team keeps from her beside it; Budi has one too."""

    def happen(work) -> int:
        ticket = opens(work, ana, "Card <b>refused</b>")
        shown = messages.reply(work, linh, ticket.number, says("Please try again."))
        hers = messages.reply(work, ana, ticket.number, says("Done & done.\nThanks"))
        attaches(work, desk, hers, "proof.png", b"the picture", tmp_path)
        attaches(work, desk, hers, "blocked.png", CANARY.encode(), tmp_path, state="blocked")
        note = messages.note(work, linh, ticket.number, says(f"{CANARY} note"))
        attaches(work, desk, note, f"{CANARY}.png", CANARY.encode(), tmp_path)
        tickets.assign_to_me(work, linh, ticket.number)
        asked = {"items": [{"kind": "text", "label": "Which card?"}], "client_id": str(uuid4())}
        messages.request_details(work, linh, ticket.number, MessageForm.parse_request(asked))
        muting.mute_address(work, ticket.id, ana.address)
        place = {"place": str(ticket.number), "age": 0}
        drafts.save(work, ana, DraftForm.parse({**place, "body": "I also want to"}))
        drafts.save(work, linh, DraftForm.parse({**place, "body": f"{CANARY} draft"}))
        his = opens(work, budi, f"{CANARY} subject of Budi")
        messages.reply(work, budi, his.number, says(f"{CANARY} words of Budi"))
        assert shown
        return ticket.number

    return store.write(happen)


def zipped(store, desk, viewer, language="en") -> ZipFile:
    """What they get."""
    target = io.BytesIO()
    archive.write(store, desk, viewer, language, target)
    return ZipFile(target)


def test_all_that_is_theirs_is_in_it(store, desk, ana, number):
    found = zipped(store, desk, ana)

    about = json.loads(found.read("data.json"))
    assert about["account"]["email"] == ana.address
    assert about["preferences"] == {"muted_tickets": [number]}
    assert [draft["body"] for draft in about["drafts"]] == ["I also want to"]
    assert [ticket["number"] for ticket in about["tickets"]] == [number]
    ticket = json.loads(found.read(f"tickets/{number}/ticket.json"))
    assert [m["body"] for m in ticket["messages"]][:3] == [
        "Since Monday.",
        "Please try again.",
        "Done & done.\nThanks",
    ]
    assert [d["label"] for d in ticket["details"]] == ["Which card?"]
    [name] = ticket["messages"][2]["files"]
    assert found.read(f"tickets/{number}/files/{name}") == b"the picture"


def test_no_note_and_nothing_of_others_gets_in(store, desk, ana, number):
    found = zipped(store, desk, ana)
    for name in found.namelist():
        assert CANARY not in name
        assert CANARY.encode() not in found.read(name), name
    everything = b"".join(found.read(name) for name in found.namelist()).decode()
    assert "assigned" not in everything
    assert "budi@example.com" not in everything
    assert "linh@example.com" not in everything
    assert store.read(accounts.find, ana.address).password_hash not in everything


def test_its_pages_are_in_the_reader_s_language_and_hold_no_markup_of_people(store, desk, ana, number):
    page = zipped(store, desk, ana, "es").read(f"tickets/{number}/ticket.html").decode()
    assert '<html lang="es">' in page
    assert "Card &lt;b&gt;refused&lt;/b&gt;" in page
    assert "Done &amp; done." in page
    assert "<script" not in page


def test_its_pages_say_words_where_the_data_has_codes(store, desk, ana, linh):
    """`txid`, `moment` and "es" are for machines, who have the JSON."""

    def happen(work) -> int:
        ticket = opens(work, ana, "Deposit missing")
        items = [
            {"kind": "txid", "chain": "bitcoin", "label": "of the deposit"},
            {"kind": "moment", "label": ""},
            {"kind": "amount", "label": ""},
            {"kind": "network", "label": ""},
        ]
        messages.request_details(
            work, linh, ticket.number, MessageForm.parse_request({"items": items, "client_id": str(uuid4())})
        )
        for kind, state, answer in (
            ("moment", "answered", "2026-11-22T15:09:00+00:00"),
            ("amount", "declined", "I forgot <b>"),
        ):
            item = work.session.exec(select(DetailItem).where(DetailItem.kind == kind)).one()
            item.state, item.answer = state, answer
        work.session.add(
            Rating(
                ticket_id=ticket.id, score=4, comment="Слава & дяка", created_at=work.now, changed_at=work.now
            )
        )
        work.session.get_one(Account, ana.account_id).language = "uk"
        return ticket.number

    number = store.write(happen)
    found = zipped(store, desk, ana, "uk")
    page = found.read(f"tickets/{number}/ticket.html").decode()
    assert "<dt>ID транзакції (Bitcoin): of the deposit</dt><dd>Ще не надано</dd>" in page
    assert "<dt>Дата й час</dt><dd>22 листопада 2026\u202fр., " in page.replace("\u00a0", "\u202f")
    assert "<dt>Сума та валюта</dt><dd>Неможливо надати: I forgot &lt;b&gt;</dd>" in page
    assert "<p>4 з 5</p><p>«Слава &amp; дяка»</p>" in page
    assert "<dd>Українська</dd>" in found.read("index.html").decode()
    for code in ("txid", "moment", "<dt>network"):
        assert code not in page


def test_a_file_that_is_gone_is_left_out(store, desk, ana, number):
    for file in store.read(
        lambda work: exports.ticket(work, ana, exports.ticket_ids(work, ana)[0])
    ).files.values():
        desk._files.delete(file.key)
    found = zipped(store, desk, ana)
    assert found.testzip() is None
    assert f"tickets/{number}/ticket.json" in found.namelist()


def test_nobody_gets_another_s_ticket_and_who_has_no_account_gets_nothing(
    store, desk, ana, budi, minh, number
):
    [ticket_id] = store.read(exports.ticket_ids, ana)
    assert store.read(exports.ticket, budi, ticket_id) is None
    for viewer in (minh, NOBODY):
        with pytest.raises(NotAllowed):
            zipped(store, desk, viewer)


def test_it_needs_the_password_and_has_a_limit(store, settings, ana, minh):
    settings.limit_exports_per_day = 2
    token = accounts.sign_in(store, ana.address, PASSWORD, IP)
    here = store.read(sessions.viewer, keys.token_hash(token))
    with pytest.raises(NotYourPassword):
        exports.authorise(store, here, "not the password", IP)
    for _ in range(2):
        exports.authorise(store, here, PASSWORD, IP)
    with pytest.raises(TooMany):
        exports.authorise(store, here, PASSWORD, IP)
    with pytest.raises(NotAllowed):
        exports.authorise(store, minh, PASSWORD, IP)
    assert credentials.prove(store, here, PASSWORD, IP), "the limit is the export's alone"
