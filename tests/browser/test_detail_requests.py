"""Requests for details as checklists: asked for, given in part, declined."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests import samples
from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.test_accessibility import is_good_for_everybody

TXID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"


def picks(linh: Person, *kinds: str, chain: str = "", question: str = "", message: str = "") -> None:
    """Open the dialog with an empty composer, pick items, and ask for them."""
    linh.presses("Request details")
    dialog = linh.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for kind in kinds:
        dialog.get_by_role("checkbox", name=linh.word(kind), exact=True).check()
    if chain:
        dialog.get_by_label(linh.word("Network of the transaction")).select_option(chain)
    dialog.get_by_label(linh.word("Your own questions, one per line")).fill(question)
    dialog.get_by_label(linh.word("Message (optional)")).fill(message)
    dialog.get_by_role("button", name=linh.word("Ask for these")).click()
    expect(dialog).to_be_hidden()


def detail(person: Person, place: int) -> Locator:
    """One item of the checklist."""
    return person.page.get_by_test_id("detail").nth(place)


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["es"])
def test_details_are_asked_for_given_in_part_and_declined(
    visitor: Visitor, linh: Person, number: int, portal: Portal
):
    ana = visitor("ana", phone=True).is_signed_in()
    ana.opens(number)
    linh.opens(number)
    picks(linh, "Transaction ID", "Date and time", chain="bitcoin", question="Which wallet did you use?")
    linh.sees_status("Waiting for you")
    expect(linh.page.get_by_test_id("details-count")).to_have_text(
        linh.word("{n} of {total} answered", n=0, total=3)
    )

    # Live, with the words of what is wrong.
    expect(ana.page.get_by_test_id("detail")).to_have_count(3)
    ana.sees_status("Waiting for you")
    ana.presses("Send {n} of {total}", n=0, total=3)
    ana.sees("Fill in at least one, or tell us why you can't.")
    txid = detail(ana, 0).locator("[name=value]")
    txid.fill(TXID[:-3])
    ana.presses("Send {n} of {total}", n=1, total=3)
    expect(detail(ana, 0).get_by_role("alert")).to_contain_text("61")
    expect(txid).to_be_focused()
    txid.fill("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    ana.presses("Send {n} of {total}", n=1, total=3)
    expect(detail(ana, 0).get_by_role("alert")).to_contain_text(
        ana.word("This looks like an address. You'll find the transaction ID in the transfer details.")
    )

    # An explorer's link will do; what is filled in outlives a reload.
    txid.fill(f"https://mempool.space/es/tx/{TXID}")
    detail(ana, 1).locator("[name=value]").fill("2026-01-05T10:30")
    ana.reloads()
    expect(detail(ana, 0).locator("[name=value]")).to_have_value(re.compile(TXID))
    ana.presses("Send {n} of {total}", n=2, total=3)
    expect(detail(ana, 0)).to_have_attribute("data-state", "answered")
    expect(detail(ana, 0)).to_contain_text(TXID)
    expect(detail(ana, 1)).to_have_attribute("data-state", "answered")
    expect(detail(linh, 1)).to_contain_text("UTC")
    expect(linh.page.get_by_test_id("details-count")).to_have_text(
        linh.word("{n} of {total} answered", n=2, total=3)
    )
    linh.sees_status("Waiting for you")

    detail(ana, 2).get_by_role("checkbox").check()
    detail(ana, 2).locator("[name=reason]").fill("Ya no la tengo.")
    ana.presses("Send {n} of {total}", n=1, total=1)
    expect(detail(linh, 2)).to_have_attribute("data-state", "declined")
    expect(detail(linh, 2)).to_contain_text("Ya no la tengo.")
    linh.sees_status("In progress")
    ana.sees_status("In progress")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_screenshot_is_given_as_a_picture(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    picks(linh, "Network", "Screenshot")
    with ana.page.expect_file_chooser() as chooser:
        ana.presses("Choose a screenshot")
    chooser.value.set_files([{"name": "error.png", "mimeType": "image/png", "buffer": samples.picture()}])
    chosen = detail(ana, 1).get_by_test_id("attachment")
    expect(chosen).to_have_attribute("data-state", "ready")
    ana.reloads()
    expect(chosen).to_have_attribute("data-state", "ready")
    ana.presses("Send {n} of {total}", n=1, total=2)
    for person in (ana, linh):
        expect(detail(person, 1)).to_have_attribute("data-state", "answered")
        expect(person.page.get_by_role("img", name="error.png")).to_be_visible()
    linh.sees_status("Waiting for you")


@pytest.mark.scenario("new")
def test_the_alert_says_how_many_details_are_needed(linh: Person, ana: Person, number: int, portal: Portal):
    ana.goes_to("/")
    linh.opens(number)
    picks(linh, "Network", "Amount and currency")
    linh.sees_status("Waiting for you")
    portal.lets_time_pass(seconds=30)
    [alert] = portal.mails(ana.address, "details_requested")
    assert "2" in alert["subject"].replace(str(number), "")


@pytest.mark.scenario("new")
def test_a_text_alone_is_a_request_as_before_and_travels_into_the_dialog(linh: Person, number: int):
    linh.opens(number)
    linh.writes("Which exchange did it come from?")
    linh.presses("Choose details")
    dialog = linh.page.get_by_role("dialog")
    expect(dialog.get_by_label("Message (optional)")).to_have_value("Which exchange did it come from?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(linh.field("Your reply")).to_have_value("Which exchange did it come from?")
    linh.presses("Request details")
    linh.sees_message("Which exchange did it come from?")
    linh.sees_status("Waiting for you")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["fr"])
def test_everybody_can_use_the_dialog_and_the_checklist(visitor: Visitor, linh: Person, number: int):
    linh.opens(number)
    linh.presses("Request details")
    linh.page.get_by_role("dialog").get_by_role("checkbox", name="Transaction ID", exact=True).check()
    is_good_for_everybody(linh)
    linh.page.keyboard.press("Escape")
    kinds = ("Transaction ID", "Network", "Amount and currency", "Date and time", "Screenshot")
    picks(linh, *kinds, question="Which wallet did you use?")
    ana = visitor("ana").is_signed_in()
    ana.opens(number)
    detail(ana, 5).get_by_role("checkbox").check()
    ana.presses("Send {n} of {total}", n=0, total=6)
    expect(detail(ana, 5).get_by_role("alert")).to_be_visible()
    is_good_for_everybody(ana)
    detail(ana, 5).locator("[name=reason]").fill("Je ne sais plus.")
    detail(ana, 1).locator("[name=value]").fill("TRON")
    ana.presses("Send {n} of {total}", n=2, total=6)
    expect(detail(ana, 1)).to_have_attribute("data-state", "answered")
    is_good_for_everybody(ana)
