"""The browser's own token: what codes and unsent files are bound to, and by which an address knows its browsers.

A page elsewhere under the same domain can plant a cookie (RFC 6265bis, 8.6). So only tokens that carry our signature
count, and a browser gets a new one whenever someone proves who they are in it: a token that an attacker planted,
or read before, is worth nothing from then on. What belongs to the browser moves along.

A browser in which an address was proved, by a password or a code, is known for it (OWASP's "device cookies"). A sign-in
from another one is told to the owner. And ten wrong passwords an hour, which pause the sign-in of an address, stop no
known browser: each has an allowance of its own, which strangers can't use up, nor is it counted by its network.
"""

from datetime import timedelta

import sqlalchemy
from sqlmodel import col, delete, select, update

from ticket_portal.domain import keys
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account, Attachment, Challenge, Device, Feedback, KnownBrowser, Session
from ticket_portal.store.unit_of_work import Work

RETENTION = timedelta(days=365)
MOST = 20
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
    work.publish(f"browser:{before}")


def is_new(work: Work, account: Account, browser: str, session: str = "") -> bool:
    """Return whether an account that has been used before was never used in this browser.

    `session`: the hash of a session that the browser brought along; one of the account, open or not, is a proof too.
    """
    before = work.session.get(Session, session) if session else None
    if allowance(work, account.address, browser) or (before is not None and before.account_id == account.id):
        return False
    used = select(Session.account_id).where(Session.account_id == account.id).limit(1)
    other = (
        select(KnownBrowser.subject).where(KnownBrowser.subject == _subject(work, account.address)).limit(1)
    )
    return work.session.exec(used).first() is not None or work.session.exec(other).first() is not None


def allowance(work: Work, address: str, browser: str) -> str:
    """Return the browser if it is known for this address, else ""; limits count each known one for itself."""
    known = sqlalchemy.select(col(KnownBrowser.browser_hash)).where(
        col(KnownBrowser.subject) == _subject(work, address),
        col(KnownBrowser.browser_hash) == browser,
        col(KnownBrowser.seen_at) > work.now - RETENTION,
    )
    return work.scalar(known) or ""


def remember(work: Work, address: str, browser: str) -> None:
    """Note that the address was proved at this browser; of more than twenty the longest unseen is forgotten."""
    if not browser:
        return
    subject = _subject(work, address)
    work.alone("known_browser", subject)
    row = work.session.get(KnownBrowser, (subject, browser)) or KnownBrowser(
        subject=subject, browser_hash=browser
    )
    row.seen_at = work.now
    work.session.add(row)
    work.session.flush()
    mine = sqlalchemy.select(col(KnownBrowser.browser_hash)).where(col(KnownBrowser.subject) == subject)
    newest_first = mine.order_by(col(KnownBrowser.seen_at).desc(), col(KnownBrowser.browser_hash))
    for (old,) in work.execute(newest_first.offset(MOST)).all():
        work.session.exec(
            delete(KnownBrowser).where(
                col(KnownBrowser.subject) == subject, col(KnownBrowser.browser_hash) == old
            )
        )


def rename(work: Work, before: str, after: str) -> None:
    """Let an account's new address know the browsers of its old one; what the new one knew before is forgotten."""
    forget_all(work, after)
    work.session.exec(
        update(KnownBrowser)
        .where(col(KnownBrowser.subject) == _subject(work, before))
        .values(subject=_subject(work, after))
    )


def forget_all(work: Work, address: str) -> None:
    """Forget every known browser of an address."""
    subject = _subject(work, address)
    work.alone("known_browser", subject)
    work.session.exec(delete(KnownBrowser).where(col(KnownBrowser.subject) == subject))


def sweep(work: Work) -> None:
    """Forget browsers in which the address was not proved for a year."""
    work.session.exec(delete(KnownBrowser).where(col(KnownBrowser.seen_at) < work.now - RETENTION))


def _subject(work: Work, address: str) -> str:
    return keys.subject_hash(work.settings, "known browser", address)
