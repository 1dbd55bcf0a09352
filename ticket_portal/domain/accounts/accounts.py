"""Accounts: signing up with a proved address, signing in, a new password (docs/contract.md#accounts)."""

from dataclasses import dataclass
from functools import lru_cache

from passlib.hash import argon2  # pyright: ignore[reportAttributeAccessIssue] - made when asked for
from sqlmodel import col, select, update

from ticket_portal.domain import keys, limits, security_log, sessions
from ticket_portal.domain.accounts import (
    codes,
    endings,
    guessing,
    known_browsers,
    passwords,
    proof_links,
    sign_ins,
)
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.accounts.guessing import Guessed, Target
from ticket_portal.domain.addresses import canonical
from ticket_portal.domain.alerts import notifications, phrases
from ticket_portal.domain.alerts.kinds import Notice
from ticket_portal.domain.errors import (
    DomainError,
    Invalid,
    LinkInvalid,
    Missing,
    TooLong,
    WrongPassword,
)
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import language
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.sessions import Arrival
from ticket_portal.domain.text.cleaning import one_line, storable
from ticket_portal.i18n import zones
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Account
from ticket_portal.store.unit_of_work import Store, Work

# OWASP's password storage advice for argon2id: 19 MiB, two passes, one lane.
hasher = argon2.using(type="ID", memory_cost=19_456, rounds=2, parallelism=1)

NOWHERE = Arrival()
SIGN_UP = "sign_up"
RESET = "reset"
LONGEST_NAME = 80


@dataclass(frozen=True)
class SignUp:
    """A filled-in and checked sign-up form."""

    name: str
    address: str
    password: str
    language: str
    time_zone: str = "UTC"

    @classmethod
    def parse(
        cls,
        name: str,
        email: str,
        password: str,
        language_code: str,
        time_zone: str = "UTC",
        *,
        company: str = "",
    ) -> "SignUp":
        """Check what was typed. Raises Missing, TooLong, BadAddress, PasswordTooShort, PasswordTooCommon."""
        name, address = _checked_name(name), canonical(email)
        return cls(
            name,
            address,
            passwords.check(password, context=(address, name, company)),
            language(language_code),
            zones.known(time_zone),
        )


def ask_to_sign_up(store: Store, form: SignUp, browser: str, ip: str) -> None:
    """Send a code to the address. Whether it has an account already shows neither here nor in the time it takes."""
    scope = CodeScope(SIGN_UP, form.address, browser, ip)
    uses = store.write(
        codes.reserve, scope
    )  # counted before: else many at once could keep the machine hashing
    try:
        store.write(_ask_to_sign_up, form, hasher.hash(form.password), scope)
    except DomainError:
        store.write(limits.release, uses)  # a double click: the other one has sent the code
        raise


def _ask_to_sign_up(work: Work, form: SignUp, hashed: str, scope: CodeScope) -> None:
    known = find(work, form.address)
    waiting = {"name": form.name, "hash": hashed, "language": form.language, "zone": form.time_zone}
    codes.send(work, scope, form.language, known=known is None, sealed=waiting, paid=True)
    notifications.about_sign_up(work, known, form.address, form.language)


def ask_to_sign_up_again(work: Work, scope: CodeScope) -> None:
    """Send another code for what was typed before. Raises CodeExpired where nothing was, TooSoon, TooManyCodes."""
    waiting = codes.sealed(work, scope)
    if not waiting:
        raise codes.CodeExpired
    known = find(work, scope.address)
    codes.send(work, scope, waiting["language"], known=known is None, sealed=waiting)


