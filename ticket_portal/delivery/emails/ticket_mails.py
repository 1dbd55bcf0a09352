"""What the mails about a ticket say, by their kind."""

from collections.abc import Callable

from ticket_portal.delivery.emails.content import Content, Words, about_ticket
from ticket_portal.domain.alerts.kinds import AlertKind
from ticket_portal.i18n.catalogues import (
    _,
    _n,  # pyright: ignore[reportPrivateUsage] - gettext's short name for a marked text
)


def _confirmation(words: Words) -> Content:
    return about_ticket(
        words,
        words.say(_("We received your ticket {number}")),
        words.say(_("We'll email you when there's an update.")),
        words.say(_("We received your ticket")),
        words.say(_("Thank you for contacting us. Your ticket has the number {number}.")),
        words.say(
            _("Our support team will reply in the ticket, and we'll email you when there's an update.")
        ),
    )


def _reply(words: Words) -> Content:
    return about_ticket(
        words,
        words.say(_("Your support ticket {number} has been updated")),
        words.say(_("Open the ticket to read the answer.")),
        words.say(_("You have a new reply")),
        words.say(_("Our support team replied to your ticket {number} on {time}.")),
        words.say(_("Open the ticket to read the answer and to reply.")),
    )


def _details_requested(words: Words) -> Content:
    count = words.delivery.data.get("count")
    if isinstance(count, int) and count > 0:
        subject = words.count(
            _n("Ticket {number}: we need 1 detail from you", "Ticket {number}: we need {n} details from you"),
            count,
        )
    else:
        subject = words.say(_("Ticket {number}: we need details from you"))
    return about_ticket(
        words,
        subject,
        words.say(_("Open the ticket to answer.")),
        words.say(_("We need details from you")),
        words.say(_("Our support team needs some details from you to continue with your ticket {number}.")),
        words.say(_("Open the ticket to see what is missing and to send it.")),
    )


def _reminder(words: Words) -> Content:
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
    return about_ticket(
        words,
        words.say(_("Reminder: ticket {number} is waiting for you")),
        words.say(_("Open the ticket to answer.")),
        words.say(_("Your ticket is waiting for you")),
        *paragraphs,
    )


def _resolved(words: Words) -> Content:
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
    return about_ticket(
        words,
        words.say(_("Ticket {number} is resolved: please confirm")),
        words.say(_("Did this solve it? Please open the ticket and tell us.")),
        words.say(_("Your ticket is resolved")),
        *paragraphs,
    )


def _reopened(words: Words) -> Content:
    return about_ticket(
        words,
        words.say(_("Ticket {number} was reopened")),
        words.say(_("Open the ticket to see what happened.")),
        words.say(_("Your ticket was reopened")),
        words.say(_("Our support team reopened your ticket {number} on {time} and is working on it again.")),
    )


def _closed(words: Words) -> Content:
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
    return about_ticket(
        words,
        words.say(_("Ticket {number} is closed")),
        words.say(_("Open the ticket to see what happened.")),
        words.say(_("Your ticket is closed")),
        *paragraphs,
    )


def _merged(words: Words) -> Content:
    other = words.delivery.data.get("into", "")
    return about_ticket(
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


WRITERS: dict[AlertKind, Callable[[Words], Content]] = {
    AlertKind.CONFIRMATION: _confirmation,
    AlertKind.REPLY: _reply,
    AlertKind.DETAILS_REQUESTED: _details_requested,
    AlertKind.REMINDER: _reminder,
    AlertKind.RESOLVED: _resolved,
    AlertKind.REOPENED: _reopened,
    AlertKind.CLOSED: _closed,
    AlertKind.MERGED: _merged,
}
