"""What e-mails say, in every language, and what they never say."""

import re
from dataclasses import replace

import pytest

from tests.cast import asks_about, says
from tests.delivery.conftest import Desk
from tests.delivery.postman import Postman
from ticket_portal.delivery import emails
from ticket_portal.delivery.emails.samples import ABOUT_TICKETS, KINDS, TOKEN, sample
from ticket_portal.delivery.mail.smtp import as_bytes
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import messages, new_ticket, tickets
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("name", KINDS)
def test_every_mail_is_whole_in_every_language(mail_settings: Settings, name: str, language: str):
    email = emails.write(mail_settings, sample(name, language))

    for text in (email.subject, email.plain, email.html):
        assert not re.search(r"\{\w+\}", re.sub(r"<style>.*?</style>", "", text))
    assert email.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in email.html
    assert len(as_bytes(email)) < 60_000
    assert "http" not in "".join(re.findall(r'(?:src|background)="([^"]*)"', email.html))
    if name in ABOUT_TICKETS:
        prefix = "" if language == "en" else f"/{language}"
        assert email.link == f"https://support.example.com{prefix}/guest/{TOKEN}"
        assert "12345" in email.subject
    for part in (email.plain, email.html):
        assert email.link in part
        assert email.code in part
    assert emails.write(mail_settings, sample(name, language)) == email


def test_french_sets_a_colon_apart(mail_settings: Settings):
    """The code added it without a space; now it is a text of its own."""
    email = emails.write(mail_settings, sample("reply", "fr"))
    assert f"Ouvrir le ticket\u00a0:\n{email.link}\n" in email.plain
    assert not re.search(r"\w:\n", email.plain)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("confirmation", "We received your ticket 12345"),
        ("reply", "Your support ticket 12345 has been updated"),
        ("details", "Ticket 12345: we need details from you"),
        ("two details", "Ticket 12345: we need 2 details from you"),
        ("resolved", "Ticket 12345 is resolved: please confirm"),
        ("merged", "Ticket 12345 was joined with ticket 12346"),
        ("guest's code", "Your ticket code"),
        ("reset code", "Your verification code"),
    ],
)
def test_subjects(mail_settings: Settings, name: str, subject: str):
    assert emails.write(mail_settings, sample(name)).subject == subject


def test_a_code_is_in_the_body_alone(mail_settings: Settings):
    email = emails.write(mail_settings, sample("guest's code"))

    assert email.code == "048271"
    assert "048271" not in "".join(email.headers.values())
    assert email.link == ""
    assert "href" not in email.html


def test_times_are_in_the_readers_zone(mail_settings: Settings):
    assert "10:09\u202fPM" in emails.write(mail_settings, sample("reply")).plain


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../../etc/passwd", "Etc/", "x" * 300])
def test_a_zone_that_is_none_is_utc(mail_settings: Settings, zone: str):
    mail = emails.write(mail_settings, sample("reply", time_zone=zone))
    assert "UTC" in mail.plain


def test_a_customer_gets_the_address_of_their_ticket(mail_settings: Settings):
    email = emails.write(mail_settings, sample("reply", "vi", guest_token=""))

    assert email.link == "https://support.example.com/vi/tickets/12345"


def test_what_people_call_themselves_is_shown_as_text(mail_settings: Settings):
    mail_settings.company = "<b>Harbor & Sons</b>"
    email = emails.write(mail_settings, sample("reply"))

    assert "<b>" not in email.html
    assert "&lt;b&gt;Harbor &amp; Sons&lt;/b&gt;" in email.html


def test_no_mail_says_what_people_wrote(
    store: Store, linh: Viewer, outbox: Outbox, postman: Postman, quiet_desk: Desk
):
    """The canary: words that a subject, a message, a note or a name has, and no mail may."""
    linh = replace(linh, name="Canary Linh")
    guest = Viewer(role="guest", address="canary@example.com", name="Canary Guest")
    form = TicketForm.parse(
        guest,
        {
            "subject": "canary subject",
            "body": "canary <b>body</b>",
            "email": guest.address,
            "name": guest.name,
            "client_id": says("x").client_id,
        },
    )
    number = store.write(new_ticket.submit, guest, form, "ip").number or 0
    outbox.deliver_due()
    for act, words in (
        (messages.reply, "canary reply"),
        (messages.note, "canary note"),
        (messages.request_details, "canary details"),
    ):
        store.write(act, linh, number, says(words))
        quiet_desk.later(minutes=3)
        outbox.deliver_due()
    store.write(tickets.resolve, linh, number)
    store.write(access.send_links_again, guest.address, None, "ip", "en")
    quiet_desk.later(minutes=3)
    outbox.deliver_due()

    mine = [email for email in postman.took if email.to == guest.address]
    expected = ["confirmation", "reply", "details_requested", "resolved", "security"]
    assert sorted(m.kind for m in mine) == sorted(expected)
    for email in mine:
        everything = str(replace(email, to="", headers={**email.headers, "To": ""}))
        assert "canary" not in everything.lower()


def test_the_link_of_a_mail_opens_the_ticket(store: Store, outbox: Outbox, postman: Postman, desk: Desk):
    outbox.deliver_due()
    token = postman.took[0].link.rpartition("/")[2]

    assert store.read(access.open_link, token).ticket.number == desk.number


def test_a_mail_speaks_the_language_that_the_account_has_by_then(
    store: Store, ana: Viewer, outbox: Outbox, postman: Postman
):
    store.write(new_ticket.submit, ana, asks_about(ana), "ip")
    store.write(accounts.set_language, ana.account_id or 0, "fr")
    outbox.deliver_due()
    store.write(accounts.set_language, ana.account_id or 0, "es")

    assert postman.took[0].language == "fr"
    assert "/fr/tickets/" in postman.took[0].link


def test_the_text_part_names_the_link_once_and_has_no_markup(mail_settings: Settings):
    for name in KINDS:
        email = emails.write(mail_settings, sample(name))
        assert not re.search(r"</?[a-z][^>]*>|&[a-z]+;", email.plain), name
        if email.link:
            assert email.plain.count(email.link + "\n") == 1, name


@pytest.mark.parametrize("name", KINDS)
def test_every_mail_has_its_reference_and_the_page_to_check_it(mail_settings: Settings, name: str):
    email = emails.write(mail_settings, sample(name, "fr"))

    for part in (email.plain, email.html):
        assert "7F3K9-QW2MX" in part
        if not email.code:
            assert "https://support.example.com/fr/check-message" in part
    assert "minh" not in email.reference


@pytest.mark.parametrize("name", ABOUT_TICKETS)
def test_customers_are_led_to_their_alerts_and_guests_are_not(mail_settings: Settings, name: str):
    of_customer = emails.write(mail_settings, sample(name, guest=False))
    of_guest = emails.write(mail_settings, sample(name, guest=True))

    assert "https://support.example.com/settings" in of_customer.plain
    assert "/settings" not in of_guest.plain + of_guest.html


def test_the_phrase_stands_in_both_parts_as_text(mail_settings: Settings):
    email = emails.write(mail_settings, sample("reply", guest=False, phrase="Tom & 'Jerry'"))

    assert "Your safety phrase: Tom & 'Jerry'" in email.plain
    assert "Tom &amp; " in email.html
    assert "Jerry" not in str(email.headers) + email.subject + email.key
    without = emails.write(mail_settings, sample("reply", phrase=""))
    assert "phrase:" not in without.plain.replace("seed phrase", "")
