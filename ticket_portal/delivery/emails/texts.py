"""What each kind of e-mail says. Nothing here was typed by a person: no subject, no message, no name, no file.

But for one thing, which goes to nobody but the one who typed it: the safety phrase of an account.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from ticket_portal.addresses import NEW_TICKET, TICKETS
from ticket_portal.delivery.emails import links
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.domain.alerts.verify import grouped
from ticket_portal.i18n.catalogues import (
    _,
    _n,  # pyright: ignore[reportPrivateUsage] - gettext's short name for a marked text
    known,
    ntranslate,
    translate,
)
from ticket_portal.i18n.dates import format_date, format_datetime
from ticket_portal.settings import Settings


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


def content(settings: Settings, delivery: Delivery) -> Content:
    """Return what the mail of this delivery says. Raises ValueError for a kind that has no mail."""
    writer = _WRITERS.get(delivery.data.get("what") or delivery.kind)
    if writer is None:
        raise ValueError(f"no email is known for the kind {delivery.kind}")
    return writer(_Words(settings, delivery))


class _Words:
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


def _about_ticket(words: _Words, subject: str, preheader: str, heading: str, *paragraphs: str) -> Content:
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


def _reference(words: _Words) -> list[str]:
    return (
        [words.say(_("Reference of this email: {reference}"), reference=words.reference)]
        if words.reference
        else []
    )


def _check_link(words: _Words) -> list[Link]:
    label = words.say(_("Is this message really from us? Check its reference"))
    return [Link(label, words.page("/check-message"))] if words.reference else []


def _foot_links(words: _Words) -> list[Link]:
    stop = words.say(_("Stop emails about this ticket"))
    found = [*_check_link(words), Link(stop, links.mute_address(words.settings, words.delivery))]
    if not words.delivery.guest_token:
        found.append(Link(words.say(_("Choose your alerts")), words.page("/settings")))
    if words.delivery.lock_token:
        not_me = words.say(_("Didn't send this ticket? Tell us it wasn't you"))
        found.append(Link(not_me, links.lock_address(words.settings, words.delivery)))
    return found


def _about_account(
    words: _Words,
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


_NO_REPLY = _("This is only an alert. Please don't reply to this email: replies are not read.")
_DONT_REPLY = _("Please don't reply to this email: replies are not read.")
_SAFETY = _(
    "Never share your password, recovery phrase or a code with anyone. Our support team never asks for them."
)


def _confirmation(words: _Words) -> Content:
    return _about_ticket(
        words,
        words.say(_("We received your ticket {number}")),
        words.say(_("We'll email you when there's an update.")),
        words.say(_("We received your ticket")),
        words.say(_("Thank you for contacting us. Your ticket has the number {number}.")),
        words.say(
            _("Our support team will reply in the ticket, and we'll email you when there's an update.")
        ),
    )


def _reply(words: _Words) -> Content:
    return _about_ticket(
        words,
        words.say(_("Your support ticket {number} has been updated")),
        words.say(_("Open the ticket to read the answer.")),
        words.say(_("You have a new reply")),
        words.say(_("Our support team replied to your ticket {number} on {time}.")),
        words.say(_("Open the ticket to read the answer and to reply.")),
    )


def _details_requested(words: _Words) -> Content:
    count = words.delivery.data.get("count")
    if isinstance(count, int) and count > 0:
        subject = words.count(
            _n("Ticket {number}: we need 1 detail from you", "Ticket {number}: we need {n} details from you"),
            count,
        )
    else:
        subject = words.say(_("Ticket {number}: we need details from you"))
    return _about_ticket(
        words,
        subject,
        words.say(_("Open the ticket to answer.")),
        words.say(_("We need details from you")),
        words.say(_("Our support team needs some details from you to continue with your ticket {number}.")),
        words.say(_("Open the ticket to see what is missing and to send it.")),
    )


def _reminder(words: _Words) -> Content:
    closes = words.delivery.data.get("closes")
    paragraphs = [words.say(_("Your ticket {number} is waiting for your answer."))]
    if closes:
        paragraphs.append(
            words.say(
                _("If we don't hear from you, the ticket closes automatically on {date}."),
                date=words.day(closes),
            )
        )
    else:
        paragraphs.append(words.say(_("Open the ticket to see what is missing and to send it.")))
    return _about_ticket(
        words,
        words.say(_("Reminder: ticket {number} is waiting for you")),
        words.say(_("Open the ticket to answer.")),
        words.say(_("Your ticket is waiting for you")),
        *paragraphs,
    )


def _resolved(words: _Words) -> Content:
    closes, until = (words.delivery.data.get(name) for name in ("closes", "until"))
    paragraphs = [
        words.say(_("Our support team marked your ticket {number} as resolved on {time}.")),
        words.say(_("Did this solve it? Please open the ticket and tell us.")),
    ]
    if closes:
        paragraphs.append(
            words.say(
                _("If we don't hear from you, the ticket closes automatically on {date}."),
                date=words.day(closes),
            )
        )
    if until:
        paragraphs.append(
            words.say(_("If it isn't solved, you can reopen the ticket until {date}."), date=words.day(until))
        )
    return _about_ticket(
        words,
        words.say(_("Ticket {number} is resolved: please confirm")),
        words.say(_("Did this solve it? Please open the ticket and tell us.")),
        words.say(_("Your ticket is resolved")),
        *paragraphs,
    )


def _reopened(words: _Words) -> Content:
    return _about_ticket(
        words,
        words.say(_("Ticket {number} was reopened")),
        words.say(_("Open the ticket to see what happened.")),
        words.say(_("Your ticket was reopened")),
        words.say(_("Our support team reopened your ticket {number} on {time} and is working on it again.")),
    )


def _closed(words: _Words) -> Content:
    until = words.delivery.data.get("until")
    closed = _("Your ticket {number} was closed on {time}.")
    if words.delivery.data.get("by") == "time":
        closed = _("We didn't hear from you, so your ticket {number} closed automatically on {time}.")
    paragraphs = [words.say(closed)]
    if until:
        paragraphs.append(
            words.say(
                _("If you still need help, you can reopen it until {date}. Just reply in the ticket."),
                date=words.day(until),
            )
        )
    return _about_ticket(
        words,
        words.say(_("Ticket {number} is closed")),
        words.say(_("Open the ticket to see what happened.")),
        words.say(_("Your ticket is closed")),
        *paragraphs,
    )


def _merged(words: _Words) -> Content:
    other = words.delivery.data.get("into", "")
    return _about_ticket(
        words,
        words.say(_("Ticket {number} was joined with ticket {other}"), other=other),
        words.say(_("Please continue in ticket {other}."), other=other),
        words.say(_("Your ticket was joined with another one")),
        words.say(
            _("Both tickets were about the same problem, so we joined ticket {number} with ticket {other}."),
            other=other,
        ),
        words.say(_("Please continue in ticket {other}."), other=other),
    )


def _code(words: _Words) -> Content:
    for_guest = words.delivery.data.get("purpose") == "guest"
    subject = words.say(_("Your ticket code") if for_guest else _("Your verification code"))
    uses = {
        "guest": _("Enter this code on the page of your ticket to open it:"),
        "sign_up": _("Enter this code to create your account:"),
        "reset": _("Enter this code to choose a new password:"),
        "change_email": _("Enter this code to make this your account's new email address:"),
        "claim": _("Enter this code to add your earlier tickets to your account:"),
    }
    minutes = words.settings.code_minutes
    works = words.count(
        _n(
            "The code works once, for 1 minute, in the browser that asked for it.",
            "The code works once, for {n} minutes, in the browser that asked for it.",
        ),
        minutes,
    )
    only = words.say(_("Only enter it on {site}."), site=words.site)
    link = _proof_link(words, _("Choose a new password"))
    about_link = [_works_anywhere(words)] if link else []
    if code := str(words.delivery.secret["code"]):
        paragraphs = [words.say(uses.get(str(words.delivery.data.get("purpose")), uses["sign_up"]))]
        after = " ".join([works, only, *about_link])
    else:  # after too many wrong ones no code is taken any more
        subject = words.say(_("Choose a new password"))
        paragraphs = [words.say(_("Open this link to choose a new password, or to keep yours and sign in:"))]
        after = " ".join(about_link)
    return _about_account(
        words,
        subject,
        only if code else paragraphs[0],
        paragraphs,
        code=code,
        button=link,
        after=after,
        why=words.say(
            _(
                "Someone, probably you, asked {brand} for this code. If this wasn't you, you can ignore this "
                "email."
            )
        ),
    )


def _proof_link(words: _Words, label: str) -> Link | None:
    token = str(words.delivery.secret.get("link", ""))
    return Link(words.say(label), links.proof_address(words.settings, token)) if token else None


def _works_anywhere(words: _Words) -> str:
    return words.count(
        _n(
            "The link works once, for 1 minute, in any browser. It also lets you sign in when too many wrong "
            "attempts keep you out.",
            "The link works once, for {n} minutes, in any browser. It also lets you sign in when too many wrong "
            "attempts keep you out.",
        ),
        words.settings.proof_link_minutes,
    )


def _guessing(words: _Words) -> Content:
    ended = words.delivery.data.get("ended")
    return _about_account(
        words,
        words.say(_("Someone may be guessing your password or codes")),
        words.say(_("There were many wrong attempts in a row.")),
        [
            words.say(
                _("Wrong passwords or codes in a row for this address at {brand}: {n}."),
                n=words.delivery.data.get("failures", ""),
            ),
            words.say(
                _(
                    "For your security, we no longer accept passwords or codes for it from browsers that you "
                    "haven't used before."
                )
                if ended
                else _(
                    "If this wasn't you, there's nothing to do: further attempts have to wait longer and longer."
                )
            ),
            words.say(
                _(
                    "If you're kept out yourself, open this link in the browser that you want to use. It works "
                    "once, until tomorrow."
                )
            ),
        ],
        button=_proof_link(words, _("Continue in this browser")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _already_signed_up(words: _Words) -> Content:
    return _about_account(
        words,
        words.say(_("You already have an account")),
        words.say(_("Sign in with this address.")),
        [
            words.say(_("Someone, probably you, tried to create a {brand} account with this address.")),
            words.say(_("You already have one, so nothing was changed. You can sign in with your password.")),
        ],
        button=Link(words.say(_("Sign in")), words.page("/sign-in")),
        after=words.say(_("Forgot your password? You can choose a new one when you sign in.")),
        why=words.say(_("If this wasn't you, you can ignore this email.")),
    )


def _password_changed(words: _Words) -> Content:
    return _about_account(
        words,
        words.say(_("Your password was changed")),
        words.say(_("If this wasn't you, choose a new password right away.")),
        [
            words.say(_("The password of your {brand} account was changed on {time}.")),
            words.say(
                _("You've been signed out everywhere else. If this was you, there's nothing more to do.")
                if words.delivery.data.get("elsewhere")
                else _("You were signed out everywhere. If it was you, there is nothing more to do.")
            ),
            words.say(_("If this wasn't you, choose a new password right away.")),
        ],
        button=Link(words.say(_("Choose a new password")), words.page("/forgot-password")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _signed_in(words: _Words) -> Content:
    """Names the browser and the time, never the IP: people can't read one, and whoever reads the mail need not."""
    data = words.delivery.data
    named = " · ".join(filter(None, (str(data.get("browser", "")), str(data.get("system", "")))))
    return _about_account(
        words,
        words.say(_("New sign-in to your account")),
        words.say(_("If this wasn't you, choose a new password right away.")),
        [
            words.say(
                _(
                    "Someone signed in to your {brand} account on {time}, from a browser that hasn't been used "
                    "with it before: {browser}."
                ),
                browser=named or words.say(_("Unknown browser")),
            ),
            words.say(_("If this was you, there's nothing more to do.")),
            words.say(
                _(
                    "If this wasn't you, choose a new password right away. It signs everyone else out. You can "
                    "also end single sessions in the settings, under “Active sessions”."
                )
            ),
        ],
        button=Link(words.say(_("Choose a new password")), words.page("/forgot-password")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _address_changed(words: _Words) -> Content:
    """To the old address: the only one that somebody who took an account over can't read."""
    return _about_account(
        words,
        words.say(_("The email address of your account was changed")),
        words.say(_("If this wasn't you, contact us right away.")),
        [
            words.say(
                _("The email address of your {brand} account was changed to {address} on {time}."),
                address=words.delivery.data.get("to", ""),
            ),
            words.say(_("Your tickets stay in your account. Links in earlier emails no longer work.")),
            words.say(
                _(
                    "If this wasn't you, submit a ticket right away. Someone else may have access to your "
                    "account."
                )
            ),
        ],
        button=Link(words.say(_("Submit a ticket")), words.page(NEW_TICKET)),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _deletion_asked(words: _Words) -> Content:
    return _about_account(
        words,
        words.say(_("Your account will be deleted")),
        words.say(_("Until then you can keep your account.")),
        [
            words.say(
                _("You asked us to delete your {brand} account. It will be deleted on {day}."),
                day=words.day(str(words.delivery.data["until"])),
            ),
            words.say(
                _(
                    "Your messages and files will be deleted with it. Until then you can keep your account "
                    "in the settings."
                )
            ),
            words.say(_("If this wasn't you, keep your account and choose a new password right away.")),
        ],
        button=Link(words.say(_("Keep my account")), words.page("/settings")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _deletion_cancelled(words: _Words) -> Content:
    return _about_account(
        words,
        words.say(_("Your account won't be deleted")),
        words.say(_("It will not be deleted.")),
        [words.say(_("Your {brand} account will not be deleted. There's nothing more to do."))],
        button=Link(words.say(_("Open the settings")), words.page("/settings")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _account_deleted(words: _Words) -> Content:
    return _about_account(
        words,
        words.say(_("Your account was deleted")),
        words.say(_("Your messages and files have been deleted.")),
        [
            words.say(_("As you asked, we deleted your {brand} account with all its messages and files.")),
            words.say(_("This is the last email about it.")),
        ],
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _tickets_added(words: _Words) -> Content:
    count = int(words.delivery.data.get("count", 1))
    return _about_account(
        words,
        words.say(_("Tickets were added to your account")),
        words.say(_("You can undo this for a few days.")),
        [
            words.count(
                _n(
                    "1 ticket sent from this address is now in your {brand} account.",
                    "{n} tickets sent from this address are now in your {brand} account.",
                ),
                count,
            ),
            words.say(_("If this wasn't you, undo it in your ticket list and choose a new password.")),
        ],
        button=Link(words.say(_("See your tickets")), words.page(TICKETS)),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _phrase_changed(words: _Words) -> Content:
    gone = words.delivery.data.get("what") == "phrase_removed"
    subject = _("Your safety phrase was removed") if gone else _("Your safety phrase was changed")
    happened = (
        _("The safety phrase of your {brand} account was removed on {time}.")
        if gone
        else _(
            "The safety phrase of your {brand} account was changed on {time}. It's shown above, as in every "
            "alert."
        )
    )
    return _about_account(
        words,
        words.say(subject),
        words.say(_("If this wasn't you, choose a new password right away.")),
        [words.say(happened), words.say(_("If this wasn't you, choose a new password right away."))],
        button=Link(words.say(_("Open the settings")), words.page("/settings")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _trial(words: _Words) -> Content:
    return _about_account(
        words,
        words.say(_("Our emails are reaching you again")),
        words.say(_("You don't have to do anything.")),
        [
            words.say(
                _("You asked {brand} to send email to this address again. You're reading this, so it works.")
            ),
            words.say(_("You don't have to do anything.")),
        ],
        why=words.say(_("If this wasn't you, you can ignore this email.")),
    )


def _links(words: _Words) -> Content:
    tokens = words.delivery.secret.get("tokens", {})
    found = [
        Link(
            words.say(_("Ticket {number}"), number=number),
            links.ticket(words.settings, words.language, number, tokens.get(str(number), "")),
        )
        for number in words.delivery.data.get("numbers", [])
    ]
    if not found:
        raise ValueError("the tickets of this mail are gone")
    return _about_account(
        words,
        words.say(_("The links to your tickets")),
        words.say(_("Open a ticket to read it and to reply.")),
        [words.say(_("You asked {brand} for the links to the tickets of this address. Here they are."))],
        entries=found,
        after=words.say(
            _("To protect your tickets, we may ask you for a code that we send to this address.")
        ),
        why=words.say(
            _("If you didn't request them, you can ignore this email. Nobody else received these links.")
        ),
    )


_WRITERS: dict[str, Callable[[_Words], Content]] = {
    "confirmation": _confirmation,
    "reply": _reply,
    "details_requested": _details_requested,
    "reminder": _reminder,
    "resolved": _resolved,
    "reopened": _reopened,
    "closed": _closed,
    "merged": _merged,
    "code": _code,
    "guessing": _guessing,
    "already_signed_up": _already_signed_up,
    "password_changed": _password_changed,
    "signed_in": _signed_in,
    "address_changed": _address_changed,
    "deletion_asked": _deletion_asked,
    "deletion_cancelled": _deletion_cancelled,
    "account_deleted": _account_deleted,
    "phrase_changed": _phrase_changed,
    "phrase_removed": _phrase_changed,
    "trial": _trial,
    "links": _links,
    "tickets_added": _tickets_added,
}
