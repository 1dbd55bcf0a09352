"""Is this message really from us?"""

import pytest

from tests.cast import IP, mails, opens, says
from ticket_portal.domain.alerts import notifications, verify
from ticket_portal.domain.errors import Missing, TooMany
from ticket_portal.domain.guests import access
from ticket_portal.domain.keys import new_reference
from ticket_portal.domain.tickets import conversation, messages


def test_our_mail_is_known_by_its_reference_however_it_is_typed(work, clock, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(minutes=1)
    [mail] = [m for m in mails(work) if m.kind == "reply"]

    for typed in (
        mail.reference,
        verify.grouped(mail.reference),
        f" {mail.reference.lower()} ",
        verify.grouped(mail.reference).replace("1", "l").replace("0", "o"),
    ):
        found = verify.check(work, typed, IP)
        assert found is not None
        assert (found.kind, found.number, found.masked_address) == ("reply", ticket.number, "a•••@e•••.com")
        assert found.at == clock.now


@pytest.mark.parametrize(
    "typed",
    [
        "Reference of this email: 6P5JJ-9DZQ9",
        "Référence de cet e-mail : 6P5JJ-9DZQ9",
        "Номер цього листа: 6P5JJ-9DZQ9.",
        "Mã tham chiếu của email này: 6P5JJ\u20119DZQ9",
        "Is 6p5jj 9dzq9 from you? Other words, other words: there first",
        "6P5JJ9DZQ9",
        "\u20686P5JJ-9DZQ9\u2069",
        "6 P 5 J J - 9 D Z Q 9",
    ],
)
def test_a_reference_is_found_in_the_line_that_it_stands_in(typed):
    assert verify.spelled(typed) == "6P5JJ9DZQ9"


def test_nothing_of_the_content_is_told(work, ana, minh):
    opens(work, minh)
    [mail] = mails(work)
    told = repr(verify.check(work, mail.reference, IP))
    assert minh.address not in told
    assert "Withdrawal" not in told


def test_a_code_is_known_for_months_though_its_code_is_gone(work, clock, guest_ticket):
    mails(work)
    access.send_code(work, access.new_link(work, guest_ticket), "browser", IP, "en")
    [code] = mails(work)
    clock.advance(days=80)
    notifications.sweep(work)
    found = verify.check(work, code.reference, IP)
    assert found is not None
    assert found.kind == "code"


def test_what_we_did_not_send_is_not_ours(work, clock, ana, linh, ticket):
    mails(work)
    messages.reply(work, linh, ticket.number, says("Hello"))
    [waiting] = notifications.of_ticket(work, ticket.id)[:1]
    assert waiting.reference
    for typed in (new_reference(), waiting.reference, "0", "x" * 500, "ß' OR 1=1"):
        assert verify.check(work, typed, IP) is None
    conversation.seen(work, ana, ticket.number, waiting.event_seq)
    clock.advance(minutes=1)
    mails(work)
    assert verify.check(work, waiting.reference, IP) is None


def test_asking_is_limited_by_ip_for_found_and_not_found_alike(work, minh, settings):
    opens(work, minh)
    [mail] = mails(work)
    settings.limit_message_checks_per_ip_per_hour = 2
    verify.check(work, mail.reference, IP)
    verify.check(work, new_reference(), IP)
    with pytest.raises(TooMany):
        verify.check(work, mail.reference, IP)
    assert verify.check(work, mail.reference, "192.0.2.99") is not None


@pytest.mark.parametrize("typed", ["", " - ", "\0", "…"])
def test_an_empty_question_is_refused_and_costs_nothing(work, settings, typed):
    settings.limit_message_checks_per_ip_per_hour = 1
    for _ in range(3):
        with pytest.raises(Missing):
            verify.check(work, typed, IP)


def test_references_can_be_read_out_and_are_many():
    found = {new_reference() for _ in range(500)}
    assert len(found) == 500
    assert all(len(r) == 10 and not set(r) & set("ILOU") for r in found)
