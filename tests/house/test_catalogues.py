"""Every text is translated into every language, and none is said past the catalogues."""

import pytest
from babel.messages.catalog import Catalog

from tests.house.bare_texts import bare_texts, bare_texts_under
from ticket_portal.i18n import catalogues, extract
from ticket_portal.i18n.catalogues import LOCALE_DIR, in_context, ntranslate, read_texts, translate
from ticket_portal.i18n.check import mixed_up, problems, problems_of
from ticket_portal.i18n.extract import PACKAGE, FoundText, NotExtractable, find_texts, texts_in
from ticket_portal.i18n.locales import LOCALES, TRANSLATED


def test_all_catalogues_are_complete():
    assert problems() == []


def test_no_text_is_both_alone_and_a_plural():
    assert mixed_up(find_texts()) == []
    assert mixed_up(
        [FoundText("pages", "1 file", "a.py:1"), FoundText("pages", ("1 file", "{n} files"), "a.py:2")]
    )


def test_there_is_no_catalogue_of_an_unknown_language():
    assert sorted(folder.name for folder in LOCALE_DIR.iterdir()) == sorted(TRANSLATED)


# What a catalogue of one text may look like: (text, translation, the complaint).
SINGLES = [
    ("Hello {name}", "Hola {name}", None),
    ("Hello {name}", "", "empty"),
    ("Hello {name}", "  ", "empty"),
    ("Hello {name}", "Hola", "lost a placeholder ({name})"),
    ("Hello {name}", "Hola {nombre}", "has a placeholder that the English has not ({nombre})"),
]


@pytest.mark.parametrize(("text", "translation", "complaint"), SINGLES)
def test_a_wrong_translation_is_named(text: str, translation: str, complaint: str | None):
    catalogue = Catalog("es", fuzzy=False)
    catalogue.add(text, translation)

    assert list(problems_of(catalogue, [text])) == ([f"{complaint}: {text!r}"] if complaint else [])


TICKETS = ("1 ticket", "{n} tickets")
PLURALS = [
    (("{n} звернення", "{n} звернення", "{n} звернень"), None),
    (("Одне звернення", "{n} звернення", "{n} звернень"), None),
    (("{n} звернення", "{n} звернень"), "has 2 plural forms, the language has 3"),
    (("{n} звернення", "", "{n} звернень"), "empty"),
    (("{n} звернення", "багато", "{n} звернень"), "lost a placeholder ({n})"),
]


@pytest.mark.parametrize(("forms", "complaint"), PLURALS)
def test_a_wrong_plural_is_named(forms: tuple[str, ...], complaint: str | None):
    catalogue = Catalog("uk", fuzzy=False)
    catalogue.add(TICKETS, forms)

    assert list(problems_of(catalogue, [TICKETS])) == ([f"{complaint}: {TICKETS!r}"] if complaint else [])


def test_missing_stale_fuzzy_and_obsolete_texts_are_named():
    catalogue = Catalog("es", fuzzy=False)
    catalogue.add("Old", "Viejo")
    catalogue.add("Guessed", "Adivinado", flags={"fuzzy"})
    catalogue.obsolete["Gone"] = catalogue["Old"]

    assert [line.split(":")[0] for line in problems_of(catalogue, ["New", "Guessed"])] == [
        "missing",
        "stale, no longer in the sources",
        "stale, no longer in the sources",
        "fuzzy",
    ]


def test_texts_are_found_by_their_markers_and_computed_ones_refused():
    found = list(texts_in('t("One", n=1); tn("1 x", "{n} x", k); _("E" "-mail"); other("no")', "a.py"))

    assert [(text.domain, text.id) for text in found] == [
        ("pages", "One"),
        ("pages", ("1 x", "{n} x")),
        ("server", "E-mail"),
    ]
    for computed in ('t(f"Hello {name}")', "t(text)", 'tn("1 x")', '_("a" + b)'):
        with pytest.raises(NotExtractable):
            list(texts_in(computed, "a.py"))


