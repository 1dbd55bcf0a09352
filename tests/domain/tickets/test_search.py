"""What a person finds in their own tickets, on both databases."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.cast import asks_about, opens, says
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import listing, messages, new_ticket, search, tickets
from ticket_portal.store import search as index
from ticket_portal.store.tables import SearchEntry, Ticket
from ticket_portal.store.unit_of_work import Work

TXID = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"


def _finds(work: Work, viewer: Viewer, typed: str, show: str = "all") -> list[int]:
    work.session.flush()
    return [row.number for row in search.mine(work, viewer, typed, show).rows]


def _opened(work: Work, viewer: Viewer, subject: str, body: str = "Since Monday.") -> int:
    return new_ticket.submit(work, viewer, asks_about(viewer, subject, body)).number or 0


def test_a_ticket_is_found_by_number_subject_and_what_was_said(work, ana, linh):
    one = _opened(work, ana, "Withdrawal is pending", "It was on Friday.")
    _opened(work, ana, "Something else")
    messages.reply(work, linh, one, says("The bank has confirmed it."))

    for typed in (
        str(one),
        f"#{one}",
        "withdrawal",
        "WITHDR",
        "friday",
        "confirmed",
        "bank pending",
        " the  bank ",
    ):
        assert _finds(work, ana, typed) == [one], typed
    assert _finds(work, ana, "bank nothing") == []
    assert _finds(work, ana, "ithdrawal") == []  # words are found by their beginning


def test_an_internal_note_is_never_found(work, ana, linh, ticket):
    messages.note(work, linh, ticket.number, says("Suspicious canary"))

    assert _finds(work, ana, "canary") == []
    assert not [e for e in work.session.exec(select(SearchEntry)).all() if "canary" in e.words]


def test_nobody_finds_somebody_elses_ticket(work, ana, budi, minh, guest_ticket):
    mine = _opened(work, ana, "Secret matter")

    assert _finds(work, ana, "secret") == [mine]
    assert _finds(work, budi, "secret") == []
    assert _finds(work, minh, "secret") == []
    assert _finds(work, minh, "withdrawal") == [guest_ticket.number]
    other = Viewer(role="guest", address="h@example.com")
    assert _finds(work, other, "withdrawal") == []


def test_accents_are_folded_and_exact_words_come_first(work, ana, clock):
    plain = _opened(work, ana, "Rut tien bi cham")
    clock.advance(minutes=1)
    accented = _opened(work, ana, "Rút tiền bị chậm")
    clock.advance(minutes=1)
    other = _opened(work, ana, "Rut tien")

    assert _finds(work, ana, "rút tiền") == [accented, other, plain]
    assert _finds(work, ana, "rut tien") == [other, plain, accented]
    assert _finds(work, ana, "rút ti") == [other, accented, plain]  # while it is typed, the newest


def test_every_language_is_found_as_people_type_it(work, ana):
    for subject, typed in (
        ("Đăng nhập không được", "dang nhap"),
        ("Contraseña olvidada en el teléfono", "contrasena telefono"),
        ("Problème avec l’argent et un cœur", "probleme argent coeur"),
        ("Немає з’єднання з гаманцем", "з'єднання"),
        ("Об'єкт", "об’єкт"),
        ("Мій платіж", "мій"),
    ):
        number = _opened(work, ana, subject)
        assert _finds(work, ana, typed) == [number], typed
    assert _finds(work, ana, "міи") == []  # й is a letter of its own


def test_a_transaction_id_is_found_by_any_part(work, ana):
    number = _opened(work, ana, "Deposit", f"See https://etherscan.io/tx/{TXID}?a=1")

    for typed in (TXID, TXID.upper(), TXID[2:], TXID[:10], TXID[20:30], "etherscan", f" {TXID} "):
        assert _finds(work, ana, typed) == [number], typed
    assert _finds(work, ana, "ffffff0") == []
    assert _finds(work, ana, "504%") == []


def test_the_number_comes_before_what_mentions_it(work, ana, clock):
    one = _opened(work, ana, "First")
    clock.advance(minutes=1)
    two = _opened(work, ana, "Second", f"It is about {one}.")

    assert _finds(work, ana, str(one)) == [one, two]


def test_the_hit_is_shown_and_safe(work, ana, linh):
    number = _opened(
        work, ana, "<b>Deposit</b>", "x " * 300 + f"<script>alert(1)</script> {TXID} & more " + "y " * 300
    )
    work.session.flush()

    [row] = search.mine(work, ana, "deposit").rows
    assert row.marked == "&lt;b&gt;<mark>Deposit</mark>&lt;/b&gt;"
    assert row.hit == ""
    [row] = search.mine(work, ana, TXID[20:30]).rows
    assert f"<mark>{TXID}</mark>" in row.hit
    assert "<script" not in row.hit
    assert row.hit.startswith("…")
    assert row.hit.endswith("…")
    assert len(row.hit) < 300
    assert row.number == number


def test_a_files_name_is_found_and_shown(work, ana, ticket):
    index.remember(work, ticket, "file", 7, "screenshot_2024.png")

    assert _finds(work, ana, "screenshot png") == [ticket.number]
    [row] = search.mine(work, ana, "2024").rows
    assert row.hit == "screenshot_<mark>2024</mark>.png"


def test_a_part_of_the_list_is_searched(work, ana, linh):
    one, two = _opened(work, ana, "Deposit one"), _opened(work, ana, "Deposit two")
    messages.request_details(work, linh, one, says("Which network?"))

    assert _finds(work, ana, "deposit", "waiting") == [one]
    assert set(_finds(work, ana, "deposit", "open")) == {one, two}
    assert _finds(work, ana, "deposit", "closed") == []
    assert set(_finds(work, ana, "deposit", "no such part")) == {one, two}
    work.session.flush()
    assert tickets.counts(work, ana) == {"all": 2, "waiting": 1, "open": 2, "resolved": 0, "closed": 0}


def test_pages_follow_one_another_without_gap_or_double(work, ana, clock, settings):
    settings.limit_tickets_per_hour = 100
    numbers = []
    for n in range(60):
        numbers.append(_opened(work, ana, "Rút tiền" if n % 3 else "Rut tien"))
        clock.advance(seconds=n % 2)
    work.session.flush()

    found, after = [], ""
    while True:
        page = search.mine(work, ana, "rút", after=after)
        found += [row.number for row in page.rows]
        if not (after := page.after):
            break
        assert len(page.rows) == listing.PAGE
    assert sorted(found) == sorted(numbers)
    exact = {n for i, n in enumerate(numbers) if i % 3}
    assert set(found[: len(exact)]) == exact


def test_whatever_is_typed_is_only_looked_for(work, ana, ticket):
    for typed in (
        '"',
        "'",
        "a OR b",
        "NEAR(a b)",
        "owner : a1",
        "*",
        "withdrawal*",
        "a:b",
        "\\",
        "( | & ! )",
        "\0",
        "%_",
    ):
        search.mine(work, ana, typed)
    assert _finds(work, ana, "'withdrawal' & !") == [ticket.number]
    assert _finds(work, ana, "!?") == []
    assert _finds(work, ana, "  ") == [ticket.number]
    assert _finds(work, ana, "w " * 1000) == [ticket.number]
    assert search.mine(work, ana, "withdrawal", after="no place").rows != []


def test_a_guests_ticket_that_becomes_an_accounts_is_found_there(store, ana, minh):
    def change(work: Work) -> int:
        number = opens(work, minh, "Lost card").number or 0
        work.session.flush()
        work.session.execute(
            text("UPDATE ticket SET account_id = :a WHERE number = :n"), {"a": ana.account_id, "n": number}
        )
        return number

    number = store.write(change)
    assert store.read(_finds, ana, "lost card") == [number]
    assert store.read(_finds, minh, "lost card") == []


def test_what_is_deleted_is_not_found(store, ana):
    number = store.write(_opened, ana, "Deposit")
    store.write(lambda work: work.session.delete(work.session.exec(select(Ticket)).one()))
    again = store.write(_opened, ana, "Deposit")

    assert store.read(_finds, ana, "deposit") == [again]
    assert again != number or store.on_sqlite


def test_what_was_rolled_back_is_not_found(store, ana):
    def fails(work: Work) -> None:
        _opened(work, ana, "Deposit")
        work.session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fails)
    assert store.read(_finds, ana, "deposit") == []
