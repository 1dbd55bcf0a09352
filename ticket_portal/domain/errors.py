"""What can be refused, and why. Each refusal has a stable code for machines and a text for people."""

from typing import Any

from ticket_portal.i18n.catalogues import _


class DomainError(Exception):
    """Something was refused. `code` is stable; `text` is a msgid of the server catalogue, `values` fill it."""

    code = "refused"
    text = _("That didn't work. Nothing was lost. Please try again.")

    def __init__(self, **values: Any) -> None:
        """Keep what the text speaks of."""
        super().__init__(self.code)
        self.values = values


class NotFound(DomainError):
    """No such thing, or not theirs: the same answer, so that it does not reveal which numbers exist."""

    code = "not_found"
    text = _("We can't find that ticket. Check the number, or it may belong to another account.")


class NotAllowed(DomainError):
    """They may see it but not do this."""

    code = "not_allowed"
    text = _("You can't do that here.")


class SignInNeeded(DomainError):
    """Not signed in, or the session has ended."""

    code = "session_ended"
    text = _("Your session ended. What you wrote is saved. Sign in again to continue.")


class Invalid(DomainError):
    """Something they typed can't be used; `field` names the form's field."""

    code = "invalid"
    field = ""

    def __init__(self, field: str = "", **values: Any) -> None:
        """Name the field, where it is not the class's own."""
        super().__init__(**values)
        self.field = field or self.field


class BadAddress(Invalid):
    """Not an e-mail address."""

    code = "bad_address"
    field = "email"
    text = _("Enter an email address such as name@example.com.")


class Missing(Invalid):
    """A field that is needed is empty."""

    code = "missing"
    text = _("Please fill in this field.")


class DeviceNeeded(Invalid):
    """E-mail can't be turned off while there is no device for push."""

    code = "device_needed"
    field = "email"
    text = _("You can turn off email once push notifications work on one of your devices.")


class EmptyMessage(Invalid):
    """Nothing but space was sent."""

    code = "empty_message"
    field = "body"
    text = _("Write a message or add a file.")


class TooLong(Invalid):
    """More characters than allowed."""

    code = "too_long"
    text = _("That is too long. The limit is {most} characters.")


class PhraseIsLink(Invalid):
    """A safety phrase that reads like an address: it would put a link of the sender's choice into our e-mails."""

    code = "phrase_is_link"
    field = "phrase"
    text = _("Choose words, not a link or an address.")


class PhraseTooShort(Invalid):
    """A safety phrase that anybody could guess."""

    code = "phrase_too_short"
    field = "phrase"
    text = _("Use at least {least} characters for your safety phrase.")


class BadDevice(Invalid):
    """No subscription that a push service could be behind."""

    code = "bad_device"
    text = _("This browser can't get notifications. You'll still get alerts by email.")


class PasswordTooShort(Invalid):
    """Fewer than ten characters."""

    code = "password_too_short"
    field = "password"
    text = _("Use at least {least} characters for your password.")


class TeamPasswordTooShort(PasswordTooShort):
    """Fewer than fifteen characters, for an account of the team."""

    code = "password_too_short_team"
    text = _("Team accounts need a password of at least {least} characters. A short sentence works well.")


class PasswordTooCommon(Invalid):
    """Among the passwords that attackers try first, or easily made from what they know."""

    code = "password_too_common"
    field = "password"
    text = _(
        "That password is easy to guess: attackers try known passwords, names and simple patterns first. "
        "Choose a few words that don't belong together."
    )


class WrongPassword(DomainError):
    """The address is unknown or the password is wrong: one answer for both."""

    code = "wrong_password"
    text = _("That email and password don't match. Check both and try again.")


class NotYourPassword(Invalid):
    """Not the password of the signed-in account."""

    code = "not_your_password"
    field = "current_password"
    text = _("That isn't your current password. Check it and try again.")


class SameAddress(Invalid):
    """The new address is the one they have."""

    code = "same_address"
    field = "email"
    text = _("That's already your address. Enter the new one.")


class TooMany(DomainError):
    """A limit was reached; `until` is the moment from which it works again."""

    code = "too_many"
    text = _("Too many attempts. For your security, please wait until {until}. Your tickets are safe.")


class GuessingEnded(DomainError):
    """So many wrong passwords or codes in a row that none is taken any more, from browsers that aren't known."""

    code = "guessing_ended"
    text = _(
        "There were too many wrong attempts in a row, so this is turned off for your security. Use “Forgot your "
        "password?” on the sign-in page and open the link in our email to continue."
    )


