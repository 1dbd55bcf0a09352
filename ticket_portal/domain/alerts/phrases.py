"""Words by which people tell our e-mails from forged ones: an account's own phrase, a guest's two words per ticket.

They stand in alerts to that one address alone. An account's is kept sealed, so that neither a report nor a look into
the database shows it; a guest's is kept nowhere: it follows from the ticket and our secret.
"""

import re
import unicodedata

from cryptography.fernet import InvalidToken
from linkify_it import LinkifyIt
from sqlmodel import col, delete, select

from ticket_portal.domain import keys
from ticket_portal.domain.errors import PhraseIsLink, PhraseTooShort, TooLong
from ticket_portal.domain.text.cleaning import one_line
from ticket_portal.i18n.catalogues import known
from ticket_portal.i18n.folding import nfc, nfkc
from ticket_portal.i18n.phrase_words import WORDS
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account, SafetyPhrase, Ticket
from ticket_portal.store.unit_of_work import Work

SHORTEST, LONGEST = 4, 40

_links = LinkifyIt()
_MARKUP = re.compile(r"<[^>]*>|[<>]")
# Controls, what turns the direction of writing, what can't be seen, what no font has.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def cleaned(typed: str) -> str:
    """Return a phrase as it may stand in an e-mail: one line of words. Raises TooLong, PhraseTooShort, PhraseIsLink."""
    text = _MARKUP.sub(" ", nfc(str(typed)[: 10 * LONGEST]))
    shown = "".join(" " if c in "\r\n\t" else c for c in text if c in "\r\n\t" or _is_seen(c))
    phrase = one_line(shown)
    if len(phrase) > LONGEST:
        raise TooLong("phrase", length=len(phrase), most=LONGEST)
    if phrase and len(phrase) < SHORTEST:
        raise PhraseTooShort(least=SHORTEST)
    # Full-width letters and dots make a link in some mail programs.
    plain = nfkc(phrase)
    if "/" in plain or "@" in plain or _links.test(plain):
        raise PhraseIsLink
    return phrase


def of_account(work: Work, account_id: int) -> str:
    """Return the phrase that an account chose, "" for none."""
    return _opened(work, work.session.get(SafetyPhrase, account_id))


def of_address(work: Work, address: str) -> str:
    """Return the phrase of the account that has this address, "" for none."""
    query = select(SafetyPhrase).join(Account, col(Account.id) == col(SafetyPhrase.account_id))
    return _opened(work, work.session.exec(query.where(Account.address == address)).first())


def of_ticket(settings: Settings, ticket: Ticket) -> str:
    """Return the two words of a guest's ticket, in its language."""
    words = WORDS[known(ticket.language)]
    dice = int(keys.signature(settings, "phrase", f"{ticket.id} {ticket.address}"), 16)
    first, step = dice % len(words), 1 + dice // len(words) % (len(words) - 1)
    return f"{words[first]} {words[(first + step) % len(words)]}"


def keep(work: Work, account_id: int, phrase: str) -> None:
    """Keep an account's (cleaned) phrase in the place of the one before; "" for none."""
    work.session.exec(delete(SafetyPhrase).where(col(SafetyPhrase.account_id) == account_id))
    if phrase:
        sealed = keys.seal(work.settings, {"phrase": phrase})
        work.session.add(SafetyPhrase(account_id=account_id, sealed=sealed, changed_at=work.now))


def _opened(work: Work, row: SafetyPhrase | None) -> str:
    if row is None:
        return ""
    try:
        return str(keys.unseal(work.settings, row.sealed).get("phrase", ""))
    except InvalidToken:  # sealed with another PORTAL_SECRET_KEY: an alert without it still arrives
        return ""


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN
