"""What an e-mail is before it is laid out, and the two frames that all of them have: about a ticket, and others.

Nothing here was typed by a person: no subject, no message, no name, no file. But for one thing, which goes to nobody
but the one who typed it: the safety phrase of an account.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from ticket_portal.delivery.emails import links
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.domain.alerts.verify import grouped
from ticket_portal.i18n.catalogues import _, known, ntranslate, translate
from ticket_portal.i18n.dates import format_date, format_datetime
from ticket_portal.settings import Settings

_NO_REPLY = _("This is only an alert. Please don't reply to this email: replies are not read.")
_DONT_REPLY = _("Please don't reply to this email: replies are not read.")
_SAFETY = _(
    "Never share your password, recovery phrase or a code with anyone. Our support team never asks for them."
)


class Link(NamedTuple):
    """Words, and where they lead."""

    label: str
    address: str


class Phrase(NamedTuple):
    """The words by which the recipient knows that the mail is ours, and what they are called."""

    label: str
    words: str


@dataclass(frozen=True)
class Content:
    """An e-mail before it is laid out, in its recipient's language."""

    language: str
    brand: str
    site: str
    subject: str
    preheader: str
    heading: str
    paragraphs: list[str]
    button: Link | None = None
    code: str = ""
    entries: list[Link] = field(default_factory=list[Link])
    after: str = ""
    foot: list[str] = field(default_factory=list[str])
    foot_links: list[Link] = field(default_factory=list[Link])
    phrase: Phrase | None = None
    imprint: str = ""

    @property
    def link(self) -> str:
        """Where the mail leads: its button, or the first of its links."""
        first = self.button or (self.entries[0] if self.entries else None)
        return first.address if first else ""


class Words:
    """Says things in the recipient's language, with the ticket's number where a text has {number}."""

    def __init__(self, settings: Settings, delivery: Delivery) -> None:
        self.settings = settings
        self.delivery = delivery
        self.language = known(delivery.language)
        self.brand = f"{settings.company} Support"  # a name: the same in every language
        self.site = urlsplit(settings.public_url).netloc

    def say(self, text: str, **values: object) -> str:
        return translate(self.language, text, **self._values(values))

    def count(self, texts: tuple[str, str], n: int, **values: object) -> str:
        return ntranslate(self.language, *texts, n, **self._values(values))

    def when(self, moment: datetime) -> str:
        return format_datetime(self.language, moment, self.delivery.time_zone)

    def day(self, moment: str) -> str:
        return format_date(self.language, datetime.fromisoformat(moment), self.delivery.time_zone)

    def page(self, path: str) -> str:
        return links.page(self.settings, self.language, path)

    @property
    def phrase(self) -> Phrase | None:
        d = self.delivery
        if not d.phrase:
            return None
        label = _("Your two words for this ticket") if d.guest_token else _("Your safety phrase")
        return Phrase(self.say(label), d.phrase)

    @property
    def imprint(self) -> str:
        """Who writes, and from where."""
        return " · ".join(filter(None, (self.brand, self.settings.company_address, self.site)))

    @property
    def reference(self) -> str:
        return grouped(self.delivery.reference)

    @property
    def ticket(self) -> str:
        d = self.delivery
        return links.ticket(self.settings, self.language, d.number or 0, d.guest_token)

    def _values(self, values: dict[str, object]) -> dict[str, object]:
        when = self.when(self.delivery.happened_at)
        return {"number": self.delivery.number or "", "brand": self.brand, "time": when} | values


def about_ticket(words: Words, subject: str, preheader: str, heading: str, *paragraphs: str) -> Content:
    """An alert: one button to the ticket, and how to have no more alerts about it."""
    after = ""
    if words.delivery.guest_token:
        after = words.say(
            _("To protect your ticket, we will ask you for a code that we send to this address.")
        )
    return Content(
        language=words.language,
        brand=words.brand,
        site=words.site,
        subject=subject,
        preheader=preheader,
        heading=heading,
        paragraphs=list(paragraphs),
        button=Link(words.say(_("Open the ticket")), words.ticket),
        after=after,
        foot=[
            words.say(_NO_REPLY),
            words.say(_SAFETY),
            words.say(_("You're receiving this email because of your ticket {number} at {brand}.")),
            *_reference(words),
        ],
        foot_links=_foot_links(words),
        phrase=words.phrase,
        imprint=words.imprint,
    )


def _reference(words: Words) -> list[str]:
    return (
        [words.say(_("Reference of this email: {reference}"), reference=words.reference)]
        if words.reference
        else []
    )


def _check_link(words: Words) -> list[Link]:
    label = words.say(_("Is this message really from us? Check its reference"))
    return [Link(label, words.page("/check-message"))] if words.reference else []


def _foot_links(words: Words) -> list[Link]:
    stop = words.say(_("Stop emails about this ticket"))
    found = [*_check_link(words), Link(stop, links.mute_address(words.settings, words.delivery))]
    if not words.delivery.guest_token:
        found.append(Link(words.say(_("Choose your alerts")), words.page("/settings")))
    if words.delivery.lock_token:
        not_me = words.say(_("Didn't send this ticket? Tell us it wasn't you"))
        found.append(Link(not_me, links.lock_address(words.settings, words.delivery)))
    return found


def about_account(
    words: Words,
    subject: str,
    preheader: str,
    paragraphs: list[str],
    *,
    button: Link | None = None,
    code: str = "",
    entries: list[Link] | None = None,
    after: str = "",
    why: str,
) -> Content:
    """About an account or an address: at most one button or code, and why it comes."""
    foot = [words.say(_DONT_REPLY), words.say(_SAFETY), why, *_reference(words)]
    if code and words.reference:
        # No further link in a code's mail: whoever has a code to enter should not be led anywhere else.
        foot.append(
            words.say(_("You can check it on {site}: “Is this message really from us?”"), site=words.site)
        )
    return Content(
        language=words.language,
        brand=words.brand,
        site=words.site,
        subject=subject,
        preheader=preheader,
        heading=subject,
        paragraphs=paragraphs,
        button=button,
        code=code,
        entries=entries or [],
        after=after,
        foot=foot,
        foot_links=[] if code else _check_link(words),
        phrase=words.phrase,
        imprint=words.imprint,
    )