def finish_sign_up(
    work: Work, scope: CodeScope, typed: str, arrival: Arrival = NOWHERE
) -> tuple[str, DomainError | None]:
    """Make the account if the code is right; return its session's token, or why not."""
    refusal = codes.enter(work, scope, typed)
    if refusal:
        return "", refusal
    if find(work, scope.address):  # signed up from another browser in the meantime
        return "", codes.CodeExpired()
    waiting = codes.sealed(work, scope)
    account = create(work, scope.address, waiting["name"], waiting["hash"])
    account.language, account.time_zone = waiting["language"], waiting["zone"]
    security_log.happened(
        work, SecurityEvent.ACCOUNT_CREATED, address=scope.address, ip=scope.ip, account=account.id
    )
    return sign_ins.begin(work, account, arrival), None


def create(work: Work, address: str, name: str, password_hash: str, role: str = Role.CUSTOMER) -> Account:
    """Add an account whose address was proved (by a code, or by the operator's word)."""
    account = Account(address=address, name=name, password_hash=password_hash, role=role, created_at=work.now)
    work.session.add(account)
    work.session.flush()
    return account


@dataclass(frozen=True)
class _Attempt:
    """A sign-in that was counted as a failure and is looked at next; `account_id` is None for an unknown address."""

    address: str
    account_id: int | None
    hashed: str
    target: Target
    uses: list[int]
    failures: int


def sign_in(store: Store, email: str, password: str, ip: str, arrival: Arrival = NOWHERE) -> str:
    """Return the token of a new session. Raises BadAddress, WrongPassword, TooMany, GuessingEnded.

    Same answer and same work for known and unknown addresses; the slow hash is computed outside any transaction. The
    try is counted before and taken back after a success, so many at once get no more tries (OWASP ASVS 5.0, 2.3.2).
    """
    attempt = store.write(_begin_sign_in, canonical(email), ip, arrival.browser)
    if not verify(password, attempt.hashed) or attempt.account_id is None:
        if guessing.is_alarming(store.settings, attempt.failures):
            store.write(guessing.alarm, attempt.address, attempt.failures)
        security_log.refused(
            store.settings, SecurityEvent.SIGN_IN_REFUSED, address=attempt.address, ip=ip, reason="wrong"
        )
        raise WrongPassword
    return store.write(_sign_in, attempt, renewed_hash(password, attempt.hashed), arrival)


def _begin_sign_in(work: Work, address: str, ip: str, browser: str) -> _Attempt:
    known = known_browsers.allowance(work, address, browser)
    target = Target(Guessed.SIGN_IN, address, known)
    uses = [
        limits.spend(work, limit, *subject) for limit, subject in _sign_in_limits(work, address, known, ip)
    ]
    failures = guessing.count(work, target)
    # The same answer and the same slow hash for an address without an account and for one that was deactivated.
    account = find_active(work, address)
    account_id, hashed = (account.id, account.password_hash) if account else (None, _nobodys_hash())
    return _Attempt(address, account_id, hashed, target, uses, failures)


def _sign_in(work: Work, attempt: _Attempt, renewed: str, arrival: Arrival) -> str:
    account = work.session.get_one(Account, attempt.account_id, with_for_update=True)
    # A new password was set, or the account deactivated, while this one was checked: it must not sign in.
    if account.password_hash != attempt.hashed or account.deactivated_at:
        raise WrongPassword
    account.password_hash = renewed
    work.session.add(account)
    _forgive(work, attempt.address, attempt.target)
    limits.release(work, attempt.uses)
    return sign_ins.begin(work, account, arrival)


def ask_to_reset(work: Work, email: str, language_code: str, browser: str, ip: str) -> str:
    """Mail a link and a code for a new password, if the address has an account; return the address in its kept form."""
    address = canonical(email)
    account = find_active(work, address)
    scope = CodeScope(RESET, address, browser, ip)
    spoken = account.language if account else language_code
    codes.send(work, scope, spoken, known=account is not None, link=True)
    return address


