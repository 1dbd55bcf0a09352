"""Six-digit codes by e-mail: they prove that a person can read an address (docs/contract.md#guests).

A code is bound to its purpose, its address and the browser that asked for it, lives ten minutes, works once, and
only the newest one works. `enter` returns the refusal instead of raising it: the wrong try must be counted, and
an exception would roll the count back.
"""

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, bindparam
from sqlmodel import col, delete, select

from ticket_portal.domain import keys, limits, security_log
from ticket_portal.domain.accounts import guessing, known_browsers, proof_links
from ticket_portal.domain.accounts.guessing import Guessed, Target
from ticket_portal.domain.alerts import notifications, undeliverable
from ticket_portal.domain.errors import (
    CodeEnded,
    CodeExpired,
    CodeReplaced,
    CodeUnfinished,
    CodeUsed,
    CodeWrong,
    CodeWrongFewLeft,
    DomainError,
    GuessingEnded,
    OwnCodeFound,
    TooMany,
    TooManyCodes,
    TooSoon,
)
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.i18n.folding import nfkc
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Challenge
from ticket_portal.store.unit_of_work import Work

WARN_FROM = 3
RETENTION = timedelta(days=1)
MOST_MENTIONED = 5
LONGEST_TYPED = 500
_MENTIONED = re.compile(r"(?<![\w.,])\d{3}[ -]?\d{3}(?![\w])(?![.,]\d)")


@dataclass(frozen=True)
class CodeScope:
    """What a code opens, for whom, and from where: the binding of a code."""

    purpose: str
    address: str
    browser: str
    ip: str = ""

    @property
    def kind(self) -> str:
        """What it is for, without of which ticket or account."""
        return self.purpose.partition(":")[0]


@dataclass(frozen=True)
class CodeStatus:
    """Where this browser is with its code; holds nothing that helps to guess it."""

    sent: bool = False
    resend_at: datetime | None = None
    expires_at: datetime | None = None
    refusal: DomainError | None = None


def send(
    work: Work,
    scope: CodeScope,
    language: str,
    *,
    known: bool = True,
    sealed: dict[str, Any] | None = None,
    link: bool = False,
    paid: bool = False,
) -> None:
    """Make a new code and put it on its way; earlier ones stop working.

    With `known=False` everything happens but the mail: whether an address has an account must not show. `link`: the
    mail has a link too, which proves the address in any browser; where no code is taken any more it has nothing else.
    `paid`: `reserve` has counted it.
    Raises TooSoon, TooManyCodes, GuessingEnded.
    """
    s = work.settings
    work.alone("code", scope.purpose, scope.address, scope.browser)  # a double click sends one code
    _require_patience(work, scope)
    ended = isinstance(guessing.refusal(work, _target(work, scope)), GuessingEnded)
    if ended and not link:
        raise GuessingEnded
    if not paid:
        _spend(work, scope)
    code = keys.new_code()
    challenge = Challenge(
        purpose=scope.purpose,
        address=scope.address,
        browser_hash=scope.browser,
        code_hmac=_hmac(s, scope, code),
        sealed=keys.seal(s, sealed) if sealed else None,
        created_at=work.now,
        expires_at=work.now + timedelta(minutes=s.code_minutes),
    )
    work.session.add(challenge)
    work.session.flush()
    secret = {"code": "" if ended else code}
    if link:
        secret["link"] = proof_links.new(work, scope.address, language)
    notifications.about_code(work, challenge, secret, language, known=known)
    security_log.happened(
        work, SecurityEvent.CODE_SENT, address=scope.address, ip=scope.ip, purpose=scope.kind
    )


def reserve(work: Work, scope: CodeScope) -> list[int]:
    """Count the code that `send` will make, before something costly is done for it; return the uses, for a release.

    Raises TooSoon, TooManyCodes.
    """
    _require_patience(work, scope)
    return _spend(work, scope)


def _spend(work: Work, scope: CodeScope) -> list[int]:
    return [
        limits.spend(work, limit, *subject, refusal=TooManyCodes)
        for limit, subject in _sending_limits(work, scope)
    ]


def _require_patience(work: Work, scope: CodeScope) -> None:
    wait = timedelta(seconds=work.settings.code_resend_seconds)
    last = _newest(work, scope)
    if last and work.now < last.created_at + wait:
        raise TooSoon(until=last.created_at + wait)


def _sending_limits(work: Work, scope: CodeScope) -> list[tuple[Limit, tuple[str, ...]]]:
    s = work.settings
    by_address = Limit("codes", s.limit_codes_per_hour)
    if known := known_browsers.allowance(work, scope.address, scope.browser):
        return [(by_address, (scope.address, known))]
    return [(by_address, (scope.address,)), (Limit("codes_ip", s.limit_codes_per_ip_per_hour), (scope.ip,))]


