"""What guests do in many scenes: write in, follow the link, prove their address."""

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.portal import Portal


def writes_in(guest: Person, subject: str) -> None:
    guest.goes_to("/tickets/new")
    guest.types("Email", guest.address)
    guest.types("Subject", subject)
    guest.types("Describe the problem", f"{subject}: it began on Monday.")
    guest.presses("Submit ticket")
    guest.sees_heading("We received your ticket")


def enters_the_code(person: Person) -> None:
    expect(person.field("Verification code")).to_be_visible()
    person.types("Verification code", person.portal.mails(person.address, "code")[0]["code"])
    person.presses("Verify")


def proves(guest: Person, link: str) -> None:
    guest.follows_link(link)
    guest.presses("Send code")
    enters_the_code(guest)
    guest.composer_is_ready()


def links(portal: Portal, address: str) -> list[str]:
    """The links of an address's confirmations, the newest first."""
    return [mail["link"] for mail in portal.mails(address, "confirmation")]