def reset_password(store: Store, scope: CodeScope, typed: str, password: str) -> DomainError | None:
    """Set the new password if the code is right, and sign the account out everywhere; else return why not.

    Raises PasswordTooShort, PasswordTooCommon before the code is touched; TeamPasswordTooShort only for who proved
    the address, or it would tell strangers who is of the team.
    """
    passwords.check(password, context=(scope.address, store.settings.company))
    refusal, account = store.write(
        _try_reset_code, scope, typed
    )  # or many at once could keep the machine hashing
    if refusal or account is None:
        return refusal
    hashed = hasher.hash(_checked_for(account, password, store.settings.company))
    return store.write(_reset_password, scope, typed, hashed)


def _try_reset_code(work: Work, scope: CodeScope, typed: str) -> tuple[DomainError | None, Account | None]:
    refusal = codes.enter(work, scope, typed, use=False)
    account = find_active(work, scope.address)
    return (refusal or (None if account else codes.CodeExpired())), account


def _reset_password(work: Work, scope: CodeScope, typed: str, hashed: str) -> DomainError | None:
    if refusal := codes.enter(work, scope, typed):
        return refusal
    account = find_active(work, scope.address)
    if account is None:
        return codes.CodeExpired()
    _set_forgotten(work, account, hashed, scope.browser, scope.ip)
    return None


def reset_by_link(store: Store, token: str, password: str, browser: str, ip: str = "") -> None:
    """Set the new password for who followed the link of a mail, and sign the account out everywhere.

    Raises LinkInvalid, PasswordTooShort, TeamPasswordTooShort, PasswordTooCommon, the last ones without using the
    link up.
    """
    proof = store.read(proof_links.preview, token)
    account = store.read(find_active, proof.address)
    if account is None:
        raise LinkInvalid
    hashed = hasher.hash(_checked_for(account, password, store.settings.company))
    store.write(_reset_by_link, token, hashed, browser, ip)


def _reset_by_link(work: Work, token: str, hashed: str, browser: str, ip: str) -> None:
    account = find_active(work, proof_links.use(work, token))
    if account is None:
        raise LinkInvalid
    _set_forgotten(work, account, hashed, browser, ip)


def allow_browser(work: Work, token: str, browser: str) -> None:
    """Let this browser sign in and enter codes whatever strangers tried: its user reads the address's mail.

    Nothing else changes, and strangers get no further try by it. Raises LinkInvalid.
    """
    address = proof_links.use(work, token)
    known_browsers.remember(work, address, browser)
    _forgive(work, address, Target(Guessed.SIGN_IN, address, browser))


def _checked_for(account: Account, password: str, company: str) -> str:
    return passwords.check(password, account.role, (account.address, account.name, company))


def _set_forgotten(work: Work, account: Account, hashed: str, browser: str, ip: str) -> None:
    """Give an account the password that its owner chose after forgetting one: guesses at the old one are past."""
    account.password_hash = hashed
    work.session.add(account)
    endings.end(work, endings.Ending.PASSWORD_RESET, account=account, ip=ip)
    forgive_guesses(work, account)
    known_browsers.forget_all(work, account.address)
    known_browsers.remember(work, account.address, browser)
    notifications.about_security(work, account, Notice.PASSWORD_CHANGED)
    security_log.happened(work, SecurityEvent.PASSWORD_CHANGED, address=account.address, account=account.id)


def find(work: Work, address: str) -> Account | None:
    """Return the account with this (canonical) address."""
    return work.session.exec(select(Account).where(Account.address == address)).first()


def find_active(work: Work, address: str) -> Account | None:
    """Return the account with this address, if it may come in: a deactivated one is treated as if it weren't there."""
    account = find(work, address)
    return None if account is None or account.deactivated_at else account


