"""Everybody can use every page: axe finds nothing, in light and dark, wide and narrow; and no mouse is needed."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import DESKTOP, PASSWORD, PHONE

# Colours alone differ between light and dark; everything else is looked at once.
IN_THE_DARK = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def _violations(person: Person, options: dict[str, Any]) -> list[str]:
    page = person.page
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def is_good_for_everybody(person: Person) -> None:
    """Let axe look at a person's page as it stands, in every look."""
    found: list[str] = []
    for width, size in (("wide", DESKTOP), ("narrow", PHONE)):
        person.page.set_viewport_size(size)
        for scheme, options in (("light", {}), ("dark", IN_THE_DARK)):
            person.page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
            found += [f"{width}, {scheme}: {problem}" for problem in _violations(person, options)]
        wider = person.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wider > 0:
            found.append(f"{width}: the page is {wider} px wider than the screen")
    person.page.set_viewport_size(DESKTOP)
    person.page.emulate_media(color_scheme="light")
    assert not found, f"{person.page.url}\n" + "\n".join(found)
    expect(person.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(person.page.get_by_role("main")).to_have_count(1)
    expect(person.page.locator("main")).to_have_count(1)


@pytest.mark.parametrize(
    "path", ["/", "/get-help", "/sign-in", "/sign-up", "/forgot-password", "/find-ticket", "/tickets/new"]
)
def test_pages_for_everybody(visitor: Visitor, path: str):
    minh = visitor("minh", "vi")
    minh.goes_to(path)
    is_good_for_everybody(minh)


def test_forms_that_were_refused_and_pages_that_are_not_there(minh: Person):
    minh.forgives("status of 404")
    minh.goes_to("/no/such/page")
    is_good_for_everybody(minh)
    minh.goes_to("/guest/xxxxxxxxxxxxxxxxxxxx")
    is_good_for_everybody(minh)
    minh.goes_to("/sign-in")
    minh.signs_in("not the password")
    minh.sees_error("wrong_password")
    is_good_for_everybody(minh)
    minh.goes_to("/sign-up")
    minh.types("Name", "Minh")
    minh.types("Email", minh.address)
    minh.types("Password", "short")
    minh.presses("Create account")
    minh.sees_error("password_too_short")
    is_good_for_everybody(minh)
    minh.types("Password", "a longer sentence of mine")
    minh.presses("Create account")
    expect(minh.field("Verification code")).to_be_visible()
    is_good_for_everybody(minh)


@pytest.mark.scenario("demo")
@pytest.mark.parametrize("language", ["fr"])
def test_a_customers_pages(ana: Person, portal: Portal):
    ana.forgives("status of 404")
    ana.goes_to("/tickets")
    expect(ana.page.get_by_test_id("ticket-row").first).to_be_visible()
    is_good_for_everybody(ana)
    numbers = [int(text) for text in ana.page.locator("[data-testid=ticket-row] .num").all_inner_texts()]
    for number in numbers:
        ana.goes_to(f"/tickets/{number}")
        expect(ana.page.get_by_test_id("message").first).to_be_visible()
        is_good_for_everybody(ana)
    ana.goes_to("/settings")
    is_good_for_everybody(ana)
    ana.goes_to("/tickets/999999")
    ana.sees_heading("We can't find that ticket")
    is_good_for_everybody(ana)
    ana.goes_to(f"/tickets/{numbers[0]}")
    portal.lets_time_pass(days=31)
    ana.sees_heading("Your session ended")
    is_good_for_everybody(ana)


@pytest.mark.scenario("demo")
def test_the_teams_pages(linh: Person):
    linh.goes_to("/agent")
    expect(linh.page.get_by_test_id("ticket-row").first).to_be_visible()
    is_good_for_everybody(linh)
    linh.page.get_by_test_id("ticket-row").first.get_by_role("link").click()
    linh.composer_is_ready()
    linh.notes("For the team alone.")
    is_good_for_everybody(linh)


@pytest.mark.scenario("guest-ticket")
@pytest.mark.parametrize("language", ["uk"])
def test_a_guests_pages(minh: Person, portal: Portal, situation: dict[str, str]):
    minh.follows_link(situation["link"].replace("/guest/", "/uk/guest/"))
    expect(minh.button("Send code")).to_be_visible()
    is_good_for_everybody(minh)
    minh.presses("Send code")
    expect(minh.field("Verification code")).to_be_visible()
    is_good_for_everybody(minh)
    minh.types("Verification code", portal.mails(situation["email"], "code")[0]["code"])
    minh.presses("Verify")
    minh.composer_is_ready()
    is_good_for_everybody(minh)


@pytest.mark.scenario("new")
def test_open_panels(visitor: Visitor):
    ana = visitor("ana").is_signed_in()
    ana.goes_to("/")
    for panel in ("Help", "Account"):
        ana.presses(panel)
        expect(ana.page.locator("[popover]:popover-open")).to_be_visible()
        assert _violations(ana, {}) == []
        ana.page.keyboard.press("Escape")
    on_the_phone = visitor("ana", phone=True).is_signed_in()
    on_the_phone.goes_to("/")
    on_the_phone.presses("Menu")
    on_the_phone.presses("Get help")
    expect(on_the_phone.link("Check your tickets").first).to_be_visible()
    assert _violations(on_the_phone, {}) == []


@pytest.mark.scenario("new")
def test_an_answer_needs_no_mouse(visitor: Visitor, linh: Person, number: int):
    ana = visitor("ana")
    keys = ana.page.keyboard
    ana.goes_to("/sign-in")
    _tabs_to(ana, lambda: ana.field("Email"))
    keys.type(ana.address)
    _tabs_to(ana, lambda: ana.field("Password"))
    keys.type(PASSWORD)
    keys.press("Enter")
    ana.is_at("/tickets")
    ana.is_live()
    _tabs_to(ana, lambda: ana.button("Help"))
    keys.press("Enter")
    _tabs_to(ana, lambda: ana.link("My tickets").first)
    keys.press("Enter")
    expect(ana.page.get_by_role("heading", level=1)).to_be_visible()
    _tabs_to(ana, lambda: ana.row(number).get_by_role("link"))
    keys.press("Enter")
    ana.composer_is_ready()
    _tabs_to(ana, lambda: ana.field("Your reply"))
    keys.type("Without a mouse.")
    _tabs_to(ana, lambda: ana.button("Send"))
    keys.press("Enter")
    ana.sees_message("Without a mouse.")
    linh.opens(number)
    linh.replies("Well done.")
    ana.sees_message("Well done.")
    expect(ana.page.get_by_role("status").filter(has_text="Linh")).to_have_count(1)


def _tabs_to(person: Person, where: Callable[[], Any]) -> None:
    """Press Tab until the focus is there, as far as a page has stops."""
    for _ in range(60):
        person.page.keyboard.press("Tab")
        if where().evaluate("it => it === document.activeElement"):
            return
    raise AssertionError("Tab never led there.")
