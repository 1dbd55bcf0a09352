"""E-mails as people see them: the gallery, the phrase, "is it really from us?", and an address that does not work."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import PHONE
from tests.browser.test_accessibility import is_good_for_everybody
from ticket_portal.frontend.palette import palette

PHRASE = "grandma's blue bicycle"
REFERENCE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


def _reference(mail: dict[str, str]) -> str:
    found = REFERENCE.search(mail["text"])
    assert found is not None
    return found[0]


def _opens_a_ticket(person: Person) -> int:
    person.submits_a_ticket("Card was refused", "Since Monday my card is refused.")
    person.page.wait_for_url(re.compile(r"/tickets/\d+$"))
    return person.number


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(map(str, bytes.fromhex(colour.removeprefix('#'))))})"


def test_the_gallery_shows_every_mail_in_light_and_dark_and_is_flipped_through(minh: Person, portal: Portal):
    page = minh.page
    page.goto(f"{portal.url}/dev/mailbox")
    page.get_by_role("link", name="Gallery of all emails").click()

    ground = palette()["bg"]
    for name, colour in (("Desktop: Light", ground.light), ("Phone: Dark", ground.dark)):
        frame = page.frame_locator(f"iframe[title='{name}']")
        expect(frame.get_by_role("heading", level=1)).to_have_text("You have a new reply")
        expect(frame.locator("body")).to_have_css("background-color", _rgb(colour))
    page.get_by_role("link", name="Українська").click()
    expect(page.frame_locator("iframe[title='Desktop: Light']").locator("html")).to_have_attribute(
        "lang", "uk"
    )
    page.get_by_role("link", name="Next →").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("12345")
    page.get_by_role("link", name="Text part").click()
    expect(page.locator("pre")).to_contain_text("https://" if portal.url.startswith("https") else "http://")


@pytest.mark.parametrize("width", [320, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mail_is_read_and_its_button_hit_on_any_screen(
    minh: Person, portal: Portal, width: int, scheme: str
):
    page = minh.page
    page.set_viewport_size({"width": width, "height": 900})
    for kind in ("reply", "guest's code", "links"):
        page.goto(f"{portal.url}/dev/mailbox/gallery/mail?kind={kind}&scheme={scheme}")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{kind} is {wider} px wider than the screen"
    page.goto(f"{portal.url}/dev/mailbox/gallery/mail?kind=reply&scheme={scheme}")
    box = page.locator("a.btn").bounding_box()
    assert box is not None
    assert box["height"] >= 44


@pytest.mark.parametrize("phone", [False, True])
def test_a_phrase_of_ones_own_stands_in_the_alerts(visitor: Visitor, portal: Portal, phone: bool):
    ana = visitor("ana", phone=phone).is_signed_in()
    ana.goes_to("/settings")
    ana.types("Your safety phrase", "http://evil.example")
    ana.presses("Save")
    ana.sees_error("phrase_is_link")
    ana.types("Your safety phrase", PHRASE)
    ana.presses("Save")
    ana.sees("Saved. We've sent you an email about it.")
    ana.reloads()
    ana.has_typed(PHRASE, "Your safety phrase")

    [notice] = portal.mails(ana.address, "security")
    assert PHRASE in notice["text"]
    number = _opens_a_ticket(ana)
    [confirmation] = portal.mails(ana.address, "confirmation")
    assert f": {PHRASE}" in confirmation["text"]
    assert "grandma&#x27;s blue bicycle" in confirmation["html"] or PHRASE in confirmation["html"]
    assert PHRASE not in str(confirmation["headers"])

    linh = visitor("linh", "en").is_signed_in()
    linh.opens(number)
    assert PHRASE not in linh.page.content()
    assert all(PHRASE not in server.log() for server in portal.servers)


def test_a_guests_two_words_are_in_the_mail_and_shown_to_who_proved_the_address(minh: Person, portal: Portal):
    """Anybody can open a ticket in another's name: the page tells them nothing to forge the next mail with."""
    minh.submits_a_ticket("Card was refused", "Since Monday my card is refused.")
    minh.sees("We received your ticket")
    words = minh.page.get_by_test_id("two-words")
    expect(words).to_have_count(0)

    [mail] = portal.mails(minh.address, "confirmation")
    minh.follows_link(mail["link"])  # whoever has nothing but the link is not told
    minh.presses("Send code")
    minh.types("Verification code", portal.mails(minh.address, "code")[0]["code"])
    minh.presses("Verify")
    minh.sees_ticket("Card was refused")

    minh.submits_a_ticket("Card was refused again", "Today it is refused again.")
    expect(words).to_have_text(re.compile(r"^\w+ \w+$"))
    newest = portal.mails(minh.address, "confirmation")[0]
    assert words.inner_text() in newest["text"]
    assert words.inner_text() in newest["html"]


