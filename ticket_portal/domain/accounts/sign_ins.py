"""Signing in: sessions begin here, and their owner sees and ends them.

A sign-in in a browser that the account does not know is told to its owner, by mail and in the portal (NIST 800-63B,
notice of significant events). At most so many sessions are open at once (ASVS 7.1.2); one more ends the one that was
not used for the longest time. So the list is always complete.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select, update

from ticket_portal.domain import browsers, keys, security_log, sessions
from ticket_portal.domain.accounts import endings, known_browsers
from ticket_portal.domain.accounts.endings import Ending
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.alerts.kinds import Notice
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.sessions import Arrival
from ticket_portal.store.tables import Account, Session
from ticket_portal.store.unit_of_work import Work

NOTICE = Notice.SIGNED_IN


@dataclass(frozen=True)
class SignInView:
    """A session as its owner sees it. `key` names it and opens nothing; `browser` and `system` may be unknown ("").

    `unfamiliar`: it began in a browser that the account did not know, and the owner has not said that it was them.
    """

    key: str
    browser: str
    system: str
    created_at: str
    seen_at: str
    here: bool
    unfamiliar: bool = False


def begin(work: Work, account: Account, arrival: Arrival) -> str:
    """Sign an account in and return the token for its cookie; the browser's earlier session ends."""
    unfamiliar = bool(arrival.successor) and known_browsers.is_new(
        work, account, arrival.browser, arrival.session
    )
    token = sessions.begin(work, account, arrival.user_agent, unfamiliar=unfamiliar)
    successor = keys.token_hash(token)
    if arrival.successor:
        known_browsers.move(work, arrival.browser, arrival.successor, account.address)
        known_browsers.remember(work, account.address, arrival.successor)
    _make_room(work, account.id)
    if unfamiliar:
        _tell(work, account, arrival)
    if arrival.session:
        endings.end(work, Ending.SIGNED_IN_AGAIN, session=arrival.session, successor=successor, ip=arrival.ip)
    security_log.happened(
        work,
        SecurityEvent.SIGN_IN,
        address=account.address,
        ip=arrival.ip,
        role=account.role,
        unfamiliar=unfamiliar,
    )
    return token


def begin_guest(work: Work, address: str, arrival: Arrival) -> str:
    """Begin the session of a guest who proved an address; the browser's earlier one ends. Return its token."""
    token = sessions.begin_guest(work, address)
    known_browsers.move(work, arrival.browser, arrival.successor, address)
    _make_room(work, None, address)
    if arrival.session:
        successor = keys.token_hash(token)
        endings.end(work, Ending.PROVED_AGAIN, session=arrival.session, successor=successor, ip=arrival.ip)
    security_log.happened(work, SecurityEvent.GUEST_VERIFIED, address=address, ip=arrival.ip)
    return token


def end_here(work: Work, session: str, guest: str, ip: str, why: Ending) -> None:
    """End what is open in one browser: `session` and `guest` are the hashes that its cookies hold, "" for none."""
    if session or guest:
        viewer = sessions.viewer(work, session)
        account = work.session.get(Account, viewer.account_id) if viewer.account_id else None
        endings.end(work, why, account=account, session=session, guest=guest, ip=ip)


def renew(work: Work, why: Ending, account: Account, viewer: Viewer, ip: str = "") -> str:
    """End what the table says for this reason; return the token of this browser's new session ("" without one)."""
    token = sessions.renew(work, viewer.session)
    successor = keys.token_hash(token) if token else ""
    endings.end(work, why, account=account, session=viewer.session, successor=successor, ip=ip)
    return token


def views(work: Work, viewer: Viewer) -> list[SignInView]:
    """Return where the viewer's account is signed in: here first, then the one that was seen last."""
    found = [_view(work, viewer, session) for session in _open_ones(work, viewer)]
    return sorted(found, key=lambda view: not view.here)


def end(work: Work, viewer: Viewer, key: str) -> None:
    """Sign the viewer's account out on the device with this key; one that is no more is fine."""
    for session in _open_ones(work, viewer):
        if keys.equal(_key(work, session.token_hash), key):
            account = work.session.get_one(Account, viewer.account_id)
            endings.end(work, Ending.ENDED_BY_OWNER, account=account, session=session.token_hash)
            sessions.changed(work, account.id)


def end_all(work: Work, viewer: Viewer, guest: str = "", ip: str = "") -> None:
    """Sign the viewer's account out everywhere, including here. Raises NotAllowed without an account.

    `guest`: the hash of the guest's session in the same browser; it ends too.
    """
    if viewer.account_id is None:
        raise NotAllowed
    account = work.session.get_one(Account, viewer.account_id)
    endings.end(
        work,
        Ending.SIGNED_OUT_EVERYWHERE,
        account=account,
        session=viewer.session,
        guest=guest,
        ip=ip,
    )


def recognise(work: Work, viewer: Viewer) -> None:
    """Mark all sign-ins as seen by the owner. Raises NotAllowed without an account.

    Except the current session: an intruder could mark their own sign-in as seen.
    """
    if viewer.account_id is None:
        raise NotAllowed
    work.session.exec(
        update(Session)
        .where(col(Session.account_id) == viewer.account_id, col(Session.token_hash) != viewer.session)
        .values(unfamiliar=False)
    )
    sessions.changed(work, viewer.account_id)


def _tell(work: Work, account: Account, arrival: Arrival) -> None:
    """Tell the owner: in the portal each time, by mail once in PORTAL_SIGN_IN_NOTICE_MINUTES."""
    sessions.changed(work, account.id)
    since = work.now - timedelta(minutes=work.settings.sign_in_notice_minutes)
    if not notifications.told_since(work, account, NOTICE, since):
        browser, system = browsers.named(arrival.user_agent[: sessions.LONGEST_USER_AGENT])
        notifications.about_security(work, account, NOTICE, browser=browser, system=system)


def _make_room(work: Work, account_id: int | None, address: str | None = None) -> None:
    work.flush()
    for token_hash in sessions.surplus(work, account_id, address):
        endings.end(work, Ending.TOO_MANY, session=token_hash)


def _open_ones(work: Work, viewer: Viewer) -> list[Session]:
    if viewer.account_id is None:
        return []
    account = work.session.get_one(Account, viewer.account_id)
    query = select(Session).where(Session.account_id == account.id, col(Session.ended_at).is_(None))
    newest_first = query.order_by(col(Session.seen_at).desc())
    return [s for s in work.session.exec(newest_first).all() if not sessions.is_over(work, s, account)]


def _view(work: Work, viewer: Viewer, session: Session) -> SignInView:
    browser, system = browsers.named(session.user_agent)
    here = session.token_hash == viewer.session
    return SignInView(
        key=_key(work, session.token_hash),
        browser=browser,
        system=system,
        created_at=session.created_at.isoformat(),
        seen_at=session.seen_at.isoformat(),
        here=here,
        unfamiliar=session.unfamiliar and not here,
    )


def _key(work: Work, token_hash: str) -> str:
    return keys.signature(work.settings, "device", token_hash)