def choose_phrase(work: Work, account_id: int, typed: str) -> str:
    """Keep the words that every alert to this account shows from now on, and mail that they changed; "" ends it.

    Return them as they are kept. Raises TooLong, PhraseTooShort, PhraseIsLink, TooMany.
    """
    phrase = phrases.cleaned(typed)
    if phrase != phrases.of_account(work, account_id):
        limits.spend(work, Limit("phrases", work.settings.limit_phrases_per_hour), account_id)
        phrases.keep(work, account_id, phrase)
        what = Notice.PHRASE_CHANGED if phrase else Notice.PHRASE_REMOVED
        notifications.about_security(work, work.session.get_one(Account, account_id), what)
    return phrase


def set_language(work: Work, account_id: int, language_code: str) -> None:
    """Remember the language that a signed-in person chose."""
    work.session.exec(
        update(Account).where(col(Account.id) == account_id).values(language=language(language_code))
    )


def update_profile(
    work: Work, account_id: int, typed_name: object, typed_zone: object, device_zone: str
) -> None:
    """Keep the name and the time zone that somebody chose for themselves; "" is whatever zone their device is in.

    Raises Missing, TooLong, Invalid.
    """
    name, chosen = _checked_name(typed_name), str(typed_zone or "")
    if chosen and chosen not in zones.names():
        raise Invalid("time_zone")
    account = work.session.get_one(Account, account_id, with_for_update=True)
    account.name, account.zone_is_chosen = name, bool(chosen)
    account.time_zone = chosen or (device_zone if device_zone in zones.names() else account.time_zone)
    work.session.add(account)
    sessions.changed(work, account_id)


def checked_password(password: str, role: str = Role.CUSTOMER, *context: str) -> str:
    """Return the password as it is hashed, if an account of this role may have it (`passwords.check`)."""
    return passwords.check(password, role, context)


def verify(password: str, hashed: str) -> bool:
    """Check a password against its hash; a too long one is wrong at once, hashing it would be the attack.

    Accounts that are older than the normal form have the hash of what was typed.
    """
    if len(password) > passwords.LONGEST:
        return False
    normal, typed = passwords.normalised(password), storable(password)
    return hasher.verify(normal, hashed) or (typed != normal and hasher.verify(typed, hashed))


def renewed_hash(password: str, hashed: str) -> str:
    """Return the hash to keep for a password that was right: a new one where this one is weaker than ours are now.

    Slow where it makes one, so not for a transaction.
    """
    normal = passwords.normalised(password)
    if hasher.needs_update(hashed) or (normal != storable(password) and not hasher.verify(normal, hashed)):
        return hasher.hash(normal)
    return hashed


def _checked_name(typed: object) -> str:
    name = one_line(typed)
    if not name:
        raise Missing("name")
    if len(name) > LONGEST_NAME:
        raise TooLong("name", length=len(name), most=LONGEST_NAME)
    return name


def prepare() -> None:
    """Compute at start what the first sign-in with an unknown address would otherwise take longer for."""
    _nobodys_hash()


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hasher.hash(keys.new_token())


def _by_address(work: Work) -> Limit:
    return Limit("sign_in", work.settings.limit_sign_ins_per_hour)


def _sign_in_limits(work: Work, address: str, known: str, ip: str) -> list[tuple[Limit, tuple[str, ...]]]:
    """What counts a try: a known browser's own allowance, else the address's and the network's."""
    if known:
        return [(_by_address(work), (address, known))]
    by_ip = Limit("sign_in_ip", work.settings.limit_sign_ins_per_ip_per_hour)
    return [(_by_address(work), (address,)), (by_ip, (ip,))]


def forgive_guesses(work: Work, account: Account) -> None:
    """Forget the wrong passwords that were tried for an account: it has another one now."""
    _forgive(work, account.address, Target(Guessed.SIGN_IN, account.address))
    guessing.forget(work, Target(Guessed.OWN_PASSWORD, account.id))


def _forgive(work: Work, address: str, target: Target) -> None:
    """Forget the wrong tries at an address: those of a known browser, or of all that are not known."""
    subject = (address, target.browser) if target.browser else (address,)
    limits.forget(work, _by_address(work), *subject)
    guessing.forget(work, target)
