"""The help centre: people find an article, do what it says, say whether it helped, and lose nothing on the way."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person, named
from tests.browser.portal import Portal
from tests.browser.test_accessibility import is_good_for_everybody
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import articles
from ticket_portal.i18n.articles import slugs
from ticket_portal.i18n.locales import LOCALES, localized

FOLLOW = "/help/follow-your-ticket"
LANGUAGES = tuple(LOCALES)
in_all_languages = pytest.mark.parametrize("language", LANGUAGES)


def _title(slug: str, language: str = "en") -> str:
    return articles.read(language, slug, SITE.values).title


def _steps(reader: Person, section: str) -> list[list[str]]:
    """The labels of each step, as the article shows them under a heading."""
    reader.goes_to(FOLLOW)
    items = reader.page.locator(f"#{section} + ol > li")
    expect(items.first).to_be_visible()
    return [item.locator("b.ui").all_inner_texts() for item in items.all()]


def _does(person: Person, label: str) -> None:
    """Do what a step says with the control of this name: type into a field, press anything else."""
    page = person.page
    control = (
        page.get_by_role("button", name=named(label))
        .or_(page.get_by_role("link", name=named(label)))
        .filter(visible=True)
        .first
    )
    field = page.get_by_role("textbox", name=named(label)).filter(visible=True)
    expect(control.or_(field).first).to_be_visible()
    if field.count():
        field.fill(_typed(person, field))
    else:
        expect(control).to_be_enabled()
        person._touches(control)
    if label == _says(person, "Sign in"):
        page.wait_for_url(re.compile("/sign-in"))
        person.signs_in()
        page.wait_for_url(re.compile(FOLLOW))  # back where they were
        person.is_live()


def _says(person: Person, english: str) -> str:
    return articles.label(person.language, english)


def _typed(person: Person, field: Locator) -> str:
    if field.get_attribute("inputmode") == "numeric":
        return person.portal.mails(person.address, "code")[0]["code"]
    return "I followed the article."


@pytest.mark.scenario("new")
@in_all_languages
@pytest.mark.parametrize("phone", [False, True], ids=["web", "phone"])
def test_the_steps_of_the_article_lead_a_customer_to_their_reply(visitor: Visitor, phone: bool, number: int):
    ana = visitor("ana", phone=phone)
    for step in _steps(ana, "account-phone" if phone else "account-web"):
        if not step:
            ana.chooses_ticket(number)
            ana.composer_is_ready()
        for label in step:
            _does(ana, label)
    ana.sees_message("I followed the article.")


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("uk", True), ("vi", False), ("fr", True)])
def test_the_steps_of_the_article_lead_a_guest_to_their_reply(
    visitor: Visitor, linh: Person, portal: Portal, phone: bool
):
    minh = visitor("minh", phone=phone)
    minh.submits_a_ticket("Where is my deposit?", "It left on Monday.")
    expect(minh.page.locator(".big")).to_be_visible()
    number = int(minh.page.locator(".big").inner_text())
    linh.opens(number)
    linh.replies("It is on its way.")
    portal.lets_time_pass(seconds=30)

    (subject,), *rest = _with_subject(_steps(minh, "guest-phone" if phone else "guest-web"), phone)
    [mail, *_] = portal.mails(minh.address, "reply")
    if subject:
        assert mail["subject"] == subject.replace(str(articles.EXAMPLE_NUMBER), str(number))
    minh.follows_link(mail["link"])
    for step in rest:
        for label in step:
            _does(minh, label)
    minh.sees_message("I followed the article.")


def _with_subject(steps: list[list[str]], phone: bool) -> list[list[str]]:
    """The first step names the mail on the web; on the phone it only speaks of it."""
    first, *rest = steps
    return [[""], *rest] if phone else [first, *rest]


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
    expect(first).to_contain_text(_title(slug, minh.language))
    expect(first.locator("mark").first).to_be_visible()
    expect(box.get_by_role("status")).to_contain_text(re.compile(r"\d"))
    first.click()
    minh.page.wait_for_url(re.compile(localized(minh.language, f"/help/{slug}")))
    expect(minh.page.get_by_role("heading", level=1)).to_have_text(_title(slug, minh.language))


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


@in_all_languages
def test_every_list_of_articles_leads_to_them(visitor: Visitor, language: str):
    minh = visitor("minh", phone=True)
    for place in ("/", "/get-help"):
        minh.goes_to(place)
        for slug in slugs():
            link = minh.page.locator(".topics").get_by_role("link").filter(has_text=_title(slug, language))
            expect(link).to_have_attribute("href", localized(language, f"/help/{slug}"))


@in_all_languages
def test_an_article_tells_search_engines_what_it_is(minh: Person, portal: Portal):
    answer = minh.goes_to("/help/alerts")
    html = answer.text()
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    article, crumbs = json.loads(text)["@graph"]
    assert (article["@type"], article["inLanguage"]) == ("Article", minh.language)
    assert article["headline"] == _title("alerts", minh.language)
    assert article["datePublished"] <= article["dateModified"]
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2]
    path = localized(minh.language, "/help/alerts")
    page = minh.page
    for rel, count in (("canonical", 1), ("alternate", len(LOCALES) + 1)):
        expect(page.locator(f"link[rel={rel}]")).to_have_count(count)
    assert (page.locator("link[rel=canonical]").get_attribute("href") or "").endswith(path)
    expect(page.locator("meta[property='og:type']")).to_have_attribute("content", "article")
    assert f'<html lang="{minh.language}"' in html
    assert _title("alerts", minh.language) in page.title()
    assert page.evaluate("document.querySelectorAll('article time[datetime]').length") == 2


@in_all_languages
def test_an_article_that_is_not_there(minh: Person, portal: Portal):
    minh.forgives("status of 404")
    answer = minh.goes_to("/help/no-such-article")
    assert answer.status == 404
    minh.sees_heading("This page isn't here")
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


def test_what_did_not_help_is_said_once(visitor: Visitor):
    minh = visitor("minh", phone=True)
    minh.goes_to("/help/alerts")
    box = minh.page.get_by_role("region", name="Was this helpful?")
    with minh.page.expect_response("**/help-feedback") as first:
        box.get_by_role("button", name="No").tap()
    assert first.value.status == 204
    field = box.get_by_label("What was missing?")
    expect(field).to_be_focused()
    is_good_for_everybody(minh)
    field.fill("How long does it take?")
    with minh.page.expect_response("**/help-feedback") as second:
        box.get_by_role("button", name="Send").click()
    assert second.value.status == 204
    expect(box.get_by_role("status")).to_have_text("Thank you for telling us.")
    minh.reloads()
    expect(box.get_by_role("status")).to_have_text("Thank you for telling us.")
    expect(box.get_by_role("button")).to_have_count(0)
    minh.goes_to("/help/stay-safe")
    expect(box.get_by_role("button", name="Yes")).to_be_enabled()


def test_what_could_not_be_said_can_be_said_again(minh: Person):
    minh.forgives_a_lost_connection()
    minh.goes_to("/help/alerts")
    box = minh.page.get_by_role("region", name="Was this helpful?")
    minh.page.route("**/help-feedback", lambda route: route.abort())
    box.get_by_role("button", name="Yes").click()
    expect(box.get_by_role("status")).to_have_text("That could not be saved. Please try again.")
    minh.page.unroute("**/help-feedback")
    box.get_by_role("button", name="Yes").click()
    expect(box.get_by_role("status")).to_have_text("Thank you for telling us.")
    expect(box.get_by_role("heading")).to_be_focused()


def test_what_was_missing_is_not_lost_with_the_connection(minh: Person):
    minh.forgives_a_lost_connection()
    minh.goes_to("/help/alerts")
    box = minh.page.get_by_role("region", name="Was this helpful?")
    box.get_by_role("button", name="No").click()
    box.get_by_label("What was missing?").fill("How long does it take?")
    minh.page.route("**/help-feedback", lambda route: route.abort())
    box.get_by_role("button", name="Send").click()
    expect(box.get_by_role("status")).to_have_text("That could not be saved. Please try again.")
    expect(box.get_by_label("What was missing?")).to_have_value("How long does it take?")
    minh.page.unroute("**/help-feedback")
    box.get_by_role("button", name="Send").click()
    expect(box.get_by_role("status")).to_have_text("Thank you for telling us.")
    expect(box.get_by_label("What was missing?")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_word_of_the_first_sentence_is_torn(visitor: Visitor, language: str):
    minh = visitor("minh", language)
    minh.goes_to("/")
    sentence = minh.page.locator(".hero p").first
    expect(sentence).to_contain_text("e\u2011mail")
    for width in range(320, 480, 20):
        minh.page.set_viewport_size({"width": width, "height": 800})
        lines = sentence.evaluate(
            """(it) => {
              const text = it.firstChild;
              const range = document.createRange();
              const at = text.data.indexOf("mail") - 2;
              range.setStart(text, at);
              range.setEnd(text, at + 6);
              return new Set([...range.getClientRects()].map((box) => box.top)).size;
            }"""
        )
        assert lines == 1, width


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
    link = offered.get_by_role("link").filter(has_text=_title(slug, minh.language))
    expect(link).to_be_visible()
    is_good_for_everybody(minh)
    with minh.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(_title(slug, minh.language))
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


def test_an_article_is_light(minh: Person):
    weight = 0

    def add(response: Any) -> None:
        nonlocal weight
        weight += response.request.sizes()["responseBodySize"]

    minh.page.on("requestfinished", lambda request: add(request.response()))
    minh.goes_to(FOLLOW)
    minh.page.wait_for_load_state("networkidle")
    assert 0 < weight < 150_000
