"""Accounts: signing up with a proved address, signing in, a new password (SPEC 11)."""

from dataclasses import dataclass
from functools import lru_cache

from passlib.hash import argon2  # pyright: ignore[reportAttributeAccessIssue] - made when asked for
from sqlmodel import col, select, update

from ticket_portal.domain import codes, keys, limits, notifications, phrases, sessions
from ticket_portal.domain.codes import Door
from ticket_portal.domain.errors import (
    DomainError,
    Invalid,
    Missing,
    PasswordTooCommon,
    PasswordTooShort,
    TooLong,
    TooMany,
    WrongPassword,
)
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import canonical, language, one_line, storable
from ticket_portal.domain.security_log import SecurityEvent, happened
from ticket_portal.i18n import zones
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account
from ticket_portal.store.unit_of_work import Store, Work

# OWASP's password storage advice for argon2id: 19 MiB, two passes, one lane.
hasher = argon2.using(type="ID", memory_cost=19_456, rounds=2, parallelism=1)

SIGN_UP = "sign_up"
RESET = "reset"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1_000
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
        cls, name: str, email: str, password: str, language_code: str, time_zone: str = "UTC"
    ) -> "SignUp":
        """Check what was typed. Raises Missing, TooLong, BadAddress, PasswordTooShort, PasswordTooCommon."""
        return cls(
            _checked_name(name),
            canonical(email),
            checked_password(password),
            language(language_code),
            zones.known(time_zone),
        )


def ask_to_sign_up(store: Store, form: SignUp, browser: str, ip: str) -> None:
    """Send a code to the address. Whether it has an account already shows neither here nor in the time it takes."""
    door = Door(SIGN_UP, form.address, browser, ip)
    store.read(codes.require_room, door)  # or anybody could keep the machine hashing
    store.write(_ask_to_sign_up, form, hasher.hash(form.password), door)


def _ask_to_sign_up(work: Work, form: SignUp, hashed: str, door: Door) -> None:
    known = find(work, form.address)
    waiting = {"name": form.name, "hash": hashed, "language": form.language, "zone": form.time_zone}
    codes.send(work, door, form.language, known=known is None, sealed=waiting)
    if known:
        notifications.about_security(work, known, "already_signed_up")


def ask_to_sign_up_again(work: Work, door: Door) -> None:
    """Send another code for what was typed before. Raises CodeExpired where nothing was, TooSoon, TooManyCodes."""
    waiting = codes.sealed(work, door)
    if not waiting:
        raise codes.CodeExpired
    known = find(work, door.address)
    codes.send(work, door, waiting["language"], known=known is None, sealed=waiting)


def finish_sign_up(work: Work, door: Door, typed: str, agent: str = "") -> tuple[str, DomainError | None]:
    """Make the account if the code is right; return its session's token, or why not."""
    refusal = codes.enter(work, door, typed)
    if refusal:
        return "", refusal
    if find(work, door.address):  # signed up from another browser in the meantime
        return "", codes.CodeExpired()
    waiting = codes.sealed(work, door)
    account = create(work, door.address, waiting["name"], waiting["hash"])
    account.language, account.time_zone = waiting["language"], waiting["zone"]
    happened(work, SecurityEvent.ACCOUNT_CREATED, address=door.address, ip=door.ip, account=account.id)
    return sessions.begin(work, account, agent), None


def create(work: Work, address: str, name: str, password_hash: str, role: str = "customer") -> Account:
    """Add an account whose address was proved (by a code, or by the operator's word)."""
    account = Account(address=address, name=name, password_hash=password_hash, role=role, created_at=work.now)
    work.session.add(account)
    work.session.flush()
    return account


def sign_in(store: Store, email: str, password: str, ip: str, agent: str = "") -> str:
    """Return the token of a new session. Raises BadAddress, WrongPassword, TooMany.

    Same answer and same work for known and unknown addresses; the slow hash is computed outside any transaction.
    """
    address = canonical(email)
    store.read(_room_to_sign_in, address, ip)
    account_id, hashed = store.read(_credentials, address)
    if not verify(password, hashed) or account_id is None:
        store.write(_count_wrong_sign_in, address, ip)
        raise WrongPassword
    return store.write(_sign_in, account_id, hashed, agent)


def ask_to_reset(work: Work, email: str, language_code: str, browser: str, ip: str) -> str:
    """Send a code for a new password, if the address has an account; return the address in its kept form."""
    address = canonical(email)
    account = find(work, address)
    door = Door(RESET, address, browser, ip)
    codes.send(work, door, account.language if account else language_code, known=account is not None)
    return address


