"""What `doctor` looks at, each with a line that says what to do."""

import json
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ticket_portal.settings import Settings, is_loopback, is_weak
from ticket_portal.store import private_files

WAIT_SECONDS = 5
DRIFT_SECONDS = 30
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Finding:
    """One line of the check-up: `mark` is ok, note or wrong."""

    mark: str
    what: str
    text: str

    @property
    def bad(self) -> bool:
        """Whether the portal won't work like that."""
        return self.mark == "wrong"


def findings(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for everything that the portal needs."""
    yield Finding("ok", "settings", f"read; this is {settings.env}")
    for check in (_secret_key, _data_dir, _database, _redis, _address, _mail, _push, _clock):
        yield check(settings)


def _secret_key(s: Settings) -> Finding:
    given = s.secret_key.get_secret_value()
    if not given:
        return Finding("ok", "secret key", "made by the portal and kept in the data folder")
    if is_weak(given):
        return Finding("note", "secret key", "can be guessed, production refuses it: set a long random text")
    return Finding("ok", "secret key", "set")


def _data_dir(s: Settings) -> Finding:
    try:
        s.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=s.data_dir) as probe:
            probe.write(b"x")
    except OSError as error:
        return Finding(
            "wrong", "data folder", f"{s.data_dir.absolute()}: {error.strerror}. Check PORTAL_DATA_DIR."
        )
    if open_ones := private_files.looser(s):
        names = ", ".join(str(path) for path in open_ones)
        return Finding("note", "data folder", f"other users can read {names}; the next start tightens this")
    free = shutil.disk_usage(s.data_dir).free // MEGABYTE
    where = f"{s.data_dir.absolute()} can be written, {free} MB are free"
    if free < s.upload_free_mb:
        text = (
            f"{where}: files are refused below {s.upload_free_mb}. Make room, or see PORTAL_UPLOAD_FREE_MB."
        )
        return Finding("wrong", "data folder", text)
    return Finding("ok", "data folder", where)


def _database(s: Settings) -> Finding:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from ticket_portal.store import migrations
    from ticket_portal.store.unit_of_work import Store

    name = make_url(s.database).render_as_string(hide_password=True)
    try:
        store = Store(s)
        with store.engine.connect() as connection:
            old, found = migrations.too_old(connection), migrations.version(connection)
        store.close()
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        return Finding("wrong", "database", f"{name}: {reason}. Check PORTAL_DATABASE_URL.")
    if old:
        return Finding("wrong", "database", f"{name}: {old}.")
    if found != migrations.newest():
        text = f"{name} has version {found or 'none'}, {migrations.newest()} is needed"
        return Finding("wrong", "database", f"{text}: python -m ticket_portal migrate")
    return Finding("ok", "database", f"{name}, version {found}")


def _redis(s: Settings) -> Finding:
    if not s.redis_url:
        return Finding("ok", "redis", "not used")
    parts = urlsplit(s.redis_url)
    problem = _unreachable(parts.hostname or "", parts.port or 6379)
    where = f"{parts.hostname}:{parts.port or 6379}"
    if problem:
        return Finding("wrong", "redis", f"{where}: {problem}. Check PORTAL_REDIS_URL.")
    return Finding("ok", "redis", f"{where} answers")


def _address(s: Settings) -> Finding:
    if not s.base_url:
        return Finding(
            "note", "address", f"PORTAL_BASE_URL is not set: links in emails begin with {s.public_url}"
        )
    if not s.secure and not is_loopback(s.public_url):
        return Finding(
            "note",
            "address",
            f"{s.public_url} is not https: passwords and cookies go unprotected, production refuses it",
        )
    try:
        with urlopen(Request(f"{s.public_url}/healthz"), timeout=WAIT_SECONDS) as answer:  # noqa: S310 - http(s), checked
            alive = json.load(answer).get("status") == "alive"
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return Finding(
            "note", "address", f"{s.public_url}/healthz doesn't answer ({reason}). Is the portal running?"
        )
    if not alive:
        return Finding("wrong", "address", f"{s.public_url}/healthz answers, but it is not this portal")
    return Finding("ok", "address", f"{s.public_url} leads here")


def _mail(s: Settings) -> Finding:
    if s.mail == "mailbox":
        mark = "wrong" if s.env == "production" else "note"
        return Finding(mark, "mail", "is kept in the captured mailbox and reaches no one: set PORTAL_MAIL")
    address = urlsplit(s.smtp_url if s.mail == "smtp" else s.resend_api_url)
    usual = {"smtp": 587, "smtps": 465, "http": 80, "https": 443}
    host, port = address.hostname or "", address.port or usual[address.scheme]
    problem = _unreachable(host, port)
    if problem:
        name = "PORTAL_SMTP_URL" if s.mail == "smtp" else "PORTAL_RESEND_API_URL"
        return Finding("wrong", "mail", f"{s.mail} at {host}:{port}: {problem}. Check {name}.")
    if s.mail == "smtp" and s.smtp_plain and address.scheme == "smtp" and not is_loopback(s.smtp_url):
        return Finding("note", "mail", f"PORTAL_SMTP_PLAIN lets codes go unencrypted to {host}:{port}")
    return Finding("ok", "mail", f"{s.mail} at {host}:{port} can be reached")


def _push(s: Settings) -> Finding:
    if not s.vapid_key:
        return Finding(
            "note", "push", "no key, nothing is pushed; make one: python -m ticket_portal vapid-keys"
        )
    if not s.vapid_private_key.get_secret_value():
        return Finding(
            "ok", "push", "uses the key in the data folder; in production set PORTAL_VAPID_PRIVATE_KEY"
        )
    if not s.secure:
        return Finding("note", "push", f"a key is set, but browsers want https for it, not {s.public_url}")
    return Finding("ok", "push", f"a key is set; push services can write to {s.vapid_contact}")


def _clock(s: Settings) -> Finding:
    here = datetime.now(UTC)
    for other, read in (("the database", _database_time), ("the mail provider", _provider_time)):
        with suppress(Exception):  # what can't be asked was told above
            if there := read(s):
                drift = abs((there - here).total_seconds())
                text = f"{here:%Y-%m-%d %H:%M:%S} UTC, {drift:.0f} s from {other}'s"
                return Finding("ok" if drift < DRIFT_SECONDS else "wrong", "clock", text)
    return Finding(
        "ok", "clock", f"{here:%Y-%m-%d %H:%M:%S} UTC, nothing to compare it with: does that look right?"
    )


def _database_time(s: Settings) -> datetime | None:
    from ticket_portal.domain.operations import health
    from ticket_portal.store.unit_of_work import Store

    store = Store(s)
    return None if store.on_sqlite else store.read(health.database_time)


def _provider_time(s: Settings) -> datetime | None:
    if s.mail != "resend":
        return None
    try:
        with urlopen(Request(s.resend_api_url, method="HEAD"), timeout=WAIT_SECONDS) as answer:  # noqa: S310 - http(s), checked
            told = answer.headers["Date"]
    except HTTPError as refusal:
        told = refusal.headers["Date"]
    return parsedate_to_datetime(told)


def _unreachable(host: str, port: int) -> str:
    try:
        socket.create_connection((host, port), timeout=WAIT_SECONDS).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
