"""What operators watch."""

from tests.cast import mails, opens, says
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.operations.health import MailQueue, mail_queue
from ticket_portal.domain.tickets import messages


def test_the_outbox_in_four_numbers(work, clock, ana, linh):
    assert mail_queue(work) == MailQueue(0, 0, 0, 0)
    ticket = opens(work, ana)
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert mail_queue(work) == MailQueue(due=1, oldest_due_seconds=0, later=1, failed=0)
    clock.advance(seconds=30)
    assert mail_queue(work) == MailQueue(due=2, oldest_due_seconds=30, later=0, failed=0)

    first, _second = outbox.take_due(work)
    outbox.failed(work, first, "550 no such user", for_good=True)
    assert mail_queue(work).failed == 1
    clock.advance(hours=1)
    mails(work)
    assert mail_queue(work) == MailQueue(due=0, oldest_due_seconds=0, later=0, failed=1)