def no_try_left(work: Work, scope: CodeScope) -> DomainError | None:
    """Return why `enter` would refuse every code, before something costly is done for one."""
    challenge = _newest(work, scope)
    if closed := _closed(work, scope):
        return closed
    return CodeExpired() if challenge is None else _over(work, challenge)


def enter(work: Work, scope: CodeScope, typed: str, *, use: bool = True) -> DomainError | None:
    """Try a code; return None when it was right (it is then used up), else why it was not.

    With `use=False` a right one stays; a wrong one counts all the same.
    """
    challenge = _newest(work, scope, lock=True)
    work.alone("code_tries", scope.kind, scope.address)  # else other browsers' tries would not see this one
    work.alone("code_tries_ip", scope.ip)
    refusal = _closed(work, scope)
    if refusal is None:
        refusal = _try(work, scope, challenge, digits(typed)) if challenge else CodeExpired()
    if challenge:
        challenge.problem = refusal.code if refusal else ""
        work.session.add(challenge)
    facts = {"address": scope.address, "ip": scope.ip, "purpose": scope.kind}
    if isinstance(refusal, CodeUnfinished):
        return refusal
    if refusal:
        security_log.happened(work, SecurityEvent.CODE_REFUSED, **facts, reason=refusal.code)
    elif use and challenge:
        challenge.used_at = work.now
        guessing.forget(work, _target(work, scope))
        known_browsers.remember(work, scope.address, scope.browser)
        undeliverable.arrived(work, scope.address)
        security_log.happened(work, SecurityEvent.CODE_ACCEPTED, **facts)
    return refusal


