"""Requests for details as checklists, and what is stopped before it is sent."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from tests import samples
from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.test_accessibility import is_good_for_everybody
from tests.security.client import Client
from ticket_portal.states.conversation import ConversationState

TXID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def picks(linh: Person, *kinds: str, chain: str = "", question: str = "", message: str = "") -> None:
    """Open the dialog with an empty composer, pick items, and ask for them."""
    linh.presses("Request details")
    dialog = linh.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for kind in kinds:
        dialog.get_by_role("checkbox", name=linh.word(kind), exact=True).check()
    if chain:
        dialog.get_by_label(linh.word("Network of the transaction")).select_option(chain)
    dialog.get_by_label(linh.word("Questions of your own, one per line")).fill(question)
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
    ana.sees("Fill in at least one, or say why you can't.")
    txid = detail(ana, 0).locator("[name=value]")
    txid.fill(TXID[:-3])
    ana.presses("Send {n} of {total}", n=1, total=3)
    expect(detail(ana, 0).get_by_role("alert")).to_contain_text("61")
    expect(txid).to_be_focused()
    txid.fill("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    ana.presses("Send {n} of {total}", n=1, total=3)
    expect(detail(ana, 0).get_by_role("alert")).to_contain_text(
        ana.word("This looks like an address. The transaction ID is in the details of the transfer.")
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
    linh.presses("Add items")
    dialog = linh.page.get_by_role("dialog")
    expect(dialog.get_by_label("Message (optional)")).to_have_value("Which exchange did it come from?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(linh.field("Your reply")).to_have_value("Which exchange did it come from?")
    linh.presses("Request details")
    linh.sees_message("Which exchange did it come from?")
    linh.sees_status("Waiting for you")


@pytest.mark.scenario("new")
def test_an_open_ticket_on_the_same_matter_is_offered(ana: Person, number: int):
    ana.goes_to("/tickets/new")
    ana.types("Subject", "My deposit of 0.42 ETH is not in my balance")
    ana.types("Describe the problem", "It was sent on Tuesday.")
    ana.sees("You already have an open ticket about this. A reply there is answered sooner.")
    expect(ana.button("Submit ticket")).to_be_enabled()
    ana.page.locator("input[type=file]").set_input_files(
        [{"name": "wallet.png", "mimeType": "image/png", "buffer": samples.picture()}]
    )
    expect(ana.page.get_by_test_id("attachment")).to_have_attribute("data-state", "ready")
    ana.presses("Continue there")
    ana.is_at(f"/tickets/{number}")
    ana.composer_is_ready()
    expect(ana.field("Your reply")).to_have_value(re.compile("It was sent on Tuesday."))
    ana.presses("Send")
    ana.sees_message("It was sent on Tuesday.")
    expect(ana.message("It was sent on Tuesday.").get_by_role("img", name="wallet.png")).to_be_visible()


@pytest.mark.scenario("new")
def test_the_topic_changes_the_tips_and_reaches_the_team(ana: Person, linh: Person):
    ana.goes_to("/tickets/new")
    ana.page.get_by_label("Topic").select_option("card")
    ana.sees("Name the card by its last four digits, never by the whole number.")
    ana.types("Subject", "Declined")
    ana.types("Describe the problem", "At the bakery.")
    ana.presses("Submit ticket")
    ana.sees_heading("Declined")
    linh.goes_to("/agent")
    linh.chooses("Declined")
    expect(linh.page.get_by_role("complementary")).to_contain_text("Card")


@pytest.mark.scenario("new")
def test_a_recovery_phrase_does_not_leave_the_browser(ana: Person, linh: Person, number: int):
    ana.opens(number)
    ana.sends(f"My wallet: {PHRASE}")
    expect(ana.page.locator("#composer-problem")).to_have_attribute("data-code", "secret_phrase")
    expect(ana.field("Your reply")).to_have_value(f"My wallet: {PHRASE}")
    linh.opens(number)
    linh.sees_no_message("sausage")
    ana.sends("4111 1111 1111 1111")
    expect(ana.page.locator("#composer-problem")).to_have_attribute("data-code", "secret_card")

    ana.goes_to("/tickets/new")
    ana.types("Subject", "My wallet")
    ana.types("Describe the problem", PHRASE)
    ana.presses("Submit ticket")
    ana.sees_error("secret_phrase")
    expect(ana.field("Describe the problem")).to_have_value(PHRASE)


@pytest.mark.scenario("new")
def test_a_recovery_phrase_is_refused_by_the_server_too(
    ana: Person, linh: Person, number: int, portal: Portal
):
    cookies = {cookie["name"]: cookie["value"] for cookie in ana.context.cookies()}
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright has this thread's event loop
        elsewhere.submit(asyncio.run, _send_past_the_browser(portal, cookies, number, PHRASE)).result()
    linh.opens(number)
    linh.sees_no_message("sausage")


async def _send_past_the_browser(portal: Portal, cookies: dict[str, str], number: int, body: str) -> None:
    path = f"/tickets/{number}"
    async with Client(portal.url, cookies) as tab:
        await tab.visit(path)
        item = {"kind": "reply", "number": number, "body": body, "client_id": str(uuid4())}
        handler = f"{ConversationState.get_full_name()}.send"
        await tab.call(handler, {"item": item}, path)
        await tab.settled()
        assert "recovery phrase" in tab.seen
        assert "sausage" not in tab.seen


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_guest_continues_an_own_ticket_only_after_the_code(minh: Person, portal: Portal):
    subject, body = "My card was declined", "Yesterday evening, twice."
    minh.goes_to("/tickets/new")
    for name, text in (("Email", minh.address), ("Subject", subject), ("Describe the problem", body)):
        minh.types(name, text)
    minh.presses("Submit ticket")
    minh.sees_heading("We received your ticket")
    minh.goes_to("/tickets/new")
    for name, text in (("Email", minh.address), ("Subject", subject)):
        minh.types(name, text)
    minh.page.wait_for_timeout(1500)  # nothing may come: whoever types an address has proved nothing
    expect(minh.page.get_by_test_id("duplicates")).to_have_count(0)

    [confirmation] = portal.mails(minh.address)
    minh.follows_link(confirmation["link"])
    minh.presses("Send code")
    expect(minh.field("Verification code")).to_be_visible()
    [mail] = portal.mails(minh.address, "code")
    minh.types("Verification code", mail["code"])
    minh.field("Verification code").press("Enter")
    expect(minh.page.get_by_role("heading", name=subject)).to_be_visible()

    minh.goes_to("/tickets/new")
    minh.types("Subject", subject)
    minh.types("Describe the problem", "And once more today.")
    minh.page.locator("input[type=file]").set_input_files(
        [{"name": "wallet.png", "mimeType": "image/png", "buffer": samples.picture()}]
    )
    expect(minh.page.get_by_test_id("attachment")).to_have_attribute("data-state", "ready")
    minh.presses("Continue there")
    expect(minh.page.get_by_role("heading", name=subject)).to_be_visible()
    minh.composer_is_ready()
    expect(minh.field("Your reply")).to_have_value(re.compile("And once more today."))
    minh.presses("Send")
    minh.sees_message("And once more today.")
    expect(minh.message("And once more today.").get_by_role("img", name="wallet.png")).to_be_visible()


@pytest.mark.scenario("new")
def test_an_own_code_is_refused_by_the_server_and_can_be_edited(ana: Person, number: int, portal: Portal):
    portal_page = ana.opens_another_tab()
    portal_page.goes_to("/forgot-password")
    portal_page.types("Email", ana.address)
    portal_page.presses("Send code")
    portal_page.is_at("/reset-password")
    [mail] = portal.mails(ana.address, "code")
    ana.opens(number)
    ana.sends(f"They ask me for {mail['code']}")
    ana.sees_message("They ask me for", state="failed")
    expect(ana.message("They ask me for")).to_contain_text("one of the codes")
    ana.presses("Edit")
    expect(ana.field("Your reply")).to_have_value(f"They ask me for {mail['code']}")
    expect(ana.message("They ask me for")).to_have_count(0)


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
