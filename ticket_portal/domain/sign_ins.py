"""Where an account is signed in: its sessions as their owner sees them, and ending one from another device."""

from dataclasses import dataclass

from sqlmodel import col, select

from ticket_portal.domain import browsers, keys, sessions
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.people import Viewer
from ticket_portal.store.tables import Account, Session
from ticket_portal.store.unit_of_work import Work

MOST = 50


@dataclass(frozen=True)
class SignInView:
    """A session as its owner sees it. `key` names it and opens nothing; `browser` and `system` may be unknown ("")."""

    key: str
    browser: str
    system: str
    created_at: str
    seen_at: str
    here: bool


def views(work: Work, viewer: Viewer) -> list[SignInView]:
    """Return where the viewer's account is signed in: here first, then the one that was seen last."""
    found = [_view(work, viewer, session) for session in _open_ones(work, viewer)]
    return sorted(found, key=lambda view: not view.here)


def end(work: Work, viewer: Viewer, key: str) -> None:
    """Sign the viewer's account out on the device with this key; one that is no more is fine."""
    for session in _open_ones(work, viewer):
        if keys.equal(_key(work, session.token_hash), key):
            sessions.end(work, session.token_hash)


def end_all(work: Work, viewer: Viewer) -> None:
    """Sign the viewer's account out everywhere, here too. Raises NotAllowed for nobody and guests."""
    if viewer.account_id is None:
        raise NotAllowed
    sessions.end_all(work, work.session.get_one(Account, viewer.account_id))


def _open_ones(work: Work, viewer: Viewer) -> list[Session]:
    if viewer.account_id is None:
        return []
    account = work.session.get_one(Account, viewer.account_id)
    query = select(Session).where(Session.account_id == account.id, col(Session.ended_at).is_(None))
    newest_first = query.order_by(col(Session.seen_at).desc()).limit(MOST)
    return [s for s in work.session.exec(newest_first).all() if not sessions.is_over(work, s, account)]


def _view(work: Work, viewer: Viewer, session: Session) -> SignInView:
    browser, system = browsers.named(session.agent)
    return SignInView(
        key=_key(work, session.token_hash),
        browser=browser,
        system=system,
        created_at=session.created_at.isoformat(),
        seen_at=session.seen_at.isoformat(),
        here=session.token_hash == viewer.session,
    )


def _key(work: Work, token_hash: str) -> str:
    return keys.signature(work.settings, "device", token_hash)
