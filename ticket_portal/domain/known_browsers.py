"""Browsers at which an address was proved (OWASP's "device cookies").

Ten wrong passwords an hour pause the sign-in of an address: a stranger could keep its owner out by them for ever. A
browser that the owner signed in at before, or entered a code at, therefore has an allowance of its own, which
strangers can't use up; nor is it counted by its network, or one guest in an office could stop all of it.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col, delete

from ticket_portal.domain import keys
from ticket_portal.store.tables import KnownBrowser
from ticket_portal.store.unit_of_work import Work

MOST = 20
KEPT = timedelta(days=180)


def allowance(work: Work, address: str, browser: str) -> str:
    """Return the browser if it is known for this address, else ""; limits count each known one for itself."""
    known = select(col(KnownBrowser.browser_hash)).where(
        col(KnownBrowser.subject) == _subject(work, address),
        col(KnownBrowser.browser_hash) == browser,
        col(KnownBrowser.seen_at) > work.now - KEPT,
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
    newest_first = select(col(KnownBrowser.browser_hash)).where(col(KnownBrowser.subject) == subject)
    for (old,) in work.execute(newest_first.order_by(col(KnownBrowser.seen_at).desc()).offset(MOST)).all():
        work.session.exec(
            delete(KnownBrowser).where(
                col(KnownBrowser.subject) == subject, col(KnownBrowser.browser_hash) == old
            )
        )


def forget_all(work: Work, address: str) -> None:
    """Forget every browser of an address: whoever else proved it there no longer has it."""
    subject = _subject(work, address)
    work.alone("known_browser", subject)
    work.session.exec(delete(KnownBrowser).where(col(KnownBrowser.subject) == subject))


def sweep(work: Work) -> None:
    """Delete browsers that were not seen for half a year."""
    work.session.exec(delete(KnownBrowser).where(col(KnownBrowser.seen_at) < work.now - KEPT))


def _subject(work: Work, address: str) -> str:
    return keys.subject_hash(work.settings, "known browser", address)
