"""The articles of the help centre: where they are listed, what they tell search engines, and that they are light."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.articles import FOLLOW, in_all_languages, title
from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.test_accessibility import is_good_for_everybody
from ticket_portal.i18n.articles import slugs
from ticket_portal.i18n.locales import LOCALES, localized


@in_all_languages
def test_every_list_of_articles_leads_to_them(visitor: Visitor, language: str):
    minh = visitor("minh", phone=True)
    for place in ("/", "/get-help"):
        minh.goes_to(place)
        for slug in slugs():
            link = minh.page.locator(".topics").get_by_role("link").filter(has_text=title(slug, language))
            expect(link).to_have_attribute("href", localized(language, f"/help/{slug}"))


@in_all_languages
def test_an_article_tells_search_engines_what_it_is(minh: Person, portal: Portal):
    answer = minh.goes_to("/help/alerts")
    html = answer.text()
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    article, crumbs = json.loads(text)["@graph"]
    assert (article["@type"], article["inLanguage"]) == ("Article", minh.language)
    assert article["headline"] == title("alerts", minh.language)
    assert article["datePublished"] <= article["dateModified"]
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2]
    path = localized(minh.language, "/help/alerts")
    page = minh.page
    for rel, count in (("canonical", 1), ("alternate", len(LOCALES) + 1)):
        expect(page.locator(f"link[rel={rel}]")).to_have_count(count)
    assert (page.locator("link[rel=canonical]").get_attribute("href") or "").endswith(path)
    expect(page.locator("meta[property='og:type']")).to_have_attribute("content", "article")
    assert f'<html lang="{minh.language}"' in html
    assert title("alerts", minh.language) in page.title()
    assert page.evaluate("document.querySelectorAll('article time[datetime]').length") == 2


@in_all_languages
def test_an_article_that_is_not_there(minh: Person, portal: Portal):
    minh.forgives("status of 404")
    answer = minh.goes_to("/help/no-such-article")
    assert answer.status == 404
    minh.sees_heading("We can't find this page")
    assert portal.status(localized(minh.language, "/help/")) == 404


@pytest.mark.parametrize("language", ["en", "uk", "vi"])
@pytest.mark.parametrize("slug", ["follow-your-ticket", "stay-safe"])
def test_an_article_is_for_everybody(minh: Person, slug: str):
    minh.goes_to(f"/help/{slug}")
    is_good_for_everybody(minh)
    expect(minh.page.get_by_role("article")).to_have_count(1)


def test_the_contents_lead_to_the_parts(minh: Person):
    minh.goes_to(FOLLOW)
    minh.page.get_by_role("navigation", name="On this page").get_by_role("link", name="Tips").click()
    expect(minh.page.get_by_role("heading", name="Tips")).to_be_in_viewport()
    assert minh.page.url.endswith("#tips")


def test_an_article_is_light(minh: Person):
    weight = 0

    def add(response: Any) -> None:
        nonlocal weight
        weight += response.request.sizes()["responseBodySize"]

    minh.page.on("requestfinished", lambda request: add(request.response()))
    minh.goes_to(FOLLOW)
    minh.page.wait_for_load_state("networkidle")
    assert 0 < weight < 150_000
