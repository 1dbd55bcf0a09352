"""Takes the pictures of docs/ from a running portal with demo data: `python -m tests.browser.screenshots [ADDRESS]`."""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PASSWORD = "portal-demo-1"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1200, "height": 760}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 760},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}


def main(address: str) -> None:
    """Sign in as each person and take their pages."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        ana = open_as(browser, address, "ana@example.com", DESKTOP)
        take(ana, "/", "home")
        take(ana, "/tickets", "tickets")
        ticket = first_ticket(ana)
        take(ana, ticket, "ticket")
        linh = open_as(browser, address, "linh@example.com", DESKTOP)
        take(linh, "/agent", "queue")
        take(linh, f"/agent{ticket}", "agent-ticket")
        nobody = open_as(browser, address, "", DESKTOP)
        take(nobody, "/sign-in", "sign-in")
        take(nobody, "/tickets/new", "new-ticket")
        phone = open_as(browser, address, "ana@example.com", PHONE)
        take(phone, "/tickets", "tickets-phone")
        take(phone, ticket, "ticket-phone")
        dark = open_as(browser, address, "ana@example.com", {**PHONE, "color_scheme": "dark"})
        take(dark, f"/uk{ticket}", "ticket-phone-dark-uk")
        dark = open_as(browser, address, "ana@example.com", {**DESKTOP, "color_scheme": "dark"})
        take(dark, "/vi/tickets", "tickets-dark-vi")
        take(dark, ticket, "ticket-dark")
        browser.close()


def open_as(browser: Browser, address: str, email: str, device: dict[str, Any]) -> Page:
    """Open a browser, signed in as somebody."""
    context = browser.new_context(base_url=address, reduced_motion="reduce", **device)
    if email:
        form = {"email": email, "password": PASSWORD}
        context.request.post("/auth/sign-in", form=form, headers={"Origin": address}, max_redirects=0)
    return context.new_page()


def first_ticket(page: Page) -> str:
    """Return the address of the ticket on top of the list that is open."""
    return page.get_by_test_id("ticket-row").first.get_by_role("link").get_attribute("href") or ""


def take(page: Page, path: str, name: str) -> None:
    """Take one page once it is live."""
    page.goto(path)
    expect(page.get_by_test_id("connection-status")).to_have_attribute("data-state", "live")
    expect(page.locator(".bone")).to_have_count(0)
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000")
