"""The unit of work: all or nothing, and nobody hears of what was not kept."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col, func, select

from tests.cast import ANA, opens, says
from tests.conftest import advance
from ticket_portal.domain.tickets import conversation, messages, queue, tickets
from ticket_portal.store import tables
from ticket_portal.store.tables import Account, LimitHit, Message, Signal, Ticket
from ticket_portal.store.unit_of_work import CHANNEL, Store, Work

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="session")


class Died(Exception):
    """The process died in the middle of its work."""


def write_and_tell(work: Work, *topics: str) -> None:
    work.session.add(LimitHit(rule="test", subject="test", at=work.now))
    work.publish(*topics)


def write_and_die(work: Work) -> None:
    write_and_tell(work, "ticket:1")
    work.session.flush()
    raise Died


def rows(work: Work, table=LimitHit) -> int:
    return work.session.exec(select(func.count()).select_from(table)).one()


def test_all_is_kept_and_then_told(store: Store):
    heard = []
    store.listeners.append(lambda topics: heard.append((topics, store.read(rows))))
    store.write(write_and_tell, "ticket:1", "queue")
    assert heard == [({"ticket:1", "queue"}, 1)], "whoever hears of it can read it"


def test_nothing_is_kept_and_nobody_is_told(store: Store):
    heard = []
    store.listeners.append(heard.append)
    with pytest.raises(Died):
        store.write(write_and_die)
    store.write(lambda work: None)
    assert heard == []
    assert store.read(rows) == 0
    if store.on_sqlite:
        assert store.read(rows, Signal) == 0


def test_what_a_reader_writes_is_thrown_away(store: Store):
    store.read(write_and_tell, "ticket:1")
    assert store.read(rows) == 0


def test_a_ticket_tells_its_pages_its_owners_list_and_the_queue(work: Work, ana, minh):
    of_ana, of_minh = opens(work, ana), opens(work, minh)
    topics = {"queue", "outbox"}
    topics |= {
        f"ticket:{of_ana.id}",
        f"list:{ana.account_id}",
        f"ticket:{of_minh.id}",
        f"list:{minh.address}",
    }
    assert work.topics == topics


def test_other_processes_hear_of_it_by_what_was_committed_with_it(store: Store):
    """On SQLite a row, on PostgreSQL a NOTIFY; neither for work that was rolled back, and never content."""
    if store.on_sqlite:
        store.write(write_and_tell, "ticket:1", "queue")
        [signal] = store.read(lambda work: work.session.exec(select(Signal)).all())
        assert (signal.origin, signal.topics) == (store.origin, ["queue", "ticket:1"])
        return
    address = (
        make_url(store.settings.database).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    with psycopg.connect(address, autocommit=True) as other_process:
        other_process.execute(f"LISTEN {CHANNEL}")
        with pytest.raises(Died):
            store.write(write_and_die)
        store.write(write_and_tell, "queue", *(f"session:{n:064}" for n in range(300)))
        heard = [json.loads(n.payload) for n in other_process.notifies(timeout=0.2)]
    assert {h["origin"] for h in heard} == {store.origin}
    assert len({topic for h in heard for topic in h["topics"]}) == 301
    assert not any("ticket:1" in h["topics"] for h in heard)


def test_two_who_meet_at_a_unique_key_both_succeed(store: Store, ana):
    """The second one is run again, and finds what the first one wrote."""
    barrier = threading.Barrier(2, timeout=5)
    runs = []

    def find_or_add(work: Work) -> int:
        runs.append(1)
        found = work.session.exec(select(Account).where(Account.address == "new@example.com")).first()
        if not found:
            if len(runs) <= 2 and not store.on_sqlite:
                barrier.wait()
            found = Account(address="new@example.com", name="New", password_hash="-", created_at=work.now)
            work.session.add(found)
            work.session.flush()
        return found.id

    with ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(lambda _: store.write(find_or_add), range(2)))
    assert len(set(ids)) == 1
    assert len(runs) == (2 if store.on_sqlite else 3)


def test_what_can_never_succeed_is_not_tried_again(store: Store):
    runs = []

    def point_to_nothing(work: Work) -> None:
        runs.append(1)
        message = Message(ticket_id=987_654, seq=1, kind="reply", author_role="guest", author_name="", body="",
                          client_id="x", created_at=work.now)  # fmt: skip
        work.session.add(message)

    with pytest.raises(IntegrityError):
        store.write(point_to_nothing)
    assert len(runs) == 1


def test_writers_wait_their_turn_instead_of_failing(store: Store, ana):
    """Read, then write: without the lock at the start, SQLite would refuse all but one, and both lose updates."""
    number = store.write(opens, ana).number

    def one_more(work: Work) -> None:
        tickets.find(work, ana, number).last_seq += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.write(one_more), range(40)))
    assert store.read(lambda work: tickets.find(work, ana, number).last_seq) == 41


def test_one_name_at_a_time(store: Store):
    """What `alone` guards is done by one after the other, also where there is no row to lock yet."""

    def first_only(work: Work) -> int:
        work.alone("a name", 1)
        if rows(work):
            return 0
        write_and_tell(work)
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: store.write(first_only), range(16))) == 1


@ON_POSTGRESQL
def test_other_names_do_not_wait(store: Store):
    entered = threading.Barrier(2, timeout=5)

    def meet(work: Work, name: str) -> None:
        work.alone(name)
        entered.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: store.write(meet, name), ["one", "other"]))


def test_readers_do_not_wait_for_a_writer(store: Store, ana):
    store.write(opens, ana)
    with store._work(writing=True) as writing:
        writing.session.add(LimitHit(rule="test", subject="test", at=datetime.now(UTC)))
        writing.flush()
        assert store.read(rows) == 1, "the one of Ana's ticket"
        assert len(store.read(tickets.mine, ana).rows) == 1


# The moment it happens at.


def test_everybody_follows_the_clock_of_the_tests(store: Store):
    before = store.read(lambda work: work.now)
    advance(store, days=3)
    advance(store, hours=1)
    other_process = Store(store.settings)
    for each in (store, other_process):
        gone = each.read(lambda work: work.now) - before
        assert timedelta(days=3, hours=1) <= gone < timedelta(days=3, hours=1, minutes=1)
    other_process.close()


def test_outside_test_mode_nobody_follows_it(store: Store, settings):
    advance(store, days=3)
    settings.test_mode = False
    assert store.read(lambda work: work.now) - datetime.now(UTC) < timedelta(minutes=1)
    assert store.read(rows, tables.TestClock) == 1


def test_times_come_back_as_they_went_in(work: Work):
    moment = datetime(2026, 3, 29, 1, 30, 0, 123456, timezone(timedelta(hours=7)))
    work.session.add(LimitHit(rule="test", subject="test", at=moment))
    work.session.flush()
    work.session.expire_all()
    kept = work.session.exec(select(LimitHit.at)).one()
    assert kept == moment
    assert kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(work: Work):
    work.session.add(LimitHit(rule="test", subject="test", at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a zone"):
        work.session.flush()


# The databases' own ways.


@ON_SQLITE
def test_sqlite_is_set_up_to_lose_nothing(store: Store):

    def pragma(work: Work, name: str) -> object:
        return work.session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()

    wanted = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000}
    assert {name: store.read(pragma, name) for name in wanted} == wanted


def test_what_belongs_to_a_ticket_goes_with_it(store: Store, ana):
    store.write(opens, ana)
    store.write(lambda work: work.session.connection().execute(text("DELETE FROM ticket")))
    assert store.read(rows, Message) == 0


# PostgreSQL plans by how many rows there are.
@ON_SQLITE
@pytest.mark.parametrize("place", ["", "1~2026-01-01T00:00:00+00:00~5"])
@pytest.mark.parametrize("index", ["ix_ticket_account_list", "ix_ticket_address_list", "ix_ticket_queue"])
def test_a_page_of_a_list_is_read_from_its_index_in_order(store: Store, ana, minh, linh, index, place):
    """Else a page costs the whole table: every row read, then sorted."""
    ask = {
        "ix_ticket_account_list": (tickets.mine, ana),
        "ix_ticket_address_list": (tickets.mine, minh),
        "ix_ticket_queue": (queue.page, linh),
    }[index]
    plan = _plan_of(store, *ask, place)
    assert index in plan
    assert "TEMP B-TREE" not in plan
    assert "SCAN ticket" not in plan.replace(f"SCAN ticket USING INDEX {index}", "")


@ON_SQLITE
def test_a_conversation_is_read_from_its_index(store: Store, ana):
    ticket = store.write(opens, ana)
    store.write(messages.reply, ana, ticket.number, says("Hello"))
    plan = _plan_of(
        store, lambda work: conversation._entries(work, ticket.id, team=False, before=None), table="event"
    )
    assert "TEMP B-TREE" not in plan
    assert "SCAN" not in plan


def _plan_of(store: Store, ask, *args, table: str = "") -> str:
    """How SQLite answers the last statement of a read, or the last one that reads a table."""
    asked: list[tuple[str, tuple]] = []

    def keep(_connection, _cursor, statement, parameters, *_rest) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", keep)
    store.read(ask, *args)
    event.remove(store.engine, "before_cursor_execute", keep)
    statement, parameters = [one for one in asked if f"FROM {table}" in one[0]][-1]
    with store.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())


def test_the_people_are_there_before_and_after_every_test(store: Store):
    addresses = store.read(
        lambda work: work.session.exec(select(Account.address).order_by(col(Account.id))).all()
    )
    assert addresses[0] == ANA.address
    assert len(addresses) == 4
    assert store.read(rows, Ticket) == 0
