"""What e-mails say, in every language, and what they never say."""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from html5lib import HTMLParser

from tests.cast import asks_about, says
from tests.delivery.conftest import Desk, Postman
from ticket_portal.delivery import emails
from ticket_portal.delivery.emails import layout
from ticket_portal.delivery.emails.samples import ABOUT_TICKETS, KINDS, TOKEN, sample
from ticket_portal.delivery.mail.smtp import as_bytes
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain import accounts, guests, messages, tickets
from ticket_portal.domain.notifications import Delivery
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import TicketForm
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store

TICKET_KINDS = ABOUT_TICKETS
OTHER_KINDS = [name for name in KINDS if name not in TICKET_KINDS]
READERS = ("guest", "customer")
TURNED = "turned over"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        data_dir=tmp_path,
        secret_key="a secret of the tests",  # pyright: ignore[reportArgumentType]
        base_url="https://support.example.com",
    )


def delivery(name: str, language: str = "en", **other: Any) -> Delivery:
    return sample(name, language, **other)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("name", KINDS)
def test_every_mail_is_whole_in_every_language(settings: Settings, name: str, language: str):
    email = emails.write(settings, delivery(name, language))

    for text in (email.subject, email.plain, email.html):
        assert not re.search(r"\{\w+\}", re.sub(r"<style>.*?</style>", "", text))
    assert email.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in email.html
    assert len(as_bytes(email)) < 60_000
    assert "http" not in "".join(re.findall(r'(?:src|background)="([^"]*)"', email.html))
    if name in TICKET_KINDS:
        prefix = "" if language == "en" else f"/{language}"
        assert email.link == f"https://support.example.com{prefix}/guest/{TOKEN}"
        assert "12345" in email.subject
    for part in (email.plain, email.html):
        assert email.link in part
        assert email.code in part
    assert emails.write(settings, delivery(name, language)) == email


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
def test_subjects(settings: Settings, name: str, subject: str):
    assert emails.write(settings, delivery(name)).subject == subject


@pytest.mark.parametrize("name", TICKET_KINDS)
def test_headers_of_an_alert(settings: Settings, name: str):
    headers = emails.write(settings, delivery(name)).headers

    assert headers["From"] == "Harbor Support <support@example.com>"
    assert headers["Reply-To"] == "no-reply@example.com"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["Date"] == "Sun, 22 Nov 2026 15:09:20 +0000"
    assert (
        headers["List-Unsubscribe"] == "<https://support.example.com/notifications/mute/1-0123456789abcdef>"
    )
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_codes_and_security_mails_have_their_own_thread_and_cant_be_unsubscribed(
    settings: Settings, name: str
):
    headers = emails.write(settings, delivery(name)).headers

    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "References", "In-Reply-To"} & set(headers)
    assert headers["Auto-Submitted"] == "auto-generated"


def test_the_mails_of_a_ticket_are_one_thread(settings: Settings):
    first = emails.write(settings, delivery("confirmation", seq=1, earlier_seqs=[]))
    second = emails.write(settings, delivery("reply", seq=2, earlier_seqs=[1]))
    much_later = emails.write(settings, delivery("reply", seq=40, earlier_seqs=list(range(30, 39))))

    assert "References" not in first.headers
    assert second.headers["References"] == second.headers["In-Reply-To"] == first.headers["Message-ID"]
    references = much_later.headers["References"].split()
    assert len(references) == 10
    assert references[0] == first.headers["Message-ID"]
    assert references[-1] == much_later.headers["In-Reply-To"]


def test_a_message_id_is_another_for_each_recipient(settings: Settings):
    one = emails.write(settings, delivery("reply"))
    other = emails.write(settings, delivery("reply", address="ana@example.com"))

    assert one.headers["Message-ID"] != other.headers["Message-ID"]


def test_a_code_is_in_the_body_alone(settings: Settings):
    email = emails.write(settings, delivery("guest's code"))

    assert email.code == "048271"
    assert "048271" not in "".join(email.headers.values())
    assert email.link == ""
    assert "href" not in email.html


