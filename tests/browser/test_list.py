"""My tickets: parts, search, pages, and rows that stand still."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from ticket_portal.i18n.catalogues import in_context
from ticket_portal.i18n.locales import localized


def _rows(person: Person) -> Locator:
    return person.page.get_by_test_id("ticket-row")


def _part(person: Person, name: str) -> Locator:
    parts = person.page.get_by_role("navigation", name=person.word("Filter tickets"))
    return parts.get_by_role(
        "link", name=re.compile("^" + re.escape(person.word(in_context(name, "tickets"))))
    )


def _box(person: Person) -> Locator:
    return person.page.get_by_role("searchbox", name=person.word("Search tickets"))


@pytest.mark.scenario("two-hundred-tickets")
@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_is_shown_of_the_list_lives_in_the_address(ana: Person, language: str):
    ana.goes_to("/tickets")
    expect(_rows(ana)).to_have_count(25)
    _part(ana, "Closed").click()
    expect(_part(ana, "Closed")).to_have_attribute("aria-current", "page")
    expect(ana.page).to_have_url(re.compile("show=closed$"))
    expect(_rows(ana).first.get_by_test_id("ticket-status")).to_have_text(ana.word("Closed"))
    _box(ana).press_sequentially("deposit usdt", delay=60)
    expect(ana.page).to_have_url(re.compile(r"q=deposit\+usdt"))
    expect(_box(ana)).to_have_value("deposit usdt")
    expect(_rows(ana).first.locator("mark").first).to_have_text("Deposit")
    found = _rows(ana).all_inner_texts()
    assert all("Deposit" in row and "USDT" in row for row in found)

    _rows(ana).first.get_by_role("link").click()
    expect(ana.page.get_by_test_id("conversation")).to_be_visible()
    ana.page.go_back()
    expect(_box(ana)).to_have_value("deposit usdt")
    expect(_part(ana, "Closed")).to_have_attribute("aria-current", "page")
    expect(_rows(ana)).to_have_count(len(found))

    other = "uk" if language == "en" else "en"
    ana.page.locator(f"footer a[data-language={other}]").click()
    expect(ana.page).to_have_url(re.compile(re.escape(localized(other, "/tickets")) + r"\?.*show=closed"))
    expect(_rows(ana)).to_have_count(len(found))
    expect(ana.page.get_by_role("searchbox")).to_have_value("deposit usdt")
    ana.page.reload()
    expect(_rows(ana)).to_have_count(len(found))
    expect(ana.page.get_by_role("searchbox")).to_have_value("deposit usdt")


@pytest.mark.scenario("two-hundred-tickets")
def test_pages_are_kept_on_the_way_back(ana: Person):
    ana.goes_to("/tickets")
    ana.presses("Show more")
    expect(_rows(ana)).to_have_count(50)
    expect(ana.page).to_have_url(re.compile("page=2$"))
    _rows(ana).nth(45).scroll_into_view_if_needed()
    place = ana.page.evaluate("new Promise((done) => setTimeout(() => done(window.scrollY), 300))")
    assert place > 500
    _rows(ana).nth(45).get_by_role("link").click()
    expect(ana.page.get_by_test_id("conversation")).to_be_visible()

    ana.page.go_back()
    expect(_rows(ana)).to_have_count(50)
    expect(_rows(ana).nth(45)).to_be_in_viewport()


@pytest.mark.scenario("new")
@pytest.mark.parametrize(
    ("language", "said", "typed"),
    [
        ("vi", "Lệnh rút tiền bị treo từ hôm qua.", "rut tien"),
        ("uk", "Немає з’єднання з гаманцем.", "з'єднання"),
        ("en", "It is 0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060.", "51138bcf09"),
    ],
)
def test_what_was_said_is_found_as_people_type_it(
    ana: Person, linh: Person, number: int, said: str, typed: str
):
    linh.opens(number)
    linh.replies(said)
    linh.notes("Canary of the team.")
    ana.goes_to("/tickets")
    expect(_rows(ana)).to_have_count(1)

    _box(ana).fill("canary")
    ana.sees("No tickets match “{query}”", query="canary")
    _box(ana).fill(typed)
    expect(ana.row(number).locator("mark").first).to_be_visible()
    ana.presses("Clear search") if ana.button("Clear search").count() else _box(ana).fill("")
    expect(_box(ana)).to_have_value("")
    expect(ana.page).not_to_have_url(re.compile("q="))
    _part(ana, "Waiting for you").click()
    ana.sees("Nothing is waiting for you")


@pytest.mark.scenario("two-hundred-tickets")
def test_a_row_under_the_pointer_stands_still(ana: Person, linh: Person):
    ana.goes_to("/tickets?show=open")
    expect(_rows(ana)).to_have_count(25)
    numbers = [int(n) for n in ana.page.locator("[data-testid=ticket-row] .num").all_inner_texts()]
    _rows(ana).nth(16).hover()
    before = _rows(ana).nth(16).bounding_box()

    linh.opens(numbers[20])
    linh.replies("We have news.")
    news = ana.page.get_by_role("button", name=ana.word("1 update"))
    expect(news).to_be_visible()
    assert _rows(ana).nth(16).bounding_box() == before
    expect(_rows(ana).nth(16)).to_contain_text(str(numbers[16]))
    expect(_rows(ana).nth(20)).to_contain_text(str(numbers[20]))

    news.press("Enter")  # the mouse would leave the rows on its way, and they would move by themselves
    expect(_rows(ana).nth(20)).not_to_contain_text(str(numbers[20]))
    expect(news).to_have_count(0)

    # Away from the list, what is new comes by itself.
    ana.page.mouse.move(5, 5)
    linh.opens(numbers[22])
    linh.replies("News here too.")
    expect(_rows(ana).nth(22)).not_to_contain_text(str(numbers[22]))
    expect(news).to_have_count(0)


@pytest.mark.server("mortal")
@pytest.mark.scenario("new")
def test_a_list_that_could_not_be_read_says_so(ana: Person, portal: Portal, number: int, tmp_path: Path):
    ana.goes_to("/tickets")
    expect(_rows(ana)).to_have_count(1)
    [server] = portal.servers
    with closing(sqlite3.connect(server.folder / "portal.db")) as database:
        database.execute("ALTER TABLE ticket RENAME TO away")
        database.commit()
        _part(ana, "Open").click()
        ana.sees("We couldn't load your tickets")
        expect(ana.button("Try again")).to_be_enabled()
        database.execute("ALTER TABLE away RENAME TO ticket")
        database.commit()
    # When the page reads by itself in this moment, there is nothing to press any more.
    ana.button("Try again").evaluate_all("found => found.forEach((it) => it.click())")
    expect(ana.row(number)).to_be_visible()


@pytest.mark.scenario("two-hundred-tickets")
def test_the_list_on_the_phone(visitor: Visitor):
    ana = visitor("ana", phone=True).is_signed_in()
    ana.goes_to("/tickets?show=open&q=0")
    expect(_rows(ana).first).to_be_visible()
    assert ana.page.evaluate("document.documentElement.scrollWidth") == 390
    _part(ana, "All").tap()
    expect(_rows(ana)).not_to_have_count(0)
