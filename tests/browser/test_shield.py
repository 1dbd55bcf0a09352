"""What must not be sent is stopped: in the browser before it leaves, and by the server too."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.security.client import Client
from ticket_portal.states.conversation import ConversationState

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


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