class TooManyCodes(TooMany):
    """The most codes for now have been sent to that address."""

    code = "too_many_codes"
    text = _("We can't send any more codes for now. Try again at {until}.")


class TooSoon(TooMany):
    """A code was sent a moment ago."""

    code = "too_soon"
    text = _("A code was sent a moment ago. You can request a new one at {until}.")


class TooFast(TooMany):
    """More messages than a person writes."""

    code = "too_fast"
    text = _("You're sending very quickly. Please wait until {until}. Your message is saved.")


class CannotReopen(DomainError):
    """The ticket closed too long ago."""

    code = "cannot_reopen"
    text = _(
        "This ticket is closed and can't be reopened. Submit a new ticket instead; what you wrote is kept."
    )


class TicketMerged(DomainError):
    """The conversation goes on in another ticket."""

    code = "merged"
    text = _("This ticket was joined with another one. Please continue there.")


class MergeRefused(DomainError):
    """Two tickets that can't be joined; the kinds say why."""

    code = "merge_refused"
    text = _("These tickets can't be joined.")


class MergeIntoItself(MergeRefused):
    """A ticket and itself."""

    text = _("Enter the number of another ticket.")


class MergeOfStrangers(MergeRefused):
    """The requesters differ: the one must not read the other's ticket."""

    text = _("These tickets belong to different people, so they can't be joined.")


class MergeIntoMerged(MergeRefused):
    """The other ticket goes on elsewhere itself."""

    text = _("Ticket {number} has itself been joined with ticket {other}. Enter that number instead.")


class MergeIntoClosed(MergeRefused):
    """The other ticket takes no messages any more."""

    text = _("Ticket {number} is closed and can't be reopened, so nothing can be joined with it.")


class RatingMissing(Invalid):
    """No number was chosen."""

    code = "rating_missing"
    field = "score"
    text = _("Choose a number from 1 to 5.")


class RatingFinal(DomainError):
    """The rating was given more than a day ago."""

    code = "rating_final"
    text = _("Your rating can't be changed any more.")


class BadDetail(Invalid):
    """An answer that is not of its item's kind."""

    code = "bad_detail"
    field = "details"
    text = _("One of the details isn't valid. Check it and send it again.")


class AlreadyAnswered(DomainError):
    """Nothing of what was sent is still asked for."""

    code = "already_answered"
    text = _("These details were already sent, perhaps in another tab. There's nothing left to do.")


class SecretFound(Invalid):
    """Something that must not be sent to anybody, us included."""

    field = "body"


class PhraseFound(SecretFound):
    """A recovery phrase of a wallet."""

    code = "secret_phrase"
    text = _(
        "This looks like a recovery phrase, so it was not sent. Anyone who has it can take your money, and we "
        "never need it. Remove it and send the rest. If you've shared it with anyone, move your funds to a new "
        "wallet right away."
    )


class KeyFound(SecretFound):
    """A private key."""

    code = "secret_key"
    text = _(
        "This looks like a private key, so it was not sent. Anyone who has it can take your money, and we never "
        "need it. Remove it and send the rest. If it's a transaction ID, write “transaction ID” before it."
    )


class CardFound(SecretFound):
    """The whole number of a payment card."""

    code = "secret_card"
    text = _(
        "This looks like a full card number, so it was not sent. We only need the last four digits. Shorten it "
        "and send it again."
    )


class OwnCodeFound(SecretFound):
    """One of our own codes, while it still works."""

    code = "secret_code"
    text = _(
        "This is one of the codes we emailed you, so it was not sent. It's for you alone. Our team never asks "
        "for it. Remove it and send the rest."
    )


class CodeWrong(DomainError):
    """Not the code that was sent."""

    code = "code_wrong"
    text = _("That code isn't right. Check our latest email and try again.")


class CodeWrongFewLeft(CodeWrong):
    """Not the code that was sent, and few tries are left: another text under the same code."""

    text = _("That code isn't right. Check our latest email and try again. Tries left: {left}.")


class CodeUnfinished(DomainError):
    """Not six digits: it can't be the code, and does not count as a try."""

    code = "code_unfinished"
    text = _("Enter all 6 digits from our latest email.")


class CodeReplaced(DomainError):
    """The code of an earlier e-mail."""

    code = "code_replaced"
    text = _("That code was replaced by a newer one. Use the code from the latest email.")


class CodeExpired(DomainError):
    """Older than it may be, or none was asked for from this browser."""

    code = "code_expired"
    text = _("That code has expired. Ask for a new one.")


