"""Six-digit codes by e-mail: they prove that somebody reads an address (SPEC 6).

A code is bound to its purpose, its address and the browser that asked for it, lives ten minutes, works once, and
only the newest one works. `enter` returns the refusal instead of raising it: the wrong try must be counted, and
an exception would roll the count back.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, select

from ticket_portal.domain import addresses, keys, limits, notifications
from ticket_portal.domain.errors import (
    CodeEnded,
    CodeExpired,
    CodeReplaced,
    CodeUsed,
    CodeWrong,
    CodeWrongFewLeft,
    DomainError,
    OwnCodeFound,
    TooMany,
    TooManyCodes,
    TooSoon,
)
from ticket_portal.domain.limits import Limit
from ticket_portal.i18n.folding import nfkc
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Challenge
from ticket_portal.store.unit_of_work import Work

WARN_FROM = 3
KEPT = timedelta(days=1)
MOST_MENTIONED = 5
_MENTIONED = re.compile(r"(?<![\w.,])\d{3}[ -]?\d{3}(?![\w])(?![.,]\d)")


@dataclass(frozen=True)
class Door:
    """What a code opens, for whom, and from where: the binding of a code."""

    purpose: str
    address: str
    browser: str
    ip: str = ""


@dataclass(frozen=True)
class CodeStatus:
    """Where this browser is with its code; holds nothing that helps to guess it."""

    sent: bool = False
    resend_at: datetime | None = None
    expires_at: datetime | None = None
    refusal: DomainError | None = None


def send(
    work: Work, door: Door, language: str, *, known: bool = True, sealed: dict[str, Any] | None = None
) -> None:
    """Make a new code and put it on its way; earlier ones stop working.

    With `known=False` everything happens but the mail: whether an address has an account must not show.
    Raises TooSoon, TooManyCodes.
    """
    s = work.settings
    work.alone("code", door.purpose, door.address, door.browser)  # a double click sends one code
    _require_patience(work, door)
    for limit, subject in _sending_limits(s, door):
        limits.spend(work, limit, subject, refusal=TooManyCodes)
    code = keys.new_code()
    challenge = Challenge(
        purpose=door.purpose,
        address=door.address,
        browser_hash=door.browser,
        code_hmac=_hmac(s, door, code),
        sealed=keys.seal(s, sealed) if sealed else None,
        created_at=work.now,
        expires_at=work.now + timedelta(minutes=s.code_minutes),
    )
    work.session.add(challenge)
    work.session.flush()
    notifications.about_code(work, challenge, code, language, known=known)


def require_room(work: Work, door: Door) -> None:
    """Raise TooSoon or TooManyCodes where `send` would, before something costly is done for it."""
    _require_patience(work, door)
    for limit, subject in _sending_limits(work.settings, door):
        if end := limits.until(work, limit, subject):
            raise TooManyCodes(until=end)


def _require_patience(work: Work, door: Door) -> None:
    wait = timedelta(seconds=work.settings.code_resend_seconds)
    last = _newest(work, door)
    if last and work.now < last.created_at + wait:
        raise TooSoon(until=last.created_at + wait)


def _sending_limits(s: Settings, door: Door) -> list[tuple[Limit, str]]:
    return [
        (Limit("codes", s.limit_codes_per_hour), door.address),
        (Limit("codes_ip", s.limit_codes_per_ip_per_hour), door.ip),
    ]


def no_try_left(work: Work, door: Door) -> DomainError | None:
    """Return why `enter` would refuse every code, before something costly is done for one."""
    challenge = _newest(work, door)
    if end := _paused_until(work, door):
        return TooMany(until=end)
    return CodeExpired() if challenge is None else _over(work, challenge)


def enter(work: Work, door: Door, typed: str) -> DomainError | None:
    """Try a code; return None when it was right (it is then used up), else why it was not."""
    challenge = _newest(work, door, lock=True)
    if end := _paused_until(work, door):
        refusal: DomainError | None = TooMany(until=end)
    elif challenge is None:
        refusal = CodeExpired()
    else:
        refusal = _try(work, door, challenge, digits(typed))
    if challenge:
        challenge.problem = refusal.code if refusal else ""
        work.session.add(challenge)
    if refusal is None:
        addresses.arrived(work, door.address)
    return refusal


def status(work: Work, door: Door) -> CodeStatus:
    """Return what the page shows: whether a code is on its way, and why the last try failed."""
    challenge = _newest(work, door)
    if challenge is None or challenge.used_at or work.now > challenge.expires_at + timedelta(hours=1):
        return CodeStatus()
    return CodeStatus(
        sent=True,
        resend_at=challenge.created_at + timedelta(seconds=work.settings.code_resend_seconds),
        expires_at=challenge.expires_at,
        refusal=_shown_refusal(work, door, challenge),
    )


def newest_address(work: Work, purpose: str, browser: str) -> str:
    """Return the address this browser last asked a code for, "" if it never did."""
    query = select(Challenge.address).where(Challenge.browser_hash == browser, Challenge.purpose == purpose)
    return work.session.exec(query.order_by(col(Challenge.id).desc()).limit(1)).first() or ""


def proved(work: Work, address: str, browser: str, since: datetime) -> bool:
    """Whether a code to this address was entered at this browser since then, whatever it was asked for."""
    query = select(Challenge.id).where(
        Challenge.browser_hash == browser, Challenge.address == address, col(Challenge.used_at) > since
    )
    return bool(browser) and work.session.exec(query.limit(1)).first() is not None


def sealed(work: Work, door: Door) -> dict[str, Any]:
    """Return what was sealed with the newest code of this door."""
    challenge = _newest(work, door)
    return keys.unseal(work.settings, challenge.sealed) if challenge and challenge.sealed else {}


def digits(typed: str) -> str:
    """Return the digits of what was typed: spaces and dashes don't count, full-width digits do."""
    folded = unicodedata.normalize("NFKC", typed if len(typed) <= 64 else "")  # longer is no code
    return "".join(str(unicodedata.digit(c)) for c in folded if unicodedata.digit(c, None) is not None)


