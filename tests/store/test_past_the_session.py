"""Statements that go past the session: one transaction with its objects, seen in the order in which it was done."""

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from ticket_portal.store.tables import LimitHit
from ticket_portal.store.unit_of_work import Store, Work


class Died(Exception):
    """The process died in the middle of its work."""


def subjects(work: Work) -> list[str]:
    return [row.subject for row in work.execute(select(col(LimitHit.subject)).order_by(col(LimitHit.id)))]


def both(work: Work) -> None:
    work.session.add(LimitHit(rule="test", subject="object", at=work.now))
    work.insert(LimitHit, rule="test", subject="row", at=work.now)


def test_objects_and_rows_are_kept_together(store: Store):
    store.write(both)
    assert store.read(subjects) == ["object", "row"]


@pytest.mark.parametrize("what", ["objects", "rows", "both"])
def test_or_not_at_all(store: Store, what: str):
    def dies(work: Work) -> None:
        if what != "rows":
            work.session.add(LimitHit(rule="test", subject="object", at=work.now))
        if what != "objects":
            work.insert(LimitHit, rule="test", subject="row", at=work.now)
        work.flush()
        raise Died

    with pytest.raises(Died):
        store.write(dies)
    assert store.read(subjects) == []


def test_what_changed_in_objects_is_there_for_the_next_statement(store: Store):
    def changes(work: Work) -> list[str]:
        hit = LimitHit(rule="test", subject="before", at=work.now)
        work.session.add(hit)
        before = subjects(work)
        hit.subject = "after"
        return before + subjects(work)

    assert store.write(changes) == ["before", "after"]


def test_an_insert_says_the_key_of_its_row(store: Store):
    def inserts(work: Work) -> tuple[int, int]:
        key = work.insert(LimitHit, rule="test", subject="row", at=work.now)
        work.execute(update(LimitHit).where(col(LimitHit.id) == key).values(subject="found"))
        return key, work.scalar(select(func.count()).where(col(LimitHit.subject) == "found"))

    key, found = store.write(inserts)
    assert key
    assert found == 1


def test_a_work_that_only_reads_keeps_nothing(store: Store):
    store.read(both)
    assert store.read(subjects) == []