def reset_password(store: Store, door: Door, typed: str, password: str) -> DomainError | None:
    """Set the new password if the code is right, and sign the account out everywhere; else return why not.

    Raises PasswordTooShort, PasswordTooCommon before the code is touched.
    """
    password = checked_password(password)
    if refusal := store.read(codes.no_try_left, door):  # or anybody could keep the machine hashing
        return refusal
    return store.write(_reset_password, door, typed, hasher.hash(password))


def _reset_password(work: Work, door: Door, typed: str, hashed: str) -> DomainError | None:
    if refusal := codes.enter(work, door, typed):
        return refusal
    account = find(work, door.address)
    if account is None:
        return codes.CodeExpired()
    account.password_hash = hashed
    sessions.end_all(work, account)
    limits.forget(work, _sign_in_limits(work.settings)[0], account.address)  # they proved the address
    notifications.about_security(work, account, "password_changed")
    return None


def find(work: Work, address: str) -> Account | None:
    """Return the account with this (canonical) address."""
    return work.session.exec(select(Account).where(Account.address == address)).first()


def choose_phrase(work: Work, account_id: int, typed: str) -> str:
    """Keep the words that every alert to this account shows from now on, and mail that they changed; "" ends it.

    Return them as they are kept. Raises TooLong, PhraseTooShort, PhraseIsLink, TooMany.
    """
    phrase = phrases.cleaned(typed)
    if phrase != phrases.of_account(work, account_id):
        limits.spend(work, Limit("phrases", work.settings.limit_phrases_per_hour), account_id)
        phrases.keep(work, account_id, phrase)
        what = "phrase_changed" if phrase else "phrase_removed"
        notifications.about_security(work, work.session.get_one(Account, account_id), what)
    return phrase


def speak(work: Work, account_id: int, language_code: str) -> None:
    """Remember the language that a signed-in person chose."""
    work.session.exec(
        update(Account).where(col(Account.id) == account_id).values(language=language(language_code))
    )


def introduce(work: Work, account_id: int, typed_name: object, typed_zone: object, device_zone: str) -> None:
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


def checked_password(password: str) -> str:
    """Return the password if it is long enough and not a common one; any characters are welcome."""
    password = storable(password)
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise TooLong("password", length=len(password), most=LONGEST_PASSWORD)
    if password.lower() in _common_passwords():
        raise PasswordTooCommon
    return password


def verify(password: str, hashed: str) -> bool:
    """Check a password against its hash; a too long one is wrong at once, hashing it would be the attack."""
    return len(password) <= LONGEST_PASSWORD and hasher.verify(storable(password), hashed)


def _checked_name(typed: object) -> str:
    name = one_line(typed)
    if not name:
        raise Missing("name")
    if len(name) > LONGEST_NAME:
        raise TooLong("name", length=len(name), most=LONGEST_NAME)
    return name


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a megabyte of words, needed seldom

    return frozenset(w for w in FREQUENCY_LISTS["passwords"] if len(w) >= SHORTEST_PASSWORD)


def prepare() -> None:
    """Compute at start what the first sign-in with an unknown address would otherwise take longer for."""
    _nobodys_hash()


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hasher.hash(keys.new_token())


def _credentials(work: Work, address: str) -> tuple[int | None, str]:
    account = find(work, address)
    return (account.id, account.password_hash) if account else (None, _nobodys_hash())


def _sign_in_limits(s: Settings) -> tuple[Limit, Limit]:
    return Limit("sign_in", s.limit_sign_ins_per_hour), Limit("sign_in_ip", s.limit_sign_ins_per_ip_per_hour)


def _room_to_sign_in(work: Work, address: str, ip: str) -> None:
    by_address, by_ip = _sign_in_limits(work.settings)
    if end := limits.until(work, by_address, address) or limits.until(work, by_ip, ip):
        raise TooMany(until=end)


def _count_wrong_sign_in(work: Work, address: str, ip: str) -> None:
    by_address, by_ip = _sign_in_limits(work.settings)
    limits.use(work, by_address, address)
    limits.use(work, by_ip, ip)


def _sign_in(work: Work, account_id: int, hashed: str, agent: str) -> str:
    account = work.session.get_one(Account, account_id, with_for_update=True)
    if account.password_hash != hashed:  # a new one was set while this one was checked: it must not sign in
        raise WrongPassword
    limits.forget(work, _sign_in_limits(work.settings)[0], account.address)
    return sessions.begin(work, account, agent)