def refuse_own(work: Work, address: str, text: str) -> None:
    """Raise OwnCodeFound if a text holds a code that is on its way to this address and still works.

    Only for texts of whoever proved the address. An answer is a guess at a code, so guesses are counted like tries at
    a door; where there is no room left the text passes. It comes last: another refusal after it would tell that the
    guess was wrong, and take its count back.
    """
    found = mentioned(text)
    if not found or not (challenges := _working(work, address)):
        return
    limit = Limit("code_mentions", work.settings.limit_code_tries_per_hour)
    for typed in dict.fromkeys(map(digits, found)):
        if limits.until(work, limit, address):
            return
        limits.use(work, limit, address)
        for challenge in challenges:
            door = Door(challenge.purpose, address, challenge.browser_hash)
            if keys.equal(challenge.code_hmac, _hmac(work.settings, door, typed)):
                raise OwnCodeFound


def mentioned(text: str) -> list[str]:
    """Return the first numbers of six digits in a text; it may be as long as a message."""
    return _MENTIONED.findall(nfkc(text))[:MOST_MENTIONED]


def sweep(work: Work) -> None:
    """Delete codes that no page speaks of and that prove nothing any more, and what was sealed with them."""
    kept = max(KEPT, timedelta(hours=work.settings.claim_proof_hours))
    work.session.exec(delete(Challenge).where(col(Challenge.expires_at) < work.now - kept))


def _try(work: Work, door: Door, challenge: Challenge, code: str) -> DomainError | None:
    s = work.settings
    if over := _over(work, challenge):
        return over
    if keys.equal(challenge.code_hmac, _hmac(s, door, code)):
        challenge.used_at = work.now
        return None
    challenge.wrong_tries += 1
    limits.use(work, _tries_limit(s), door.purpose, door.address)
    limits.use(work, _tries_ip_limit(s), door.ip)
    work.session.flush()
    if end := _paused_until(work, door):
        return TooMany(until=end)
    if _is_the_one_before(work, door, challenge, code):
        return CodeReplaced()
    return _wrong(s, challenge)


def _over(work: Work, challenge: Challenge) -> DomainError | None:
    if challenge.used_at:
        return CodeUsed()
    if challenge.wrong_tries >= work.settings.code_tries:
        return CodeEnded()
    return CodeExpired() if work.now >= challenge.expires_at else None


def _wrong(s: Settings, challenge: Challenge) -> DomainError:
    left = s.code_tries - challenge.wrong_tries
    if left <= 0:
        return CodeEnded()
    return CodeWrongFewLeft(left=left) if left <= WARN_FROM else CodeWrong()


def _shown_refusal(work: Work, door: Door, challenge: Challenge) -> DomainError | None:
    if end := _paused_until(work, door):
        return TooMany(until=end)
    if challenge.problem == CodeWrong.code:
        return _wrong(work.settings, challenge)
    known = {e.code: e for e in (CodeReplaced, CodeExpired, CodeUsed, CodeEnded)}
    if challenge.problem in known:
        return known[challenge.problem]()
    return CodeExpired() if work.now >= challenge.expires_at else None


def _is_the_one_before(work: Work, door: Door, newest: Challenge, code: str) -> bool:
    before = work.session.exec(_challenges(door).where(col(Challenge.id) < newest.id).limit(1)).first()
    return before is not None and keys.equal(before.code_hmac, _hmac(work.settings, door, code))


def _paused_until(work: Work, door: Door) -> datetime | None:
    s = work.settings
    ends = [
        limits.until(work, _tries_limit(s), door.purpose, door.address),
        limits.until(work, _tries_ip_limit(s), door.ip) if door.ip else None,
    ]
    return max((e for e in ends if e), default=None)


def _tries_limit(s: Settings) -> Limit:
    return Limit("code_tries", s.limit_code_tries_per_hour, pause=timedelta(minutes=s.code_pause_minutes))


def _tries_ip_limit(s: Settings) -> Limit:
    return Limit(
        "code_tries_ip", s.limit_code_tries_per_ip_per_hour, pause=timedelta(minutes=s.code_pause_minutes)
    )


def _hmac(s: Settings, door: Door, code: str) -> str:
    return keys.code_hmac(s, door.purpose, door.address, door.browser, code)


def _challenges(door: Door) -> Any:
    return (
        select(Challenge)
        .where(
            Challenge.browser_hash == door.browser,
            Challenge.purpose == door.purpose,
            Challenge.address == door.address,
        )
        .order_by(col(Challenge.id).desc())
    )


def _working(work: Work, address: str) -> Sequence[Challenge]:
    return work.session.exec(
        select(Challenge)
        .where(
            Challenge.address == address,
            col(Challenge.used_at).is_(None),
            col(Challenge.expires_at) > work.now,
        )
        .order_by(col(Challenge.id).desc())
        .limit(work.settings.limit_codes_per_hour)
    ).all()


def _newest(work: Work, door: Door, *, lock: bool = False) -> Challenge | None:
    if not door.browser:
        return None
    query = _challenges(door).limit(1)
    return work.session.exec(query.with_for_update() if lock else query).first()