def test_times_are_in_the_readers_zone(settings: Settings):
    assert "10:09\u202fPM" in emails.write(settings, delivery("reply")).plain


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../../etc/passwd", "Etc/", "x" * 300])
def test_a_zone_that_is_none_is_utc(settings: Settings, zone: str):
    mail = emails.write(settings, sample("reply", time_zone=zone))
    assert "UTC" in mail.plain


def test_a_customer_gets_the_address_of_their_ticket(settings: Settings):
    email = emails.write(settings, delivery("reply", "vi", guest_token=""))

    assert email.link == "https://support.example.com/vi/tickets/12345"


def test_a_line_break_in_a_header_is_refused(settings: Settings):
    email = emails.write(settings, delivery("reply"))

    with pytest.raises(ValueError, match="control character"):
        replace(email, headers={**email.headers, "Subject": "Hello\r\nBcc: everybody@example.com"})


def test_what_people_call_themselves_is_shown_as_text(settings: Settings):
    settings.company = "<b>Harbor & Sons</b>"
    email = emails.write(settings, delivery("reply"))

    assert "<b>" not in email.html
    assert "&lt;b&gt;Harbor &amp; Sons&lt;/b&gt;" in email.html


def test_over_the_wire_nothing_is_lost_or_broken(settings: Settings):
    settings.mail_from = "Підтримка Harbor <support@example.com>"
    email = emails.write(settings, delivery("reply", "vi", earlier_seqs=list(range(20, 29)), seq=40))

    raw = as_bytes(email)
    parsed = message_from_bytes(raw, policy=policy.default)

    assert raw == as_bytes(email)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    for name, value in email.headers.items():
        if name not in ("From", "References"):
            assert str(parsed[name]) == value
    assert parsed["References"].split() == email.headers["References"].split()
    assert parsed["From"].addresses[0].display_name == "Підтримка Harbor"
    assert parsed.get_content_type() == "multipart/alternative"
    parts = list(parsed.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["quoted-printable"] * 2
    assert parts[0].get_content().replace("\r\n", "\n") == email.plain
    assert parts[1].get_content().replace("\r\n", "\n") == email.html


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
    number = store.write(tickets.submit, guest, form, "ip").number or 0
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
    store.write(guests.send_links_again, guest.address, None, "ip", "en")
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

    assert store.read(guests.open_link, token).ticket.number == desk.number


def test_a_mail_speaks_the_language_that_the_account_has_by_then(
    store: Store, ana: Viewer, outbox: Outbox, postman: Postman
):
    store.write(tickets.submit, ana, asks_about(ana), "ip")
    store.write(accounts.speak, ana.account_id or 0, "fr")
    outbox.deliver_due()
    store.write(accounts.speak, ana.account_id or 0, "es")

    assert postman.took[0].language == "fr"
    assert "/fr/tickets/" in postman.took[0].link


# Seen as people see it: the styles in the elements, in a light and a dark program, and in one that turns colours over.


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("name", KINDS)
def test_the_html_is_valid_and_its_styles_are_in_its_elements(
    settings: Settings, name: str, language: str, reader: str
):
    html = emails.write(settings, delivery(name, language, guest=reader == "guest")).html
    parser = HTMLParser(namespaceHTMLElements=False)
    parser.parse(html)

    # Outlook's own parts are in comments, where no parser looks.
    assert [error for _, error, _ in parser.errors] == []
    document = lxml.html.document_fromstring(html)
    assert (document.get("lang"), document.get("dir")) == (language, "ltr")
    shown = [e for e in document.body.iter() if isinstance(e.tag, str) and (e.text or "").strip()]
    unstyled = [e.tag for e in shown if not e.get("style")]
    assert unstyled == []
    assert all(table.get("role") == "presentation" for table in document.iter("table"))
    assert not document.xpath("//img | //link | //script | //@background | //style[contains(., 'url(')]")
    assert document.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert "prefers-color-scheme: dark" in document.xpath("string(//style)")


@pytest.mark.parametrize("scheme", ["light", "dark", TURNED])
@pytest.mark.parametrize("name", KINDS)
def test_every_text_is_readable_in_every_scheme(settings: Settings, name: str, scheme: str):
    document = lxml.html.document_fromstring(emails.write(settings, delivery(name)).html)
    texts = [e for e in document.body.iter() if isinstance(e.tag, str) and (e.text or "").strip()]
    seen = [e for e in texts if "hide" not in (e.get("class") or "").split()]

    assert len(seen) > 5
    for element in seen:
        ink, ground = colour(element, "color", scheme), colour(element, "background", scheme)
        assert contrast(ink, ground) >= 4.5, f"{ink} on {ground}: {element.text}"


def test_the_button_is_one_for_outlook_too_and_big_enough_for_a_thumb(settings: Settings):
    email = emails.write(settings, delivery("reply"))
    button = lxml.html.document_fromstring(email.html).find_class("btn")[0]
    style = styles(button.get("style") or "")

    assert button.get("href") == email.link
    padding = int(style["padding"].split()[0].removesuffix("px"))
    assert 2 * padding + int(style["line-height"].removesuffix("px")) >= 44
    assert f'<v:roundrect xmlns:w="urn:schemas-microsoft-com:office:word" href="{email.link}"' in email.html


def test_the_text_part_names_the_link_once_and_has_no_markup(settings: Settings):
    for name in KINDS:
        email = emails.write(settings, delivery(name))
        assert not re.search(r"</?[a-z][^>]*>|&[a-z]+;", email.plain), name
        if email.link:
            assert email.plain.count(email.link + "\n") == 1, name


@pytest.mark.parametrize("name", KINDS)
def test_every_mail_has_its_reference_and_the_page_to_check_it(settings: Settings, name: str):
    email = emails.write(settings, delivery(name, "fr"))

    for part in (email.plain, email.html):
        assert "7F3K9-QW2MX" in part
        if not email.code:
            assert "https://support.example.com/fr/check-message" in part
    assert "minh" not in email.reference


@pytest.mark.parametrize("name", TICKET_KINDS)
def test_customers_are_led_to_their_alerts_and_guests_are_not(settings: Settings, name: str):
    of_customer = emails.write(settings, delivery(name, guest=False))
    of_guest = emails.write(settings, delivery(name, guest=True))

    assert "https://support.example.com/settings" in of_customer.plain
    assert "/settings" not in of_guest.plain + of_guest.html


def test_the_phrase_stands_in_both_parts_as_text(settings: Settings):
    email = emails.write(settings, delivery("reply", guest=False, phrase="Tom & 'Jerry'"))

    assert "Your safety phrase: Tom & 'Jerry'" in email.plain
    assert "Tom &amp; " in email.html
    assert "Jerry" not in str(email.headers) + email.subject + email.key
    without = emails.write(settings, delivery("reply", phrase=""))
    assert "phrase:" not in without.plain.replace("seed phrase", "")


def colour(element: Any, name: str, scheme: str) -> str:
    """The colour that an element has, its own or its surroundings', as `#rrggbb`."""
    dark = {
        word.removeprefix("."): styles(rules)
        for names, rules in re.findall(r"([.\w, ]+?)\s*\{([^}]*)\}", layout.DARK)
        for word in names.replace(" ", "").split(",")
    }
    while element is not None:
        found = styles(element.get("style") or "").get(name)
        if scheme == "dark":
            for word in (element.get("class") or "").split():
                found = dark.get(word, {}).get(name, found)
        if found:
            return turned(found) if scheme == TURNED else found
        element = element.getparent()
    raise AssertionError(f"no {name}")


def styles(text: str) -> dict[str, str]:
    """The declarations of a style by their names."""
    pairs = (part.partition(":") for part in text.split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def turned(colour: str) -> str:
    """What a program makes of a colour that has no dark mode: the same hue, light where it was dark."""
    hue, light, fullness = rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    return "#" + "".join(f"{round(c * 255):02x}" for c in hls_to_rgb(hue, 1 - light, fullness))


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
