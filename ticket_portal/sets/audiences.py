"""Who a page, or an event of one, is for; and what follows from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Audience(StrEnum):
    """Who a page or an event handler is for; of handlers: the first, the last three."""

    EVERYBODY = "everybody"
    UNLISTED = "unlisted"
    """Everybody, of no use in a search engine: a step of a form."""
    BROWSER = "browser"
    """Everybody, and it shows what this browser alone has."""
    LINK = "link"
    """Whoever has a ticket's link from a mail."""
    GUESTS = "guests"
    """Those who proved an address without an account. One whose session ran out may ask for a code there."""
    READERS = "readers"
    """A customer, a guest, one of the team: those who proved something."""
    ACCOUNTS = "accounts"
    TEAM = "team"


@dataclass(frozen=True)
class AudienceRules:
    """What is true of a page that is for an audience."""

    indexed: bool = False
    """Search engines may list it: no `noindex`, a line in the sitemap."""
    stored: bool = False
    """Browsers may keep it; else it is sent with `no-store`."""
    sign_in: bool = False
    """The others are led to sign in, and the page's states do not load for them."""


RULES: Final = {
    Audience.EVERYBODY: AudienceRules(indexed=True, stored=True),
    Audience.UNLISTED: AudienceRules(stored=True),
    Audience.BROWSER: AudienceRules(),
    Audience.LINK: AudienceRules(),
    Audience.GUESTS: AudienceRules(),
    Audience.READERS: AudienceRules(sign_in=True),
    Audience.ACCOUNTS: AudienceRules(sign_in=True),
    Audience.TEAM: AudienceRules(sign_in=True),
}
