"""What people see of the portal. They find things by role and by the words of their own language."""

import re
import time
from typing import Any, Self

from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from tests.browser.portal import Portal
from ticket_portal.i18n.catalogues import page_text, texts
from ticket_portal.i18n.locales import localized

PASSWORD = "portal-demo-1"
PATIENCE = 15
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 860}
ADDRESSES = {
    "ana": "ana@example.com",
    "budi": "budi@example.com",
    "linh": "linh@example.com",
    "minh": "minh@example.net",
}
# Not ours: nothing in assets/js has the socket in its hands. On `beforeunload` Reflex (utils/state.js,
# disconnectTrigger) has Socket.IO say goodbye ("41/_event,"), and engine.io-client sends it (transports/websocket.js,
# doWrite: `this.ws.send(data)`) without a look at `readyState`. It hears of an end from `onclose` alone, which comes
# after the closing handshake: of a page that is left in between, the browser says this. Nothing is lost, it is gone.
GOODBYE = "WebSocket is already in CLOSING or CLOSED state"


def named(text: str) -> re.Pattern[str]:
    """Exactly this accessible name; straight and curly apostrophes are one, and so are spaces of any kind."""
    pattern = re.escape(re.sub(r"\s", " ", text)).replace("/", r"\/")  # Playwright writes it as /…/
    return re.compile("^" + re.sub("['’]", "['’]", pattern) + "$")


class Reader:
    """Somebody who looks at one tab of a browser."""

    def __init__(
        self, portal: Portal, context: BrowserContext, name: str, language: str, problems: list[str]
    ) -> None:
        self.portal = portal
        self.context = context
        self.name = name
        self.language = language
        self.address = ADDRESSES[name]
        self.taps = 0
        self.forgiven = [GOODBYE]
        self._problems = problems
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self._note(f"page error: {error}"))
        self.page.on(
            "console", lambda m: self._note(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None
        )

    def _note(self, problem: str) -> None:
        if not any(re.search(pattern, problem) for pattern in self.forgiven):
            self._problems.append(f"{self.name} at {self.page.url}: {problem}")

    def forgives(self, *patterns: str) -> Self:
        """Take these messages of the browser's console as a part of the scene."""
        self.forgiven += patterns
        return self

    @property
    def number(self) -> int:
        """The number of the ticket in the address bar."""
        return int(self.page.url.split("?")[0].rsplit("/", 1)[1])

    def forgives_a_lost_connection(self) -> Self:
        """Take the browser's own words about a server that is away as a part of the scene."""
        return self.forgives(
            "net::ERR_", "WebSocket connection", "Failed to load resource", "when fetching the script"
        )

    def opens_another_tab(self) -> Self:
        """The same person in the same browser, once more."""
        other = type(self)(self.portal, self.context, self.name, self.language, self._problems)
        other.forgiven = self.forgiven
        return other

    def word(self, text: str, **values: Any) -> str:
        """A text of the pages in this person's language."""
        assert self.language == "en" or text in texts(self.language, "pages").singles, f"no page says: {text}"
        return page_text(self.language, text, **values)

    # Where they are

    def goes_to(self, path: str) -> Response:
        """Type an address (the English one) in their language, and wait until the page hears the server."""
        answer = self.page.goto(self.portal.url + localized(self.language, path))
        assert answer is not None
        self.is_live()
        return answer

    def follows_link(self, link: str) -> None:
        """Click a link in an e-mail. It names the public address; the scene may reach the portal at another one."""
        self.page.goto(self.portal.url + re.sub("^https?://[^/]+", "", link))
        self.is_live()

    def reloads(self) -> None:
        """Press reload."""
        self.page.reload()
        self.is_live()

    def waits_until(self, asks: str, about: Any = None) -> None:
        """Wait until a question to the page is answered with yes, be it by a promise."""
        latest = time.monotonic() + PATIENCE
        while not self.page.evaluate(asks, about):
            assert time.monotonic() < latest, f"never true: {asks}"
            self.page.wait_for_timeout(50)

    def is_live(self, timeout: float | None = None) -> None:
        """Wait until the page hears the server."""
        pill = self.page.get_by_test_id("connection-status")
        expect(pill).to_have_attribute("data-state", "live", timeout=timeout)

    def is_cut_off(self, timeout: float | None = None) -> None:
        """Wait until the page says that it does not hear the server."""
        pill = self.page.get_by_test_id("connection-status")
        expect(pill).not_to_have_attribute("data-state", "live", timeout=timeout)

    def is_at(self, path: str) -> None:
        """Wait until the address is this (the English one), in their language."""
        expect(self.page).to_have_url(re.compile(re.escape(localized(self.language, path)) + r"(\?.*)?$"))

    # What they find

    def button(self, text: str, **values: Any) -> Locator:
        """A button, by its English name."""
        return self.page.get_by_role("button", name=named(self.word(text, **values)))

    def link(self, text: str, **values: Any) -> Locator:
        """A link, by its English name."""
        return self.page.get_by_role("link", name=named(self.word(text, **values)))

    def field(self, text: str) -> Locator:
        """A field, by its English label. Passwords have no role, so labels it is."""
        return self.page.get_by_label(named(self.word(text))).and_(self.page.locator("input, textarea"))

    def heading(self, text: str, **values: Any) -> Locator:
        """A heading, by its English text."""
        return self.page.get_by_role("heading", name=named(self.word(text, **values)))

    def message(self, text: str) -> Locator:
        """A message of the open conversation."""
        return self.page.get_by_test_id("message").filter(has_text=text)

    def row(self, ticket: int | str) -> Locator:
        """A ticket's row in the open list, by its number or its subject."""
        return self.page.get_by_test_id("ticket-row").filter(has_text=str(ticket))

    # What they see

    def sees(self, text: str, **values: Any) -> None:
        """See a text of the pages."""
        expect(self.page.get_by_text(self.word(text, **values)).filter(visible=True).first).to_be_visible()

    def sees_heading(self, text: str, **values: Any) -> None:
        """See a heading."""
        expect(self.heading(text, **values)).to_be_visible()

    def sees_ticket(self, subject: str) -> None:
        """See the open ticket of this subject; people's own words are in no catalogue."""
        expect(self.page.get_by_role("heading", level=1, name=subject, exact=True)).to_be_visible()

    def sees_message(self, text: str, state: str = "sent", timeout: float | None = None) -> None:
        """See a message, once, in this state."""
        expect(self.message(text)).to_have_count(1, timeout=timeout)
        expect(self.message(text)).to_have_attribute("data-state", state, timeout=timeout)

    def sees_no_message(self, text: str) -> None:
        """See the conversation without this message."""
        expect(self.page.get_by_test_id("message").first).to_be_visible()
        expect(self.message(text)).to_have_count(0)

    def sees_status(self, label: str) -> None:
        """See the state of the open ticket."""
        status = self.page.get_by_role("main").get_by_test_id("ticket-status")
        expect(status).to_have_text(self.word(label))

    def sees_in_list(self, ticket: int | str, label: str) -> None:
        """See a ticket in the open list, in this state."""
        expect(self.row(ticket).get_by_test_id("ticket-status")).to_have_text(self.word(label))

    def has_typed(self, text: str, field: str = "Your reply") -> None:
        """Find what they typed still in its place."""
        expect(self.field(field)).to_have_value(text)

    def sees_error(self, code: str) -> None:
        """See why something was refused."""
        expect(self.page.get_by_test_id("form-error")).to_have_attribute("data-code", code)
