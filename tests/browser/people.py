"""The people of the scenes: what they do, as people do it, waiting for what comes of it."""

from typing import Any, Self

from playwright.sync_api import Locator, expect

from tests.browser.reader import DESKTOP, PASSWORD, PHONE, Reader, named


class Person(Reader):
    """Somebody at one tab of a browser."""

    def presses(self, text: str, **values: Any) -> None:
        """Press a button; on a phone, with a finger."""
        self._touches(self.button(text, **values))

    def chooses(self, text: str, **values: Any) -> None:
        """Choose a link; on a phone, with a finger."""
        self._touches(self.link(text, **values).first)

    def chooses_ticket(self, ticket: int | str) -> None:
        """Choose a ticket in the open list, by its number or its subject."""
        self._touches(self.row(ticket).get_by_role("link"))

    def submits_a_ticket(self, subject: str, text: str) -> None:
        """Fill in and send the form for a new ticket; a guest types an address, too."""
        self.goes_to("/tickets/new")
        if self.name == "minh":
            self.types("Email", self.address)
        self.types("Subject", subject)
        self.types("Describe the problem", text)
        self.presses("Submit ticket")

    def _touches(self, what: Locator) -> None:
        self.taps += 1
        if (self.page.viewport_size or DESKTOP)["width"] == PHONE["width"]:
            what.tap()
        else:
            what.click()

    def types(self, field: str, text: str) -> None:
        """Type into a field."""
        self.field(field).fill(text)

    def signs_in(self, password: str = PASSWORD) -> None:
        """Fill in and send the form for signing in, wherever it stands."""
        self.types("Email", self.address)
        self.types("Password", password)
        self.presses("Sign in")

    def is_signed_in(self) -> Self:
        """Sign in without looking at the form: most scenes are about something else."""
        form = {"email": self.address, "password": PASSWORD}
        answer = self.context.request.post(
            f"{self.portal.url}/auth/sign-in", form=form, headers={"Origin": self.portal.url}, max_redirects=0
        )
        assert "problem" not in answer.headers["location"], answer.headers["location"]
        return self

    def opens(self, number: int) -> None:
        """Open a ticket at the address where this person reads it."""
        self.goes_to(f"/agent/tickets/{number}" if self.name == "linh" else f"/tickets/{number}")
        self.composer_is_ready()

    def opens_to_read(self, number: int) -> None:
        """Open a ticket in which nothing can be sent any more."""
        self.goes_to(f"/agent/tickets/{number}" if self.name == "linh" else f"/tickets/{number}")
        expect(self.page.get_by_test_id("message").first).to_be_visible()

    def composer_is_ready(self) -> None:
        """Wait until something can be sent."""
        expect(self.button("Reply" if self.name == "linh" else "Send")).to_be_enabled()

    def writes(self, text: str) -> None:
        """Type a reply without sending it."""
        self.types("Your reply", text)

    def sends(self, text: str) -> None:
        """Type a reply and send it."""
        self.writes(text)
        self.presses("Reply" if self.name == "linh" else "Send")

    def replies(self, text: str) -> None:
        """Send a reply, and see it confirmed."""
        self.sends(text)
        self.sees_message(text)

    def notes(self, text: str) -> None:
        """Add an internal note, and see it confirmed."""
        self.page.get_by_role("radio", name=named(self.word("Internal note"))).check(force=True)
        self.writes(text)
        self.presses("Add internal note")
        self.sees_message(text)

    def asks_for(self, text: str) -> None:
        """Request details, and see the request confirmed."""
        self.writes(text)
        self.presses("Request details")
        self.sees_message(text)
