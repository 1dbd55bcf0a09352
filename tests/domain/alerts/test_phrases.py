"""Words by which people know our e-mails."""

import pytest

from tests.cast import mails, opens, says
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.alerts import outbox, phrases
from ticket_portal.domain.errors import PhraseIsLink, PhraseTooShort, TooLong, TooMany
from ticket_portal.domain.tickets import conversation, messages, queue
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.i18n.phrase_words import WORDS
from ticket_portal.store.tables import Account, SafetyPhrase

PHRASE = "grandma's blue bicycle"


def newest(work, address):
    return [mail for mail in mails(work) if mail.address == address][-1]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  blue   bicycle ", "blue bicycle"),
        ("blue\r\nBcc: you\tbicycle", "blue Bcc: you bicycle"),
        ("<b>blue</b><script>bicycle", "blue bicycle"),
        ("blue \u202eelcycib\u202c\u200b", "blue elcycib"),
        ("велосипед бабусі", "велосипед бабусі"),
        ("ba\u0300 ngoại", "bà ngoại"),
        ("", ""),
        ("\u200b\u2066", ""),
    ],
)
def test_a_phrase_is_one_line_of_words(typed, kept):
    assert phrases.cleaned(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.example",
        "go to evil.com now",
        "www.evil.org",
        "ｅｖｉｌ．ｃｏｍ",
        "me@evil.com",
        "javascript://alert",
        "evil.com\u200b/login",
    ],
)
def test_a_phrase_is_no_link(typed):
    with pytest.raises(PhraseIsLink):
        phrases.cleaned(typed)


def test_a_phrase_is_neither_too_long_nor_too_short():
    assert len(phrases.cleaned("x" * 40)) == 40
    with pytest.raises(TooLong):
        phrases.cleaned("x" * 41)
    with pytest.raises(PhraseTooShort):
        phrases.cleaned("abc")


def test_it_stands_in_every_alert_of_its_owner_and_in_nobody_elses(work, clock, ana, budi, linh):
    accounts.choose_phrase(work, ana.account_id, PHRASE)
    assert newest(work, ana.address).phrase == PHRASE  # the notice of the change

    hers, his = opens(work, ana), opens(work, budi)
    for ticket in (hers, his):
        messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(minutes=1)
    found = {(m.address, m.phrase) for m in mails(work)}
    assert found == {(ana.address, PHRASE), (budi.address, "")}


def test_it_goes_with_the_mail_as_it_was_when_that_was_first_tried(work, clock, ana):
    accounts.choose_phrase(work, ana.account_id, PHRASE)
    [first] = outbox.take_due(work)
    outbox.failed(work, first, "450 try later")
    phrases.keep(work, ana.account_id, "another one")
    clock.advance(minutes=1)
    [again] = outbox.take_due(work)
    assert (first.phrase, again.phrase) == (PHRASE, PHRASE)


def test_changing_and_removing_it_is_told_and_limited(work, clock, ana, settings):
    said = []
    for typed in (PHRASE, PHRASE, "another one", ""):
        accounts.choose_phrase(work, ana.account_id, typed)
        said += [mail.data["what"] for mail in mails(work)]
        clock.advance(seconds=1)
    assert said == ["phrase_changed", "phrase_changed", "phrase_removed"]
    assert phrases.of_account(work, ana.account_id) == ""

    settings.limit_phrases_per_hour = 3
    with pytest.raises(TooMany):
        accounts.choose_phrase(work, ana.account_id, "one more")


def test_the_database_does_not_show_it(work, ana):
    phrases.keep(work, ana.account_id, PHRASE)
    row = work.session.get_one(SafetyPhrase, ana.account_id)
    assert PHRASE.encode() not in row.sealed
    account = work.session.get_one(Account, ana.account_id)
    assert PHRASE not in account.model_dump_json() + repr(sessions.of_account(account))

    row.sealed = b"sealed with another key"
    assert phrases.of_account(work, ana.account_id) == ""


def test_a_guest_has_two_words_for_each_ticket(work, clock, minh, linh, settings):
    one, other = opens(work, minh), opens(work, minh)
    first, second = (phrases.of_ticket(settings, t) for t in (one, other))
    assert len(set(first.split())) == 2
    assert set(first.split()) <= set(WORDS[minh.language])
    assert first != second or one.id != other.id

    clock.advance(minutes=1)
    messages.reply(work, linh, one.number, says("Hello"))
    clock.advance(minutes=1)
    alerts = [m for m in mails(work) if m.number == one.number]
    assert {m.kind for m in alerts} == {"confirmation", "reply"}
    assert {m.phrase for m in alerts} == {first}


def test_two_words_are_in_the_tickets_language(work, minh, settings):
    ticket = opens(work, minh)
    for language in LOCALES:
        ticket.language = language
        assert set(phrases.of_ticket(settings, ticket).split()) <= set(WORDS[language])


def test_there_are_enough_words_of_each_language():
    assert {len(set(words)) for words in WORDS.values()} == {64}
    assert set(WORDS) == set(LOCALES)


def test_the_tickets_page_has_no_phrase(work, minh, linh, settings):
    ticket = opens(work, minh)
    words = phrases.of_ticket(settings, ticket)
    shown = repr(conversation.thread(work, ticket.id, team=True)) + repr(queue.page(work, linh))
    assert words not in shown
