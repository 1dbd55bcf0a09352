"""The headers of e-mails: who they are from, which thread they belong to, and what arrives over the wire."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from ticket_portal.delivery import emails
from ticket_portal.delivery.emails.samples import ABOUT_TICKETS, KINDS, sample
from ticket_portal.delivery.mail.smtp import as_bytes
from ticket_portal.settings import Settings

OTHER_KINDS = [name for name in KINDS if name not in ABOUT_TICKETS]


@pytest.mark.parametrize("name", ABOUT_TICKETS)
def test_headers_of_an_alert(mail_settings: Settings, name: str):
    headers = emails.write(mail_settings, sample(name)).headers

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
    mail_settings: Settings, name: str
):
    headers = emails.write(mail_settings, sample(name)).headers

    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "References", "In-Reply-To"} & set(headers)
    assert headers["Auto-Submitted"] == "auto-generated"


def test_the_mails_of_a_ticket_are_one_thread(mail_settings: Settings):
    first = emails.write(mail_settings, sample("confirmation", seq=1, earlier_seqs=[]))
    second = emails.write(mail_settings, sample("reply", seq=2, earlier_seqs=[1]))
    much_later = emails.write(mail_settings, sample("reply", seq=40, earlier_seqs=list(range(30, 39))))

    assert "References" not in first.headers
    assert second.headers["References"] == second.headers["In-Reply-To"] == first.headers["Message-ID"]
    references = much_later.headers["References"].split()
    assert len(references) == 10
    assert references[0] == first.headers["Message-ID"]
    assert references[-1] == much_later.headers["In-Reply-To"]


def test_a_message_id_is_another_for_each_recipient(mail_settings: Settings):
    one = emails.write(mail_settings, sample("reply"))
    other = emails.write(mail_settings, sample("reply", address="ana@example.com"))

    assert one.headers["Message-ID"] != other.headers["Message-ID"]


def test_a_line_break_in_a_header_is_refused(mail_settings: Settings):
    email = emails.write(mail_settings, sample("reply"))

    with pytest.raises(ValueError, match="control character"):
        replace(email, headers={**email.headers, "Subject": "Hello\r\nBcc: everybody@example.com"})


def test_over_the_wire_nothing_is_lost_or_broken(mail_settings: Settings):
    mail_settings.mail_from = "Підтримка Harbor <support@example.com>"
    email = emails.write(mail_settings, sample("reply", "vi", earlier_seqs=list(range(20, 29)), seq=40))

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
