"""Words that people must not mix up, and forms that are their language's own."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from ticket_portal.i18n.catalogues import in_context, page_text, read_texts, translate
from ticket_portal.i18n.dates import format_date, format_datetime
from ticket_portal.i18n.locales import LOCALES, TRANSLATED

MOMENT = datetime(2026, 11, 22, 15, 9, tzinfo=UTC)
GLUED = re.compile(r"\s[:;?!»]|«\s")  # of French, where these must be no-break spaces


CODE = {"en": "code", "es": "código", "fr": "code", "id": "kode", "uk": "код", "vi": "mã"}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_reference_of_an_email_is_not_called_a_code(locale: str):
    """Someone who is asked for "the code of the email" gives the code that opens their ticket."""

    def has_it(text: str) -> bool:
        return CODE[locale] in re.findall(r"\w+", text.lower())

    assert has_it(page_text(locale, "Verification code"))
    for text in (
        "Reference",
        "None of our messages has the reference {reference}.",
        "Every email from us ends with a reference. Enter it here to check whether we sent it.",
        "Something went wrong on our side. Nothing was lost. Reference: {code}",
    ):
        assert not has_it(page_text(locale, text).replace("{code}", ""))
    for text in (
        "Reference of this email: {reference}",
        "Is this message really from us? Check its reference",
    ):
        assert not has_it(translate(locale, text))


@pytest.mark.parametrize("locale", TRANSLATED)
def test_amounts_are_written_with_the_decimal_sign_of_the_language(locale: str):
    assert page_text(locale, "0.5 BTC") == "0,5 BTC"
    assert "0.5" not in page_text(locale, "Enter the amount and the currency, for example 0.5 BTC.")


@pytest.mark.parametrize(
    ("locale", "quoted", "led"),
    [
        ("en", "“Thanks”", "Link:"),
        ("es", "«Thanks»", "Link:"),
        ("fr", "«\u00a0Thanks\u00a0»", "Link\u00a0:"),
        ("id", "“Thanks”", "Link:"),
        ("uk", "«Thanks»", "Link:"),
        ("vi", "“Thanks”", "Link:"),
    ],
)
def test_quotes_and_colons_are_the_language_s(locale: str, quoted: str, led: str):
    assert page_text(locale, "“{comment}”", comment="Thanks") == quoted
    assert translate(locale, "{label}:", label="Link") == led
    assert page_text(locale, "{label}: {value}", label="Link", value="x") == f"{led} x"


def _all_texts(locale: str) -> Iterable[str]:
    for domain in ("pages", "server"):
        found = read_texts(locale, domain)
        yield from found.singles.values()
        yield from (form for forms in found.plurals.values() for form in forms)


def test_no_french_line_begins_with_a_colon():
    torn = [
        text
        for text in _all_texts("fr")
        for at in GLUED.findall(text)
        if "\u00a0" not in at and "\u202f" not in at
    ]
    assert torn == []


@pytest.mark.parametrize(
    ("locale", "parts"),
    [
        ("es", ("Todos", "Abiertos", "Resueltos", "Cerrados")),
        ("fr", ("Tous", "Ouverts", "Résolus", "Fermés")),
        ("uk", ("Усі", "Відкриті", "Вирішені", "Закриті")),
    ],
)
def test_the_parts_of_a_list_agree_in_number(locale: str, parts: tuple[str, ...]):
    english = ("All", "Open", "Resolved", "Closed")
    assert tuple(page_text(locale, in_context(text, "tickets")) for text in english) == parts


@pytest.mark.parametrize(
    ("locale", "date", "both"),
    [
        ("en", "November 22, 2026", "November 22, 2026, 3:09 PM UTC"),
        ("es", "22 de noviembre de 2026", "22 de noviembre de 2026 a las 15:09 UTC"),
        ("fr", "22 novembre 2026", "22 novembre 2026 à 15:09 UTC"),
        ("id", "22 November 2026", "22 November 2026 pukul 15.09 UTC"),
        ("uk", "22 листопада 2026 р.", "22 листопада 2026 р., 15:09 UTC"),
        ("vi", "22/11/2026", "15:09 UTC ngày 22/11/2026"),
    ],
)
def test_dates_of_emails_are_written_as_people_write_them(locale: str, date: str, both: str):
    def plain(text: str) -> str:
        return re.sub(r"[\u00a0\u202f]", " ", text)

    assert plain(format_date(locale, MOMENT)) == date
    assert plain(format_datetime(locale, MOMENT)) == both