def test_one_english_text_has_a_translation_for_each_context(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Extracted, written, checked and read: gettext's msgctxt all the way."""
    found = list(
        texts_in('t("Closed"); t("Closed", context="tickets"); tn("1 x", "{n} x", k, context="y")', "a.py")
    )
    ids = [text.id for text in found]
    assert ids == ["Closed", in_context("Closed", "tickets"), (in_context("1 x", "y"), "{n} x")]
    with pytest.raises(NotExtractable):
        list(texts_in('t("Closed", context=where)', "a.py"))

    monkeypatch.setattr(catalogues, "LOCALE_DIR", tmp_path)
    old = Catalog("uk", fuzzy=False)
    old.add("Closed", "Закрито")
    old.add("Closed", "Закриті", context="tickets")
    extract._write("uk", "pages", extract.template("pages", found), old)
    written = catalogues.read_catalogue("uk", "pages")

    assert (
        'msgctxt "tickets"\nmsgid "Closed"\nmsgstr "Закриті"' in catalogues.po_path("uk", "pages").read_text()
    )
    assert [line.split(":")[0] for line in problems_of(written, ids)] == ["empty"]  # the counted one alone
    assert [line.split(":")[0] for line in problems_of(written, ["Closed"])] == [
        "stale, no longer in the sources"
    ] * 2
    assert read_texts("uk", "pages").singles == {"Closed": "Закрито", ids[1]: "Закриті"}


def test_a_text_in_a_context_that_is_not_translated_is_shown_in_plain_english():
    assert translate("uk", in_context("A rare {what}", "of one"), what="thing") == "A rare thing"


@pytest.mark.parametrize("locale", LOCALES)
def test_each_number_has_its_form(locale: str):
    found = read_texts(locale, "pages")
    forms = {found.form_of(n) for n in range(200)}

    assert forms == set(range(len(forms)))
    assert len(forms) == {"uk": 3, "id": 1, "vi": 1}.get(locale, 2)


def test_ukrainian_counts_as_ukrainians_do():
    form_of = read_texts("uk", "pages").form_of

    assert [form_of(n) for n in (1, 21, 2, 22, 5, 11, 25, 111)] == [0, 0, 1, 1, 2, 2, 2, 2]


def test_an_unknown_text_or_language_is_shown_in_english():
    assert ntranslate("xx", "{n} rare thing", "{n} rare things", 2) == "2 rare things"
    assert ntranslate("uk", "{n} rare thing", "{n} rare things", 1) == "1 rare thing"


@pytest.mark.parametrize("folder", ["pages", "components"])
def test_no_bare_texts(folder: str):
    assert bare_texts_under(PACKAGE / folder) == []


def test_no_bare_texts_in_the_app():
    assert bare_texts((PACKAGE / "app.py").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bare",
    [
        'el.h1("My tickets")',
        'el.p(t("Hello"), " and ", name)',
        'el.p(f"Ticket {number}")',
        'el.button(icon("help"), aria_label="Help")',
        'el.input(placeholder="Search" if wide else "")',
        'el.img(custom_attrs={"aria-label": "Photo"})',
        'el.p(rx.cond(State.open, "Open", t("Closed")))',
        'el.p(rx.match(State.status, ("new", "Received"), t("Other")))',
        'el.ul(*[el.li("Item") for _ in range(3)])',
        'A.create("Skip", href="#main")',
        'empty_state("No tickets yet")',
    ],
)
def test_a_bare_text_is_found(bare: str):
    assert bare_texts(bare)


@pytest.mark.parametrize(
    "good",
    [
        'el.h1(t("My tickets"), class_name="wide title")',
        'el.p(State.subject, " · ", State.number)',
        'el.button(icon("help"), aria_label=t("Help"), type="button")',
        'el.div(class_name=rx.cond(State.open, "open", "closed"))',
        'el.meta(name="robots", content="noindex")',
        'el.p(rx.match(State.status, ("new", t("Received")), t("Other")))',
        'rx.Var("i18n.code")',
        'el.script("register()")',
        'field("email", t("Email"))',
        'path("M12 4 L20 8")',
    ],
)
def test_what_is_no_bare_text_passes(good: str):
    assert bare_texts(good) == []