@pytest.mark.parametrize("phone", [False, True])
def test_anybody_can_ask_whether_a_message_is_ours(
    visitor: Visitor, ana: Person, portal: Portal, phone: bool
):
    number = _opens_a_ticket(ana)
    [mail] = portal.mails(ana.address, "confirmation")
    asks = visitor("minh", phone=phone)
    asks.goes_to("/")
    asks.chooses("Is this message really from us?")
    answer = asks.page.get_by_test_id("check-answer")

    asks.types("Reference", _reference(mail).lower())
    asks.presses("Check")
    expect(answer).to_have_attribute("data-answer", "ours")
    expect(answer).to_contain_text("a•••@e•••.com")
    expect(answer).to_contain_text(str(number))
    assert ana.address not in asks.page.content()

    asks.types("Reference", "00000-00000")
    asks.presses("Check")
    expect(answer).to_have_attribute("data-answer", "unknown")
    expect(answer).not_to_contain_text(str(number))
    asks.types("Reference", "")
    asks.presses("Check")
    asks.sees_error("missing")
    expect(answer).to_have_count(0)
    if phone:
        assert asks.page.viewport_size == PHONE
    is_good_for_everybody(asks)


@pytest.mark.parametrize("phone", [False, True])
def test_a_mail_that_came_back_is_told_to_its_owner_and_to_the_team(
    visitor: Visitor, linh: Person, portal: Portal, phone: bool
):
    ana = visitor("ana", phone=phone).is_signed_in()
    number = _opens_a_ticket(ana)
    [mail] = portal.mails(ana.address, "confirmation")
    portal.hears_from_resend("email.bounced", mail, bounce={"type": "Permanent"})
    problem = ana.page.get_by_test_id("mail-problem")
    for path in ("/tickets", f"/tickets/{number}", "/settings"):
        ana.goes_to(path)
        expect(problem).to_contain_text(ana.address)

    linh.opens(number)
    linh.presses("Show delivery status")
    rows = linh.page.get_by_test_id("alert-delivery")
    expect(rows).to_have_count(1)
    expect(rows.first).to_have_attribute("data-state", "bounced")
    expect(linh.page.get_by_test_id("requester-problem")).to_be_visible()
    is_good_for_everybody(linh)

    ana.presses("Try again")
    expect(ana.page.get_by_test_id("mail-tried")).to_be_visible()
    expect(problem).to_have_count(0)
    [trial] = portal.mails(ana.address, "security")
    portal.hears_from_resend("email.bounced", trial)
    ana.goes_to("/tickets")
    expect(problem).to_be_visible()
    if not phone:
        is_good_for_everybody(ana)


def test_a_guest_whose_address_did_not_work_is_told_and_a_code_shows_that_it_does(
    minh: Person, portal: Portal
):
    minh.submits_a_ticket("Card was refused", "Since Monday my card is refused.")
    minh.sees("We received your ticket")
    [mail] = portal.mails(minh.address, "confirmation")
    portal.hears_from_resend("email.bounced", mail)
    minh.follows_link(mail["link"])
    problem = minh.page.get_by_test_id("mail-problem")
    expect(problem).to_be_visible()
    assert minh.address not in minh.page.content()

    minh.presses("Send code")
    minh.types("Verification code", portal.mails(minh.address, "code")[0]["code"])
    minh.presses("Verify")
    minh.sees_ticket("Card was refused")
    expect(problem).to_have_count(0)


def test_a_guest_who_complained_reads_that_nothing_more_is_sent(minh: Person, portal: Portal):
    minh.submits_a_ticket("Card was refused", "Since Monday my card is refused.")
    minh.sees("We received your ticket")
    [mail] = portal.mails(minh.address, "confirmation")
    portal.hears_from_resend("email.complained", mail)
    minh.follows_link(mail["link"])
    minh.presses("Send code")
    minh.types("Verification code", portal.mails(minh.address, "code")[0]["code"])
    minh.presses("Verify")
    minh.sees_ticket("Card was refused")
    expect(minh.page.get_by_test_id("mail-problem")).to_contain_text("m•••@e•••.net")
    minh.presses("Try again")
    expect(minh.page.get_by_test_id("mail-tried")).to_be_visible()
    assert portal.mails(minh.address, "security") != []
