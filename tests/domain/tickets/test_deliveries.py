"""What became of e-mails: what carriers report, and addresses that don't work."""

import pytest

from tests.cast import IP, code_for, mails, opens, says
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.alerts import notifications, outbox, undeliverable
from ticket_portal.domain.errors import NotFound, TooMany
from ticket_portal.domain.guests import access, page
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import deliveries, messages
from ticket_portal.domain.tickets.deliveries import AlreadyTaken, Report
from ticket_portal.store.tables import Account, Alert


def reports(work, mail, what, name="", **more):
    deliveries.take(work, name or f"{what} {mail.id}", Report(what, "", mail.reference, **more))


@pytest.fixture
def mail(work, ana, ticket):
    """The confirmation of Ana's ticket, handed over."""
    [mail] = mails(work)
    return mail


def seen(work, linh, ticket):
    return [a.state for a in deliveries.of_ticket(work, linh, ticket.number).alerts]


def answers(work, clock, linh, ticket):
    """Answer the ticket; return the mails that leave for it."""
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(minutes=3)
    return mails(work)


@pytest.mark.parametrize("what", ["delivered", "delayed", "bounced", "complained"])
def test_the_team_sees_what_the_carrier_reports(work, linh, ticket, mail, what):
    assert seen(work, linh, ticket) == ["sent"]
    reports(work, mail, what)
    assert seen(work, linh, ticket) == [what]


@pytest.mark.parametrize("who", ["ana", "minh", "nobody"])
def test_nobody_else_sees_it(work, ticket, mail, who, request):
    viewer = NOBODY if who == "nobody" else request.getfixturevalue(who)
    with pytest.raises(NotFound):
        deliveries.of_ticket(work, viewer, ticket.number)


def test_a_late_word_does_not_take_a_worse_one_back(work, linh, ticket, mail):
    for place, what in enumerate(["delivered", "bounced", "delivered", "delayed"]):
        reports(work, mail, what, f"report {place}")
    assert seen(work, linh, ticket) == ["bounced"]


def test_a_word_of_a_newer_version_is_left_alone(work, mail):
    """In a rolling upgrade; before, the carrier's next report of it failed."""
    alert = work.session.get(Alert, mail.id)
    alert.report = "rerouted"
    work.flush()
    reports(work, mail, "delivered")
    assert alert.report == "rerouted"


def test_a_mail_is_found_by_the_carriers_own_id_too(work, linh, ticket, mail):
    outbox.delivered(work, mail.id, "49a3999c")
    deliveries.take(work, "one", Report("delivered", "49a3999c", ""))
    assert seen(work, linh, ticket) == ["delivered"]


def test_a_report_is_taken_once_and_forgotten_in_time(work, clock, mail):
    reports(work, mail, "delivered", "the same")
    with pytest.raises(AlreadyTaken):
        reports(work, mail, "bounced", "the same")
    assert undeliverable.problem(work, mail.address) == ""
    clock.advance(days=8)
    deliveries.sweep(work)
    reports(work, mail, "bounced", "the same")


@pytest.mark.parametrize("report", [Report("bounced", "", ""), Report("bounced", "unknown", "ABCDE12345")])
def test_what_is_not_ours_changes_nothing(work, linh, ticket, mail, report):
    deliveries.take(work, "one", report)
    assert seen(work, linh, ticket) == ["sent"]
    assert undeliverable.problem(work, mail.address) == ""


def test_after_a_bounce_nothing_more_is_sent_there(work, clock, linh, ana, ticket, mail):
    reports(work, mail, "bounced")
    assert answers(work, clock, linh, ticket) == []
    assert seen(work, linh, ticket) == ["held", "bounced"]
    assert deliveries.of_ticket(work, linh, ticket.number).mail_problem == "bounced"
    notifications.about_security(work, work.session.get_one(Account, ana.account_id), "password_changed")
    assert mails(work) == []


def test_a_bounce_that_may_pass_marks_nothing(work, clock, linh, ticket, mail):
    reports(work, mail, "bounced", for_good=False)
    assert len(answers(work, clock, linh, ticket)) == 1


def test_others_are_written_to_as_before(work, clock, linh, budi, mail):
    reports(work, mail, "bounced")
    assert len(answers(work, clock, linh, opens(work, budi))) == 2


