"""Articles are found by what people type, with and without accents and a mouse, also in the form for a new ticket."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.articles import title
from tests.browser.people import Person
from tests.browser.test_accessibility import is_good_for_everybody
from ticket_portal.i18n.locales import localized


@pytest.mark.parametrize(
    ("language", "words", "slug"),
    [
        ("en", "expired code", "verify-as-a-guest"),
        ("es", "estafa", "stay-safe"),
        ("fr", "recu e mail indesirables", "alerts"),
        ("id", "tangkapan layar", "what-to-include"),
        ("uk", "шахраї", "stay-safe"),
        ("vi", "ma giao dich", "what-to-include"),
    ],
)
def test_an_article_is_found_without_accents_and_its_hit_is_shown(minh: Person, words: str, slug: str):
    minh.goes_to("/")
    box = minh.page.get_by_role("search")
    box.get_by_role("searchbox").fill(words)
    first = box.get_by_role("link").first
    expect(first).to_contain_text(title(slug, minh.language))
    expect(first.locator("mark").first).to_be_visible()
    expect(box.get_by_role("status")).to_contain_text(re.compile(r"\d"))
    first.click()
    minh.page.wait_for_url(re.compile(localized(minh.language, f"/help/{slug}")))
    expect(minh.page.get_by_role("heading", level=1)).to_have_text(title(slug, minh.language))


def test_search_needs_no_mouse(minh: Person):
    minh.goes_to("/")
    page = minh.page
    field = page.get_by_role("searchbox")
    field.focus()
    page.keyboard.type("ticket")
    hits = page.get_by_role("search").get_by_role("link")
    expect(hits.nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hits.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    is_good_for_everybody(minh)
    page.keyboard.press("Escape")
    expect(hits).to_have_count(0)
    expect(field).to_have_value("")
    page.keyboard.type("scam")
    expect(hits).to_have_count(1)
    page.keyboard.press("Enter")
    expect(hits.first).to_be_focused()
    page.keyboard.press("Enter")
    minh.page.wait_for_url(re.compile("/help/stay-safe"))


def test_nothing_found_leads_to_a_person(minh: Person):
    minh.goes_to("/get-help")
    box = minh.page.get_by_role("search")
    box.get_by_role("searchbox").fill("zebra")
    expect(box.get_by_role("status")).to_have_text("No article matches “zebra”.")
    is_good_for_everybody(minh)
    box.get_by_role("link", name="Submit a ticket").click()
    minh.is_at("/tickets/new")


@pytest.mark.parametrize(
    ("language", "subject", "slug"),
    [
        ("en", "My withdrawal does not arrive", "what-to-include"),
        ("uk", "Хтось питав мій пароль, це шахраї?", "stay-safe"),
        ("vi", "Tôi không nhận được mã xác minh", "verify-as-a-guest"),
    ],
)
def test_articles_that_fit_are_offered_beside_the_form(minh: Person, subject: str, slug: str):
    minh.goes_to("/tickets/new")
    offered = minh.page.get_by_test_id("offered-articles")
    minh.types("Subject", "?")
    expect(offered).to_have_count(0)
    minh.types("Subject", subject)
    link = offered.get_by_role("link").filter(has_text=title(slug, minh.language))
    expect(link).to_be_visible()
    is_good_for_everybody(minh)
    with minh.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(title(slug, minh.language))
    opened.value.close()
    minh.has_typed(subject, "Subject")


def test_pages_load_the_search_only_when_somebody_searches(minh: Person):
    asked: list[Any] = []
    minh.page.on("request", lambda request: asked.append(request.url))
    minh.goes_to("/")
    minh.page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "article_search" in url]
    minh.page.get_by_role("searchbox").fill("code")
    expect(minh.page.get_by_role("search").get_by_role("link").first).to_be_visible()
    assert [url for url in asked if "article_search" in url]
