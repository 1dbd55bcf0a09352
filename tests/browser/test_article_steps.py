"""The article about one's ticket: whoever does what it says, step by step, sends a reply."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.articles import FOLLOW, in_all_languages
from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import named
from ticket_portal.i18n import articles


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
