"""The help articles: whole in every language, of one shape, and naming what is really on the pages."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it.tree import SyntaxTreeNode

from ticket_portal.frontend.article_index import index
from ticket_portal.i18n import articles, pages
from ticket_portal.i18n.articles import Article, ArticleBroken, label, labels, plain, slugs
from ticket_portal.i18n.catalogues import texts
from ticket_portal.i18n.locales import LOCALES, TRANSLATED

ROOT = Path(__file__).parents[2]
VALUES = {"company": "Harbor", "files": 5, "file_mb": 10, "video_mb": 50}
WANTED = {
    "follow-your-ticket", "submit-a-ticket", "verify-as-a-guest", "what-to-include", "alerts", "stay-safe",
}  # fmt: skip
# From docs/contract.md#labels, not from the catalogues.
STEPS = {
    "en": ("Help", "My tickets", "Menu", "Get help", "Check your tickets", "Send"),
    "es": ("Ayuda", "Mis tickets", "Menú", "Obtener ayuda", "Comprueba tus tickets", "Enviar"),
    "fr": ("Aide", "Mes tickets", "Menu", "Obtenir de l'aide", "Consulter mes tickets", "Envoyer"),
    "id": ("Bantuan", "Tiket Saya", "Menu", "Dapatkan Bantuan", "Periksa Tiket Anda", "Kirim"),
    "uk": (
        "Допомога",
        "Мої звернення",
        "Меню",
        "Отримати допомогу",
        "Перегляньте свої звернення",
        "Надіслати",
    ),
    "vi": ("Trợ giúp", "Ticket của tôi", "Menu", "Nhận trợ giúp", "Kiểm tra ticket", "Gửi"),
}
_REFERENCE = re.compile(r"\{label:((?:[^{}]|\{\w+\})+)\}")
_PAGE = re.compile(r'Page\(\s*"(/[^"\[]*)"')

each = pytest.mark.parametrize("slug", sorted(WANTED))
translated = pytest.mark.parametrize("locale", TRANSLATED)


def read(locale: str, slug: str) -> Article:
    return articles.read(locale, slug, VALUES)


def written(locale: str, slug: str) -> str:
    return (articles.FOLDER / locale / f"{slug}.md").read_text(encoding="utf-8")


def shape(node: SyntaxTreeNode) -> list[object]:
    """What an article is made of, without its words: emphasis alone is each language's own matter."""
    return [
        (child.type, child.tag, articles.anchor(child) if child.type == "heading" else "", shape(child))
        for child in node.children
        if child.type in ("heading", "ordered_list", "bullet_list", "list_item", "blockquote", "paragraph")
    ]


def steps(article: Article, section: str) -> list[list[str]]:
    """The labels of each step under a heading."""
    blocks = article.body.children
    [steps] = [b for a, b in pairwise(blocks) if a.type == "heading" and articles.anchor(a) == section]
    return [labels(item) for item in steps.children]


def test_all_articles_are_there_in_all_languages():
    assert set(slugs()) == WANTED
    for locale in LOCALES:
        assert {file.stem for file in (articles.FOLDER / locale).iterdir()} == WANTED
        assert len(articles.articles(locale, VALUES)) == len(WANTED)


@each
@translated
def test_a_translation_has_the_shape_of_the_original(slug: str, locale: str):
    english, other = read("en", slug), read(locale, slug)

    assert shape(other.body) == shape(english.body)
    assert _REFERENCE.findall(written(locale, slug)) == _REFERENCE.findall(written("en", slug))
    for part in ("topic", "order", "published", "updated", "related"):
        assert getattr(other, part) == getattr(english, part), part
    assert links(other.body) == links(english.body)
    for mine, theirs in zip(other.sections, english.sections, strict=True):
        assert not mine.text or mine.text != theirs.text, f"{locale}: still English: {mine.text}"


def links(node: SyntaxTreeNode) -> list[str]:
    return [str(found.attrs["href"]) for found in node.walk() if found.type == "link"]


