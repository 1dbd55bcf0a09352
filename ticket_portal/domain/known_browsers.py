"""The browser's own token: what codes and unsent files are bound to, and by which an account knows its browsers.

A page elsewhere under the same domain can plant a cookie (RFC 6265bis, 8.6). So only tokens that carry our signature
count, and a browser gets a new one whenever someone proves who they are in it: a token that an attacker planted,
or read before, is worth nothing from then on. What belongs to the browser moves along.
"""

from datetime import timedelta

from sqlmodel import col, delete, select, update

from ticket_portal.domain import keys
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Attachment, Challenge, Device, Feedback, KnownBrowser, Session
from ticket_portal.store.unit_of_work import Work

RETENTION = timedelta(days=365)
RANDOM_LENGTH = 43
TOKEN_LENGTH = RANDOM_LENGTH + 32
_PURPOSE = "browser"


def new_token(settings: Settings) -> str:
    """Return a token for a browser: 256 random bits and our signature of them."""
    random = keys.new_token()
    return random + keys.signature(settings, _PURPOSE, random)


def token_hash(settings: Settings, token: str) -> str:
    """Return the hash under which a browser's token is known, "" for one that this portal did not make."""
    if len(token) != TOKEN_LENGTH:
        return ""
    random, signed = token[:RANDOM_LENGTH], token[RANDOM_LENGTH:]
    return keys.token_hash(token) if keys.equal(signed, keys.signature(settings, _PURPOSE, random)) else ""


def move(work: Work, before: str, after: str, address: str) -> None:
    """Give a browser's things to its new token: `before` and `after` are the hashes.

    `address`: the one that was proved in this browser just now. Of the codes only those that proved it move; one that
    is still on its way works no more, so an attacker who planted the token can't have their own code moved along.
    """
    if not before or not after:
        return
    for table in (Attachment, Device, Feedback, KnownBrowser):
        work.session.exec(update(table).where(col(table.browser_hash) == before).values(browser_hash=after))
    work.session.exec(
        update(Challenge)
        .where(
            col(Challenge.browser_hash) == before,
            col(Challenge.address) == address,
            col(Challenge.used_at).is_not(None),
        )
        .values(browser_hash=after)
    )
    # Sockets of the browser's other tabs carry the old one: they connect again with the new cookie.
    work.tell(f"browser:{before}")


def is_new(work: Work, account_id: int, browser: str, session: str = "") -> bool:
    """Return whether an account that has been used before was never used in this browser.

    `session`: the hash of a session that the browser brought along; one of the account, open or not, is a proof too.
    """
    known = work.session.exec(
        select(KnownBrowser.browser_hash).where(
            KnownBrowser.account_id == account_id, KnownBrowser.browser_hash == browser
        )
    ).first()
    before = work.session.get(Session, session) if session else None
    if known is not None or (before is not None and before.account_id == account_id):
        return False
    used = select(Session.account_id).where(Session.account_id == account_id).limit(1)
    other = select(KnownBrowser.account_id).where(KnownBrowser.account_id == account_id).limit(1)
    return work.session.exec(used).first() is not None or work.session.exec(other).first() is not None


def remember(work: Work, account_id: int, browser: str) -> None:
    """Know the browser as one of the account's from now on."""
    known = work.session.get(KnownBrowser, (account_id, browser))
    known = known or KnownBrowser(account_id=account_id, browser_hash=browser)
    known.seen_at = work.now
    work.session.add(known)


def sweep(work: Work) -> None:
    """Forget browsers in which nobody has signed in to the account for a year."""
    work.session.exec(delete(KnownBrowser).where(col(KnownBrowser.seen_at) < work.now - RETENTION))
