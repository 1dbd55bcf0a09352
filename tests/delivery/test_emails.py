"""What e-mails say, in every language, and what they never say."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from tests.cast import asks_about, says
from tests.delivery.conftest import Desk, Postman
from ticket_portal.delivery import emails
from ticket_portal.delivery.mail.smtp import as_bytes
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain import accounts, guests, messages, tickets
from ticket_portal.domain.notifications import Delivery
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import TicketForm
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store

TOKEN = "k3Jf8sLq0ZpV5mXn1tYw7uRb2cDh6gEaQo9iNvTzKxM"
UNTIL = {"until": "2026-12-13T15:09:00+00:00"}
CLOSES = {"closes": "2026-11-29T15:09:00+00:00"}

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "confirmation": ("confirmation", {}),
    "reply": ("reply", {}),
    "details": ("details_requested", {}),
    "two details": ("details_requested", {"count": 2}),
    "reminder": ("reminder", {}),
    "last reminder": ("reminder", CLOSES),
    "resolved": ("resolved", UNTIL | CLOSES),
    "reopened": ("reopened", {}),
    "closed": ("closed", UNTIL),
    "closed by time": ("closed", UNTIL | {"by": "time"}),
    "merged": ("merged", {"into": 12346}),
    "guest's code": ("code", {"purpose": "guest"}),
    "sign-up code": ("code", {"purpose": "sign_up"}),
    "reset code": ("code", {"purpose": "reset"}),
    "already signed up": ("security", {"what": "already_signed_up"}),
    "password changed": ("security", {"what": "password_changed"}),
    "links": ("security", {"what": "links", "numbers": [12345, 12346]}),
}
TICKET_KINDS = [name for name, (kind, _) in KINDS.items() if kind not in ("code", "security")]
OTHER_KINDS = [name for name in KINDS if name not in TICKET_KINDS]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        data_dir=tmp_path,
        secret_key="a secret of the tests",  # pyright: ignore[reportArgumentType]
        base_url="https://support.example.com",
    )


def delivery(name: str, language: str = "en", **other: Any) -> Delivery:
    kind, data = KINDS[name]
    about_ticket = name in TICKET_KINDS
    secret: dict[str, Any] = {"code": "048271"} if kind == "code" else {"tokens": {"12345": TOKEN}}
    return replace(
        Delivery(
            id=7,
            attempt=1,
            key="12345.9.email.0123456789ab",
            kind=kind,
            channel="email",
            address="minh@example.com",
            language=language,
            time_zone="Asia/Ho_Chi_Minh",
            number=12345 if about_ticket else None,
            seq=9 if about_ticket else None,
            earlier_seqs=[1, 4] if about_ticket else [],
            guest_token=TOKEN if about_ticket else "",
            mute_token="1-0123456789abcdef" if about_ticket else "",
            secret=secret,
            data=data,
            happened_at=datetime(2026, 11, 22, 15, 9, tzinfo=UTC),
            at=datetime(2026, 11, 22, 15, 9, 20, tzinfo=UTC),
        ),
        **other,
    )


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


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("#10262c", "#fdfefe"),
        ("#4c6067", "#fdfefe"),
        ("#4c6067", "#f3f6f7"),
        ("#0a6275", "#fdfefe"),
        ("#f4fbfc", "#0a5566"),
        ("#10262c", "#eaf3f4"),
        ("#e4eef0", "#152327"),
        ("#a4b8be", "#152327"),
        ("#a4b8be", "#0e1719"),
        ("#7bd8e0", "#152327"),
        ("#06272e", "#7bd8e0"),
        ("#e4eef0", "#1a2d32"),
    ],
)
def test_colours_are_readable(settings: Settings, text: str, ground: str):
    html = (
        emails.write(settings, delivery("guest's code")).html + emails.write(settings, delivery("reply")).html
    )

    assert text in html
    assert ground in html
    assert contrast(text, ground) >= 4.5