@each
@pytest.mark.parametrize("locale", LOCALES)
def test_an_article_is_complete(slug: str, locale: str):
    article = read(locale, slug)

    assert 4 <= len(article.title) <= 60
    assert 50 <= len(article.description) <= 160
    assert article.published <= article.updated
    assert len(article.related) >= 2
    assert set(article.related) <= WANTED - {slug}
    headings = [part for part in article.sections if part.heading]
    assert all(part.id for part in headings)
    assert len({part.id for part in headings}) == len(headings)
    assert not any(re.match("doc-|main$", part.id) for part in headings), "these are the page's own ids"
    assert "<" not in written(locale, slug), "no HTML: components/help/article.py shows what Markdown says"
    assert not re.search(r"[{}]", plain(article.body)), "what stands in braces is filled in"


@each
def test_its_links_lead_somewhere(slug: str):
    pages_there = set(_PAGE.findall((ROOT / "ticket_portal/pages/__init__.py").read_text(encoding="utf-8")))
    there = pages_there | {articles.path_of(other) for other in WANTED}
    assert {"/tickets/new", "/find-ticket"} <= there
    assert set(links(read("en", slug).body)) <= there


@pytest.mark.parametrize("locale", LOCALES)
def test_the_steps_name_the_labels_of_the_contract(locale: str):
    help_, mine, menu, get_help, check, send = STEPS[locale]
    said = {english: label(locale, english) for english in ("Sign in", "Your reply", "Send code", "Verify")}
    article = read(locale, "follow-your-ticket")
    reply = [said["Your reply"], send]

    def even(found: list[list[str]]) -> list[list[str]]:
        return [[name.replace("’", "'") for name in step] for step in found]

    assert even(steps(article, "account-web")) == [[said["Sign in"]], [help_], [mine], [], reply]
    assert even(steps(article, "account-phone")) == [
        [menu, said["Sign in"]], [menu, get_help], [check], [], reply,
    ]  # fmt: skip
    for section in ("guest-web", "guest-phone"):
        *_mail, code, entered, answered = steps(article, section)
        assert (code, entered[1:], answered) == ([said["Send code"]], [said["Verify"]], reply)


@translated
def test_a_label_is_what_the_page_says(locale: str):
    assert label(locale, "My tickets") == texts(locale, "pages").singles["My tickets"]
    subject = texts(locale, "server").singles["Your support ticket {number} has been updated"]
    assert label(locale, "Your support ticket {number} has been updated") == subject.format(number=12345)


def test_a_label_that_no_page_says_stops_the_build():
    with pytest.raises(ArticleBroken, match="My old tickets"):
        label("en", "My old tickets")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "en").mkdir()
    monkeypatch.setattr(articles, "FOLDER", tmp_path)
    return tmp_path / "en"


FRONT = (
    "---\ntitle: T\ndescription: D\nkeywords: k\ntopic: tickets\norder: 1\n"
    "published: 2026-01-02\nupdated: 2026-01-02\nrelated: b\n---\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "No front matter",
        FRONT.replace("title: T", "title:"),
        FRONT.replace("topic: tickets", "topic: cats"),
        FRONT.replace("2026-01-02", "yesterday", 1),
        FRONT.replace("order: 1\n", ""),
        FRONT + "Press {label:Sned}.",
    ],
)
def test_a_broken_article_stops_the_build(folder: Path, text: str):
    (folder / "a.md").write_text(text)
    with pytest.raises(ArticleBroken, match="en/a"):
        articles.read("en", "a", VALUES)


def test_what_an_article_says_is_text_whatever_the_company_is_called(folder: Path):
    (folder / "a.md").write_text(FRONT + "<b>{company}</b> {label:Send} & *so*")
    article = articles.read("en", "a", {**VALUES, "company": "A*B* <i>[x](y)"})

    assert plain(article.body) == "<b>A*B* <i>[x](y)</b> Send & so"
    assert links(article.body) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_index_is_small_and_leads_into_its_language(locale: str):
    found = index(locale)

    assert len(found) == len(WANTED)
    prefix = "" if locale == "en" else f"/{locale}"
    assert all(article["href"].startswith(f"{prefix}/help/") for article in found)
    assert len(str(found).encode()) < 30_000


def test_only_pages_that_list_articles_carry_their_titles():
    assert {name for name in pages.names() if pages.shows(name, "help/articles")} == {"home", "get_help"}
