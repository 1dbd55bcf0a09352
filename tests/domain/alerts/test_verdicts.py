"""Each row of the outbox gets its own verdict: what is broken fails alone, what a newer version wrote waits for it."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select, update

from tests.cast import mails, opens, says
from tests.domain.alerts.rows import HOLD, states, told
from ticket_portal.domain.alerts import notifications, outbox
from ticket_portal.domain.tickets import messages
from ticket_portal.store.tables import Account, Alert

pytestmark = pytest.mark.usefixtures("confirmations_are_out")

NEWER = [("carrier_pigeon", "email"), ("reply", "carrier_pigeon"), ("carrier_pigeon", "carrier_pigeon")]


def waits(work, kind: str, channel: str, ticket=None, seconds: float = 3600) -> Alert:
    """A row as a newer version may have written it, due for an hour."""
    due = work.now - timedelta(seconds=seconds)
    row = Alert(key=f"{kind}.{channel}.{seconds}", kind=kind, channel=channel, address="ana@example.com")
    row.ticket_id, row.event_seq = (ticket.id, ticket.last_seq + 1) if ticket else (None, None)
    row.created_at = row.due_at = due
    work.session.add(row)
    work.session.flush()
    return row


def of_row(work, alert_id: int) -> tuple:
    """All that is in a row, as the database has it."""
    return tuple(work.execute(text("SELECT * FROM alert WHERE id = :id"), {"id": alert_id}).one())


def breaks(work, alert_id: int) -> None:
    """Make a row one that can't be read, or that nothing can be written from."""
    if work.on_sqlite:
        work.execute(text("UPDATE alert SET data = '{' WHERE id = :id"), {"id": alert_id})
    else:
        work.execute(text("UPDATE alert SET data = '[1]' WHERE id = :id"), {"id": alert_id})
    work.session.expire_all()


def mails_of(work) -> list[Alert]:
    query = select(Alert.id).where(Alert.channel == "email", Alert.state == "waiting").order_by(col(Alert.id))
    return list(work.session.exec(query).all())


@pytest.mark.parametrize(("kind", "channel"), NEWER)
@pytest.mark.parametrize("about_ticket", [True, False])
def test_what_only_a_newer_version_knows_waits_untouched(
    work, clock, linh, ticket, kind, channel, about_ticket
):
    row = waits(work, kind, channel, ticket if about_ticket else None)
    before = of_row(work, row.id)
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)

    assert told(work) == ["reply"]
    assert of_row(work, row.id) == before


@pytest.mark.parametrize(("kind", "channel"), NEWER)
def test_a_worker_sleeps_although_a_newer_version_s_row_is_due(work, ticket, kind, channel):
    waits(work, kind, channel, ticket)
    left = waits(work, kind, channel, seconds=7200)
    left.state, left.leased_until = "sending", work.now - timedelta(minutes=1)
    work.session.flush()

    assert outbox.next_due_at(work) is None
    assert outbox.take_due(work) == []


@pytest.mark.parametrize(("kind", "channel"), NEWER)
def test_many_rows_of_a_newer_version_are_in_nobody_s_way(work, clock, linh, ticket, kind, channel):
    for n in range(outbox.BATCH * 2):
        waits(work, kind, channel, seconds=3600 + n)
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)

    assert [d.kind for d in outbox.take_due(work)] == ["reply"]
    assert outbox.unknown(work) == [(kind, channel, outbox.BATCH * 2)]


def test_a_security_notice_of_a_newer_version_waits(work, clock, ana):
    account = work.session.get_one(Account, ana.account_id)
    notifications.about_security(work, account, "pigeon_caught")
    notifications.about_trial(work, ana.address, "en", "UTC")
    assert [m.data["what"] for m in mails(work)] == ["trial"]

    (row,) = work.session.exec(select(Alert).where(Alert.key.startswith("security.pigeon"))).all()
    assert (row.state, row.attempts, row.problem) == ("waiting", 0, "")
    assert row.due_at > work.now
    clock.advance(minutes=11)
    assert mails(work) == []


def test_a_broken_row_fails_alone_in_the_middle_of_a_batch(work, clock, ana, minh):
    for viewer in (ana, minh, ana):
        opens(work, viewer)
    first, broken, last = mails_of(work)
    breaks(work, broken)

    assert [d.id for d in outbox.take_due(work)] == [first, last]
    assert states(work, "confirmation")[-3:] == ["sending", "waiting", "sending"]


def test_a_broken_row_is_tried_again_less_and_less_often_and_not_for_ever(work, clock, ana, settings):
    opens(work, ana)
    (broken,) = mails_of(work)
    breaks(work, broken)
    begun, pauses = clock.now, []
    while due := outbox.next_due_at(work):
        pauses.append((due - clock.now).total_seconds())
        work.now = max(work.now, due)
        assert outbox.take_due(work) == []
    assert pauses[:4] == [0, 5, 10, 20]
    assert pauses == sorted(pauses)
    span = (clock.now - begun).total_seconds()
    assert settings.alert_give_up_seconds <= span <= settings.alert_give_up_seconds * 1.1
    state, problem, sealed = work.execute(
        text("SELECT state, problem, sealed FROM alert WHERE id = :id"), {"id": broken}
    ).one()
    assert (state, sealed) == ("failed", None)
    assert problem.startswith("can't be taken: ")


def test_a_row_that_was_broken_leaves_once_it_is_whole(work, clock, ana):
    opens(work, ana)
    (broken,) = mails_of(work)
    breaks(work, broken)
    assert outbox.take_due(work) == []
    work.session.exec(update(Alert).where(col(Alert.id) == broken).values(data={}))
    clock.advance(seconds=5)

    (taken,) = outbox.take_due(work)
    assert (taken.id, taken.attempt) == (broken, 2)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_broken_row_keeps_no_other_of_its_ticket(work, clock, linh, ticket, place):
    """They would be gathered into one alert: by the newest, or by the one that is to blame."""
    for n in range(3):
        messages.reply(work, linh, ticket.number, says(f"{n}"))
    broken = mails_of(work)[place]
    breaks(work, broken)
    clock.advance(seconds=HOLD)
    left = told(work)
    clock.advance(seconds=5)
    left += told(work)

    assert left == ["reply"]
    found = dict(work.execute(text("SELECT id, state FROM alert WHERE kind = 'reply'")).all())
    assert sorted(state for alert_id, state in found.items() if alert_id != broken) == ["gathered", "sent"]
