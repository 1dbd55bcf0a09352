"""Every text is translated into every language, and none is said past the catalogues."""

import shutil
from pathlib import Path

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
    extract._merge(old, extract.template("pages", found))
    extract._write("uk", "pages", old)
    written = catalogues.read_catalogue("uk", "pages")

    assert (
        'msgctxt "tickets"\nmsgid "Closed"\nmsgstr "Закриті"' in catalogues.po_path("uk", "pages").read_text()
    )
    assert [line.split(":")[0] for line in problems_of(written, ids)] == ["empty"]  # the counted one alone
    assert [line.split(":")[0] for line in problems_of(written, ["Closed"])] == [
        "stale, no longer in the sources"
    ] * 2
    assert read_texts("uk", "pages").singles == {"Closed": "Закрито", ids[1]: "Закриті"}


@pytest.fixture
def says(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Bring catalogues of their own in step with a module of this source; returns one domain's of all languages."""
    monkeypatch.setattr(catalogues, "LOCALE_DIR", tmp_path / "locales")
    package = tmp_path / "package"
    package.mkdir()

    def extracted(source: str, domain: str = "pages") -> dict[str, Catalog]:
        (package / "a.py").write_text(source, encoding="utf-8")
        extract.update(package)
        return {locale: catalogues.read_catalogue(locale, domain) for locale in TRANSLATED}

    return extracted


def translated(found: dict[str, Catalog], domain: str = "pages") -> None:
    """Give each text of these catalogues a translation."""
    for locale, catalogue in found.items():
        for message in catalogue:
            if isinstance(message.id, tuple):
                message.string = tuple(f"{locale} {n}: {message.id[1]}" for n in range(catalogue.num_plurals))
            elif message.id:
                message.string = f"{locale}: {message.id} ({message.context})"
        extract._write(locale, domain, catalogue)


OLD = "We have received your message and will answer within {n} hours."
NEW = "We received your message and will answer within {n} hours."


def test_a_reworded_sentence_keeps_its_translations_for_the_translator_alone(says):
    translated(says(f't("{OLD}")'))

    for _ in range(2):  # a second run changes nothing
        found = says(f't("{NEW}")')
        for locale, catalogue in found.items():
            message = catalogue[NEW]
            assert message.string == f"{locale}: {OLD} (None)"
            assert message.fuzzy
            assert message.previous_id == [OLD]
            assert OLD not in catalogue
            assert list(problems_of(catalogue, [NEW])) == [f"fuzzy: {NEW!r}"]
            assert read_texts(locale, "pages").singles == {}, "never shown"
            assert "#, fuzzy" in catalogues.po_path(locale, "pages").read_text()
    assert {done for domain, (_, done) in counts_of("pages")} == {0}
    again = says(f't("{NEW.replace("within", "in")}")')
    assert {c[NEW.replace("within", "in")].previous_id[0] for c in again.values()} == {OLD}, (
        "what is translated"
    )


def counts_of(domain: str) -> list[tuple[str, tuple[int, int]]]:
    found = extract.counts().items()
    return [(of, count) for (_, of), count in found if of == domain]


def test_a_long_previous_text_is_read_as_it_was_written(says):
    long = OLD + ' It says \\"tomorrow\\" where it is late-ish, well-known ' * 6
    translated(says(f't("{long}")'))
    for _ in range(2):
        found = says(f't("{long}Thanks.")')
    for catalogue in found.values():
        [message] = [m for m in catalogue if m.id]
        assert message.id == f"{message.previous_id[0]}Thanks."
        assert message.user_comments == []


def test_a_removed_sentence_goes_and_leaves_nothing_behind(says):
    translated(says(f't("{OLD}"); t("Close the ticket")'))
    for locale, catalogue in says('t("Close the ticket")').items():
        assert [m.id for m in catalogue if m.id] == ["Close the ticket"]
        assert not catalogue.obsolete
        assert OLD not in catalogues.po_path(locale, "pages").read_text().replace('"\n"', "")


def test_a_new_sentence_like_no_other_comes_in_empty(says):
    translated(says(f't("{OLD}")'))
    for catalogue in says(f't("{OLD}"); t("Colour")').values():
        assert (catalogue["Colour"].string, catalogue["Colour"].fuzzy) == ("", False)
        assert catalogue[OLD].string
        assert not catalogue[OLD].fuzzy


def test_contexts_and_plurals_are_kept_and_follow_their_own_sentence(says):
    source = 't("Closed"); t("Closed", context="list"); tn("1 ticket is open", "{n} tickets are open", k)'
    translated(says(source))
    before = {name: path.read_bytes() for name, path in _files()}
    says(source)
    assert {name: path.read_bytes() for name, path in _files()} == before

    reworded = source.replace("are open", "are still open").replace("1 ticket is", "1 ticket is still")
    for locale, catalogue in says(reworded).items():
        assert catalogue.get("Closed").string == f"{locale}: Closed (None)"
        assert catalogue.get("Closed", "list").string == f"{locale}: Closed (list)"
        counted = catalogue["1 ticket is still open"]
        assert counted.fuzzy
        assert counted.previous_id == ["1 ticket is open", "{n} tickets are open"]
        assert [form[:5] for form in counted.string] == [
            f"{locale} {n}:" for n in range(catalogue.num_plurals)
        ]
        assert not catalogue.get("Closed").fuzzy
        assert not catalogue.get("Closed", "list").fuzzy


def _files():
    return [
        ((locale, domain), catalogues.po_path(locale, domain))
        for locale, domain in catalogues.all_catalogues()
    ]


def test_to_extract_the_sources_as_they_are_changes_no_file(tmp_path, monkeypatch: pytest.MonkeyPatch):
    copy = tmp_path / "locales"
    shutil.copytree(LOCALE_DIR, copy)
    monkeypatch.setattr(catalogues, "LOCALE_DIR", copy)
    extract.update()
    for locale, domain in catalogues.all_catalogues():
        part = Path(locale, "LC_MESSAGES", f"{domain}.po")
        assert (copy / part).read_text() == (LOCALE_DIR / part).read_text(), f"run: make texts ({part})"


def test_texts_are_found_in_templates_too():
    found = list(
        texts_in(
            """<h1>{{ _("Hello {name}", name=x) }}</h1>{% set a = _("One "\n"line") %}{% if b %}{{ t("Closed",
            context="list") }}{% endif %}{{ f.t("no") }}{{ other("no") }}""",
            "a.html",
        )
    )
    assert {(text.domain, text.id) for text in found} == {
        ("server", "Hello {name}"),
        ("server", "One line"),
        ("pages", in_context("Closed", "list")),
    }
    for computed in (
        "{{ _(text) }}",
        '{{ _("a" ~ b) }}',
        "{{ _() }}",
        '{{ _("two\nlines") }}',
        '{{ t("a", context=b) }}',
    ):
        with pytest.raises(NotExtractable):
            list(texts_in(computed, "a.html"))
    assert any(text.place.startswith("ticket_portal/templates/") for text in find_texts())


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
