"""When alerts leave: at once, after a moment, gathered, or not at all."""

from tests.cast import says
from tests.delivery.conftest import Desk
from tests.delivery.postman import Postman
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.tickets import messages, muting
from ticket_portal.store.unit_of_work import Store


def test_a_confirmation_leaves_at_once(desk: Desk, outbox: Outbox, postman: Postman):
    assert outbox.deliver_due() == 1
    assert postman.subjects == [f"Chúng tôi đã nhận được ticket {desk.number} của bạn"]
    assert outbox.deliver_due() == 0


def test_an_answer_is_held_for_a_moment(quiet_desk: Desk, outbox: Outbox, postman: Postman):
    quiet_desk.answers()

    quiet_desk.later(seconds=18)
    assert outbox.deliver_due() == 0
    quiet_desk.later(seconds=2)
    assert outbox.deliver_due() == 1
    assert postman.took[0].kind == "reply"


def test_what_was_read_meanwhile_is_not_mailed(quiet_desk: Desk, outbox: Outbox, postman: Postman):
    seq = quiet_desk.answers()
    quiet_desk.is_read(seq)

    quiet_desk.later(seconds=21)

    assert outbox.deliver_due() == 0
    assert quiet_desk.states()[-1] == ("reply", "dropped")


def test_what_was_read_before_the_newest_is_mailed_for_the_newest(
    quiet_desk: Desk, outbox: Outbox, postman: Postman
):
    quiet_desk.is_read(quiet_desk.answers())
    quiet_desk.resolves()

    quiet_desk.later(seconds=21)

    assert outbox.deliver_due() == 1
    assert quiet_desk.states()[-2:] == [("reply", "dropped"), ("resolved", "sent")]


def test_what_follows_within_two_minutes_is_gathered_and_named_by_the_most_demanding(
    quiet_desk: Desk, outbox: Outbox, postman: Postman
):
    quiet_desk.answers()
    quiet_desk.later(seconds=21)
    assert outbox.deliver_due() == 1

    quiet_desk.asks_for_details()
    quiet_desk.answers("One more thing.")
    quiet_desk.later(seconds=30)
    quiet_desk.answers("And another.")
    quiet_desk.later(seconds=80)
    assert outbox.deliver_due() == 0

    quiet_desk.later(seconds=11)
    assert outbox.deliver_due() == 1
    assert [m.kind for m in postman.took] == ["reply", "details_requested"]
    assert quiet_desk.states()[-3:] == [
        ("details_requested", "sent"),
        ("reply", "gathered"),
        ("reply", "gathered"),
    ]


def test_a_confirmation_starts_no_gathering(desk: Desk, outbox: Outbox, postman: Postman):
    outbox.deliver_due()
    desk.answers()
    desk.later(seconds=21)

    assert outbox.deliver_due() == 1


def test_a_muted_ticket_is_silent_also_for_what_waited_already(
    quiet_desk: Desk, store: Store, outbox: Outbox, postman: Postman
):
    quiet_desk.answers()
    ticket_id = quiet_desk.alerts()[-1].ticket_id or 0
    store.write(muting.mute_address, ticket_id, quiet_desk.guest.address)
    quiet_desk.later(seconds=21)
    assert outbox.deliver_due() == 0

    quiet_desk.resolves()
    assert quiet_desk.states()[-1] == ("reply", "dropped")


def test_the_team_is_told_nothing_of_its_own_and_the_guest_nothing_of_theirs(quiet_desk: Desk, store: Store):
    store.write(messages.reply, quiet_desk.guest, quiet_desk.number, says("Any news?"))
    store.write(messages.note, quiet_desk.team, quiet_desk.number, says("Called twice."))

    assert quiet_desk.states() == [("confirmation", "sent")]


def test_for_an_unknown_address_nothing_leaves(store: Store, outbox: Outbox, postman: Postman):
    store.write(accounts.ask_to_reset, "nobody@example.com", "en", "browser", "192.0.2.1")

    assert outbox.deliver_due() == 0
    assert postman.tries == []