def test_trying_again_sends_one_mail_and_what_comes_after_it(work, clock, linh, ana, ticket, mail):
    reports(work, mail, "bounced")
    deliveries.try_again(work, ana)
    [trial] = mails(work)
    assert (trial.address, trial.data["what"], trial.language) == (ana.address, "trial", ana.language)
    assert len(answers(work, clock, linh, ticket)) == 1
    reports(work, trial, "bounced")
    assert answers(work, clock, linh, ticket) == []


def test_trying_again_where_nothing_is_wrong_sends_nothing(work, ana, minh, mail):
    for viewer in (ana, minh):
        deliveries.try_again(work, viewer)
    assert mails(work) == []
    with pytest.raises(NotFound):
        deliveries.try_again(work, NOBODY)


def test_trying_again_is_limited(work, clock, ana, settings):
    settings.limit_mail_trials_per_hour = 2
    for _ in range(2):
        undeliverable.mark(work, ana.address, "bounced")
        deliveries.try_again(work, ana)
        clock.advance(seconds=1)
    undeliverable.mark(work, ana.address, "bounced")
    with pytest.raises(TooMany):
        deliveries.try_again(work, ana)
    assert undeliverable.problem(work, ana.address) == "bounced"


def test_a_guest_tries_again_for_their_own_address_in_their_language(work, minh, guest_ticket):
    guest_ticket.language = "vi"
    [mail] = mails(work)
    reports(work, mail, "complained")
    deliveries.try_again(work, minh)
    [trial] = mails(work)
    assert (trial.address, trial.language) == (minh.address, "vi")


def test_a_code_is_tried_all_the_same_and_entering_it_shows_that_the_address_works(
    work, clock, linh, minh, guest_ticket
):
    [mail] = mails(work)
    reports(work, mail, "bounced")
    link = access.new_link(work, guest_ticket)
    assert page.arrive(work, link, "browser").bounced
    access.send_code(work, link, "browser", IP, "en")
    assert access.verify(work, link, "browser", IP, code_for(work, minh.address))[1] is None
    assert undeliverable.problem(work, minh.address) == ""
    assert len(answers(work, clock, linh, guest_ticket)) == 1


def test_who_complained_may_ask_for_codes_and_is_still_not_written_to(work, clock, linh, minh, guest_ticket):
    [mail] = mails(work)
    reports(work, mail, "complained")
    scope = CodeScope("guest", minh.address, "browser", IP)
    codes.send(work, scope, "en")
    assert codes.enter(work, scope, code_for(work, minh.address)) is None
    assert answers(work, clock, linh, guest_ticket) == []


def test_a_mail_that_arrives_shows_it_too_but_not_one_from_before_the_bounce(work, clock, ana, mail):
    opens(work, ana)
    [earlier] = mails(work)
    clock.advance(minutes=1)
    reports(work, mail, "bounced")
    reports(work, earlier, "delivered")
    assert undeliverable.problem(work, ana.address) == "bounced"


def test_whoever_it_is_about_is_told_where_they_are(work, ana, minh, mail):
    token_of = {}
    account = work.session.get_one(Account, ana.account_id)
    token_of["ana"] = keys.token_hash(sessions.begin(work, account))
    token_of["minh"] = keys.token_hash(sessions.begin_guest(work, minh.address))
    work.topics.clear()
    reports(work, mail, "bounced")
    assert sessions.viewer(work, token_of["ana"]).mail_problem == "bounced"
    assert sessions.viewer(work, token_of["minh"]).mail_problem == ""
    assert f"session:{token_of['ana']}" in work.topics
    assert f"session:{token_of['minh']}" not in work.topics
    undeliverable.mark(work, minh.address, "complained")
    assert sessions.viewer(work, token_of["minh"]).mail_problem == "complained"


def test_every_state_has_a_word(work, clock, linh, ana, ticket, mail):
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert seen(work, linh, ticket)[0] == "queued"
    clock.advance(minutes=1)
    [taken] = outbox.take_due(work)
    outbox.failed(work, taken, "503")
    assert seen(work, linh, ticket)[0] == "retrying"
    row = work.session.get_one(Alert, taken.id)
    row.state = "failed"
    assert seen(work, linh, ticket)[0] == "failed"
    row.state, row.problem = "dropped", ""
    assert seen(work, linh, ticket)[0] == "not_needed"