class CodeUsed(DomainError):
    """Each code works once."""

    code = "code_used"
    text = _("That code was already used. Ask for a new one.")


class CodeEnded(DomainError):
    """Too many wrong tries for this one code."""

    code = "code_ended"
    text = _("That code was entered incorrectly too many times and no longer works. Ask for a new one.")


class TicketLocked(NotFound):
    """The owner of the address said that the ticket is not theirs."""

    code = "locked"
    text = _("This ticket is locked.")


class ProofNeeded(DomainError):
    """Their address was not proved lately enough for this."""

    code = "proof_needed"
    text = _("Enter the code from your email first.")


class LinkInvalid(NotFound):
    """Unknown, malformed, revoked, too old: one answer for all of them."""

    code = "link_invalid"
    text = _("This link is no longer valid. Use the link in our latest email, or request your links again.")


class FileRefused(Invalid):
    """A file can't be taken; `name` is the file's. What is written and the other files stay."""

    code = "file_refused"
    field = "files"
    text = _("{name} could not be added. Please try again.")


class FileKindRefused(FileRefused):
    """A kind that is not taken, by its name."""

    code = "file_kind"
    text = _("{name} can't be sent. Use JPG, PNG, WEBP, GIF, HEIC, PDF, TXT, CSV or MP4.")


class FileMismatch(FileRefused):
    """The content is not what the name says."""

    code = "file_mismatch"
    text = _(
        "{name} looks like a {kind} file but isn't one. Use a real JPG, PNG, WEBP, GIF, HEIC, PDF, TXT, CSV or "
        "MP4."
    )


class FileTooLarge(FileRefused):
    """More bytes than allowed."""

    code = "file_too_large"
    text = _("{name} is too large. The limit is {most} MB.")


class FileEmpty(FileRefused):
    """Not a single byte."""

    code = "file_empty"
    text = _("{name} is empty. Choose another file.")


class FileDamaged(FileRefused):
    """The right kind, but it can't be read to its end."""

    code = "file_damaged"
    text = _(
        "{name} can't be read. It may be damaged. Open it on your device, save a new copy and send that."
    )


class PictureTooLarge(FileRefused):
    """More pixels than allowed."""

    code = "picture_too_large"
    text = _("{name} has too many pixels. The limit is {most} megapixels.")


class TextUnreadable(FileRefused):
    """Not in an encoding that everybody can read."""

    code = "text_unreadable"
    text = _("{name} isn't plain text that we can read. Save it as UTF-8 text and send that.")


class PdfLocked(FileRefused):
    """Protected with a password: neither the scanner nor the team could open it."""

    code = "pdf_locked"
    text = _("{name} is protected with a password, so we can't check it. Send it without a password.")


class PdfActive(FileRefused):
    """Scripts, embedded files, or commands for the reader's machine."""

    code = "pdf_active"
    text = _("{name} contains scripts, commands or other files. Print it as a new PDF and send that.")


class FileStalled(FileRefused):
    """Its bytes stopped coming, or came more slowly than over any line: who only holds the door open goes."""

    code = "file_stalled"


class FilesFull(FileRefused):
    """No room for files at the moment: the disk is almost full, or so much waits unsent in strangers' forms."""

    code = "files_full"
    text = _(
        "We can't take files right now. What you wrote is saved. Try again later, or send it without the file."
    )


class FileInfected(FileRefused):
    """The virus scanner found something."""

    code = "file_infected"
    text = _("{name} was rejected: our virus scanner found something harmful in it.")


class TooManyFiles(FileRefused):
    """More files than one message takes."""

    code = "too_many_files"
    text = _("A message can have up to {most} files. Send the others in another message.")


class FileGone(FileRefused):
    """Not uploaded by them for this ticket, already sent, or swept away."""

    code = "file_gone"
    text = _("A file in this message is no longer available. Attach it again. What you wrote is saved.")


class TooManyUploads(TooMany):
    """More uploads than a person makes."""

    code = "too_many_uploads"
    text = _("That's a lot of files. Please wait until {until} before adding more.")


class LinkMoved(LinkInvalid):
    """The ticket is in an account by now, and is read there; `number` says which one."""

    code = "link_moved"


def by_code(code: str) -> type[DomainError] | None:
    """Return the refusal with this stable code."""
    return _BY_CODE.get(code)


def _all_kinds(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in _all_kinds(below))]


# The more general kind comes first and stands for its code.
_BY_CODE = {kind.code: kind for kind in reversed(_all_kinds(DomainError))}
