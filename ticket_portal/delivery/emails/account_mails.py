"""What the mails say that are about an account or an address: a code, and each security notice."""

from collections.abc import Callable

from ticket_portal.delivery.emails import links
from ticket_portal.delivery.emails.content import Content, Link, Words, about_account
from ticket_portal.domain.alerts.kinds import AlertKind, Notice
from ticket_portal.i18n.catalogues import (
    _,
    _n,  # pyright: ignore[reportPrivateUsage] - gettext's short name for a marked text
)


def _code(words: Words) -> Content:
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
    return about_account(
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


def _proof_link(words: Words, label: str) -> Link | None:
    token = str(words.delivery.secret.get("link", ""))
    return Link(words.say(label), links.proof_address(words.settings, token)) if token else None


def _works_anywhere(words: Words) -> str:
    return words.count(
        _n(
            "The link works once, for 1 minute, in any browser. It also lets you sign in when too many wrong "
            "attempts keep you out.",
            "The link works once, for {n} minutes, in any browser. It also lets you sign in when too many wrong "
            "attempts keep you out.",
        ),
        words.settings.proof_link_minutes,
    )


def _guessing(words: Words) -> Content:
    ended = words.delivery.data.get("ended")
    return about_account(
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


def _already_signed_up(words: Words) -> Content:
    return about_account(
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


def _password_changed(words: Words) -> Content:
    return about_account(
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


def _signed_in(words: Words) -> Content:
    """Names the browser and the time, never the IP: people can't read one, and whoever reads the mail need not."""
    data = words.delivery.data
    named = " · ".join(filter(None, (str(data.get("browser", "")), str(data.get("system", "")))))
    return about_account(
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


def _address_changed(words: Words) -> Content:
    """To the old address: the only one that somebody who took an account over can't read."""
    return about_account(
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
        button=Link(words.say(_("Submit a ticket")), words.page("/tickets/new")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _deletion_asked(words: Words) -> Content:
    return about_account(
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


def _deletion_cancelled(words: Words) -> Content:
    return about_account(
        words,
        words.say(_("Your account won't be deleted")),
        words.say(_("It will not be deleted.")),
        [words.say(_("Your {brand} account will not be deleted. There's nothing more to do."))],
        button=Link(words.say(_("Open the settings")), words.page("/settings")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _account_deleted(words: Words) -> Content:
    return about_account(
        words,
        words.say(_("Your account was deleted")),
        words.say(_("Your messages and files have been deleted.")),
        [
            words.say(_("As you asked, we deleted your {brand} account with all its messages and files.")),
            words.say(_("This is the last email about it.")),
        ],
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _tickets_added(words: Words) -> Content:
    count = int(words.delivery.data.get("count", 1))
    return about_account(
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
        button=Link(words.say(_("See your tickets")), words.page("/tickets")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _phrase_changed(words: Words) -> Content:
    gone = words.delivery.data.get("what") == Notice.PHRASE_REMOVED
    subject = _("Your safety phrase was removed") if gone else _("Your safety phrase was changed")
    happened = (
        _("The safety phrase of your {brand} account was removed on {time}.")
        if gone
        else _(
            "The safety phrase of your {brand} account was changed on {time}. It's shown above, as in every "
            "alert."
        )
    )
    return about_account(
        words,
        words.say(subject),
        words.say(_("If this wasn't you, choose a new password right away.")),
        [words.say(happened), words.say(_("If this wasn't you, choose a new password right away."))],
        button=Link(words.say(_("Open the settings")), words.page("/settings")),
        why=words.say(_("You're receiving this email because it concerns the security of your account.")),
    )


def _trial(words: Words) -> Content:
    return about_account(
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


def _links(words: Words) -> Content:
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
    return about_account(
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


WRITERS: dict[AlertKind, Callable[[Words], Content]] = {AlertKind.CODE: _code}
NOTICES: dict[Notice, Callable[[Words], Content]] = {
    Notice.ALREADY_SIGNED_UP: _already_signed_up,
    Notice.PASSWORD_CHANGED: _password_changed,
    Notice.SIGNED_IN: _signed_in,
    Notice.ADDRESS_CHANGED: _address_changed,
    Notice.DELETION_ASKED: _deletion_asked,
    Notice.DELETION_CANCELLED: _deletion_cancelled,
    Notice.ACCOUNT_DELETED: _account_deleted,
    Notice.TICKETS_ADDED: _tickets_added,
    Notice.PHRASE_CHANGED: _phrase_changed,
    Notice.PHRASE_REMOVED: _phrase_changed,
    Notice.GUESSING: _guessing,
    Notice.TRIAL: _trial,
    Notice.LINKS: _links,
}