def status(work: Work, scope: CodeScope) -> CodeStatus:
    """Return what the page shows: whether a code is on its way, and why the last try failed."""
    whose = {"browser": scope.browser, "purpose": scope.purpose, "address": scope.address}
    challenge = work.execute(_newest_columns(), whose).first() if scope.browser else None
    if challenge is None or challenge.used_at or work.now > challenge.expires_at + timedelta(hours=1):
        return CodeStatus()
    return CodeStatus(
        sent=True,
        resend_at=challenge.created_at + timedelta(seconds=work.settings.code_resend_seconds),
        expires_at=challenge.expires_at,
        refusal=_shown_refusal(work, scope, challenge),
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


def sealed(work: Work, scope: CodeScope) -> dict[str, Any]:
    """Return what was sealed with the newest code of this scope."""
    challenge = _newest(work, scope)
    return keys.unseal(work.settings, challenge.sealed) if challenge and challenge.sealed else {}


def digits(typed: str) -> str:
    """Return the digits of what was typed or pasted, in any script, as ASCII; "" for what is far too long.

    Of a text with more numbers than the code ("Ticket 12345: 761954") those six that stand together are meant.
    """
    folded = nfkc(typed) if len(typed) <= LONGEST_TYPED else ""
    ascii_digits = "".join(str(unicodedata.digit(c, c)) for c in folded)
    if len(found := mentioned(ascii_digits)) == 1:
        ascii_digits = found[0]
    return "".join(c for c in ascii_digits if c in string.digits)


def refuse_own(work: Work, address: str, text: str) -> None:
    """Raise OwnCodeFound if a text holds a code that is on its way to this address and still works.

    Only for the author who proved the address. An answer is a guess at a code, so guesses are counted like tries at
    a scope; where there is no room left the text passes. It comes last: another refusal after it would tell that the
    guess was wrong, and take its count back.
    """
    found = mentioned(text)
    if not found or not (challenges := _working(work, address)):
        return
    limit = Limit("code_mentions", work.settings.limit_code_tries_per_hour)
    work.alone(limit.rule, address)
    for typed in dict.fromkeys(map(digits, found)):
        if limits.until(work, limit, address):
            return
        limits.use(work, limit, address)
        for challenge in challenges:
            scope = CodeScope(challenge.purpose, address, challenge.browser_hash)
            if keys.equal(challenge.code_hmac, _hmac(work.settings, scope, typed)):
                raise OwnCodeFound


def mentioned(text: str) -> list[str]:
    """Return the first numbers of six digits in a text; it may be as long as a message."""
    return _MENTIONED.findall(nfkc(text))[:MOST_MENTIONED]


def sweep(work: Work) -> None:
    """Delete codes that no page speaks of and that prove nothing any more, and what was sealed with them."""
    kept = max(RETENTION, timedelta(hours=work.settings.claim_proof_hours))
    work.session.exec(delete(Challenge).where(col(Challenge.expires_at) < work.now - kept))


def _try(work: Work, scope: CodeScope, challenge: Challenge, code: str) -> DomainError | None:
    s = work.settings
    if over := _over(work, challenge):
        return over
    if len(code) != keys.CODE_DIGITS:
        return CodeUnfinished()
    if keys.equal(challenge.code_hmac, _hmac(s, scope, code)):
        return None
    challenge.wrong_tries += 1
    for limit, subject in _tries_limits(work, scope):
        limits.use(work, limit, *subject)
    _count_in_a_row(work, scope)
    work.session.flush()
    if closed := _closed(work, scope):
        return closed
    if _is_the_one_before(work, scope, challenge, code):
        return CodeReplaced()
    return _wrong(s, challenge)


def _over(work: Work, challenge: Challenge) -> DomainError | None:
    if challenge.used_at:
        return CodeUsed()
    if challenge.wrong_tries >= work.settings.code_tries:
        return CodeEnded()
    return CodeExpired() if work.now >= challenge.expires_at else None


def _wrong(s: Settings, challenge: Any) -> DomainError:
    left = s.code_tries - challenge.wrong_tries
    if left <= 0:
        return CodeEnded()
    return CodeWrongFewLeft(left=left) if left <= WARN_FROM else CodeWrong()


def _shown_refusal(work: Work, scope: CodeScope, challenge: Any) -> DomainError | None:
    if closed := _closed(work, scope):
        return closed
    if challenge.problem == CodeWrong.code:
        return _wrong(work.settings, challenge)
    known = {e.code: e for e in (CodeUnfinished, CodeReplaced, CodeExpired, CodeUsed, CodeEnded)}
    if challenge.problem in known:
        return known[challenge.problem]()
    return CodeExpired() if work.now >= challenge.expires_at else None


def _is_the_one_before(work: Work, scope: CodeScope, newest: Challenge, code: str) -> bool:
    before = work.session.exec(_challenges(scope).where(col(Challenge.id) < newest.id).limit(1)).first()
    return before is not None and keys.equal(before.code_hmac, _hmac(work.settings, scope, code))


def _closed(work: Work, scope: CodeScope) -> DomainError | None:
    """Why no code is taken for now: too many wrong ones in an hour, or in a row."""
    refused = guessing.refusal(work, _target(work, scope))
    if isinstance(refused, GuessingEnded):
        return refused
    ends = [limits.until(work, limit, *subject) for limit, subject in _tries_limits(work, scope)]
    ends.append(refused.values["until"] if refused else None)
    end = max((e for e in ends if e), default=None)
    return TooMany(until=end) if end else None


def _count_in_a_row(work: Work, scope: CodeScope) -> None:
    failures = guessing.count(work, _target(work, scope))
    if guessing.is_alarming(work.settings, failures):
        guessing.alarm(work, scope.address, failures, strangers_too=scope.kind != "reset")


def _target(work: Work, scope: CodeScope) -> Target:
    known = known_browsers.allowance(work, scope.address, scope.browser)
    return Target(Guessed.CODE, scope.address, known, scope.kind)


def _tries_limits(work: Work, scope: CodeScope) -> list[tuple[Limit, tuple[str, ...]]]:
    s, pause = work.settings, timedelta(minutes=work.settings.code_pause_minutes)
    by_address = Limit("code_tries", s.limit_code_tries_per_hour, pause=pause)
    if known := known_browsers.allowance(work, scope.address, scope.browser):
        return [(by_address, (scope.purpose, scope.address, known))]
    found: list[tuple[Limit, tuple[str, ...]]] = [(by_address, (scope.purpose, scope.address))]
    if scope.ip:
        by_ip = Limit("code_tries_ip", s.limit_code_tries_per_ip_per_hour, pause=pause)
        found.append((by_ip, (scope.ip,)))
    return found


def _hmac(s: Settings, scope: CodeScope, code: str) -> str:
    return keys.code_hmac(s, scope.purpose, scope.address, scope.browser, code)


def _challenges(scope: CodeScope) -> Any:
    asked_here = _of_scope(scope.browser, scope.purpose, scope.address)
    return select(Challenge).where(*asked_here).order_by(col(Challenge.id).desc())


def _of_scope(browser: Any, purpose: Any, address: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Challenge.browser_hash) == browser,
        col(Challenge.purpose) == purpose,
        col(Challenge.address) == address,
    )


@cache  # composed once: each page of a guest asks for it
def _newest_columns() -> Select[*tuple[Any, ...]]:
    shown = (
        Challenge.created_at,
        Challenge.expires_at,
        Challenge.used_at,
        Challenge.problem,
        Challenge.wrong_tries,
    )
    asked_here = _of_scope(bindparam("browser"), bindparam("purpose"), bindparam("address"))
    return sqlalchemy.select(*map(col, shown)).where(*asked_here).order_by(col(Challenge.id).desc()).limit(1)


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


def _newest(work: Work, scope: CodeScope, *, lock: bool = False) -> Challenge | None:
    if not scope.browser:
        return None
    query = _challenges(scope).limit(1)
    return work.session.exec(query.with_for_update() if lock else query).first()
