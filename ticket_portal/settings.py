"""Everything read from outside, checked once at start: environment variables and `.env`, all named `PORTAL_…`."""

import base64
import ipaddress
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MOST_DAYS = 10_000
VAPID_BYTES = 32
SHORTEST_KEY = 32
FEWEST_CHARACTERS = 8
# Of keys that were copied from an example or made up; by chance one in a million random keys has one of them.
_TYPED = (
    "secret",
    "password",
    "change",
    "example",
    "placeholder",
    "default",
    "insecure",
    "qwerty",
    "123456",
    "portal",
)


_EMAIL = re.compile(r"[^\s@<>\"',;:?&%]+@[^\s@<>\"',;:?&%]+\.[^\s@<>\"',;:?&%]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ().\-/]{4,30}")


def contact_link(contact: str) -> str:
    """Return where a contact leads when it is followed: `mailto:`, `tel:` (RFC 3966) or https; "" for anything else.

    Pages make a link of it, so that nothing else may come through: no `javascript:`, no header of a mail.
    """
    if _EMAIL.fullmatch(contact):
        return f"mailto:{contact}"
    if _PHONE.fullmatch(contact):
        return "tel:" + re.sub(r"[^+0-9]", "", contact)
    parts = urlsplit(contact)
    plain = contact.isprintable() and not re.search(r"[\s<>\"']", contact)
    return contact if parts.scheme == "https" and parts.hostname and plain else ""


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text says which one and what to do."""


class Settings(BaseSettings):
    """The portal's settings; field `data_dir` is the variable `PORTAL_DATA_DIR`."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", env_file=".env", extra="ignore")

    env: Literal["development", "production"] = "development"
    company: str = "Harbor"
    company_address: str = ""
    contact: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    base_url: str = ""
    database_url: str = ""
    redis_url: str = ""
    secret_key: SecretStr = SecretStr("")
    data_dir: Path = Path("data")
    trusted_proxies: str = ""
    processes: int = Field(default=1, ge=1, le=64)
    worker: bool = True

    mail: Literal["mailbox", "smtp", "resend"] = "mailbox"
    mail_from: str = "Harbor Support <support@example.com>"
    smtp_url: str = ""
    smtp_plain: bool = False
    resend_api_key: SecretStr = SecretStr("")
    resend_api_url: str = "https://api.resend.com"
    resend_webhook_secret: SecretStr = SecretStr("")
    vapid_private_key: SecretStr = SecretStr("")
    vapid_subject: str = ""
    push_services: str = ""

    alert_hold_seconds: int = Field(default=20, ge=0)
    alert_gather_seconds: int = Field(default=120, ge=0)
    alert_give_up_seconds: int = Field(default=86_400, ge=60)

    reopen_days: int = Field(default=14, ge=0)
    close_resolved_days: int = Field(default=7, ge=1)
    close_waiting_days: int = Field(default=14, ge=1)
    reminder_days: str = "3,7"
    link_days: int = Field(default=90, ge=1)
    draft_days: int = Field(default=90, ge=1)
    deletion_days: int = Field(default=14, ge=0)
    claim_undo_days: int = Field(default=7, ge=1)
    claim_proof_hours: int = Field(default=24, ge=1)

    session_days: int = Field(default=30, ge=1)
    session_idle_days: int = Field(default=14, ge=1)
    agent_session_hours: int = Field(default=12, ge=1)
    agent_idle_hours: int = Field(default=4, ge=1)
    guest_idle_minutes: int = Field(default=30, ge=1)
    guest_session_hours: int = Field(default=12, ge=1)

    code_minutes: int = Field(default=10, ge=1)
    code_resend_seconds: int = Field(default=60, ge=0)
    code_tries: int = Field(default=5, ge=1)
    code_pause_minutes: int = Field(default=30, ge=1)
    proof_link_minutes: int = Field(default=30, ge=10, le=60)
    limit_failures_in_a_row: int = Field(default=100, ge=10, le=100)
    failure_pauses: str = "10:30,20:60,40:240,80:1440"
    guessing_alarm_after: int = Field(default=20, ge=5)
    limit_code_tries_per_hour: int = Field(default=10, ge=1)
    limit_code_tries_per_ip_per_hour: int = Field(default=100, ge=1)
    limit_codes_per_hour: int = Field(default=5, ge=1)
    limit_codes_per_ip_per_hour: int = Field(default=60, ge=1)
    limit_sign_ins_per_hour: int = Field(default=10, ge=1)
    limit_sign_ins_per_ip_per_hour: int = Field(default=100, ge=1)
    limit_sessions_per_account: int = Field(default=50, ge=1)
    sign_in_notice_minutes: int = Field(default=60, ge=0)
    limit_guest_tickets_per_hour: int = Field(default=5, ge=1)
    limit_guest_tickets_per_ip_per_hour: int = Field(default=20, ge=1)
    limit_links_per_hour: int = Field(default=5, ge=1)
    limit_links_per_ip_per_hour: int = Field(default=30, ge=1)
    limit_message_checks_per_ip_per_hour: int = Field(default=30, ge=1)
    limit_mail_trials_per_hour: int = Field(default=3, ge=1)
    limit_phrases_per_hour: int = Field(default=5, ge=1)
    limit_address_changes_per_hour: int = Field(default=3, ge=1)
    limit_exports_per_day: int = Field(default=5, ge=1)
    limit_claims_per_hour: int = Field(default=20, ge=1)
    limit_tickets_per_hour: int = Field(default=20, ge=1)
    limit_messages_per_10_minutes: int = Field(default=10, ge=1)
    limit_bad_tokens_per_ip_per_hour: int = Field(default=60, ge=1)
    limit_feedback_per_ip_per_hour: int = Field(default=60, ge=1)
    limit_devices: int = Field(default=10, ge=1)
    limit_test_pushes_per_hour: int = Field(default=10, ge=1)
    limit_connections: int = Field(default=8_192, ge=128)
    limit_connections_per_ip: int = Field(default=512, ge=1)
    limit_idle_seconds: int = Field(default=30, ge=1)
    limit_body_seconds: int = Field(default=10, ge=1)
    limit_socket_events_per_second: int = Field(default=30, ge=1)
    limit_socket_events_burst: int = Field(default=120, ge=1)
    limit_socket_opens_per_ip_per_minute: int = Field(default=300, ge=1)
    limit_sockets: int = Field(default=1_000, ge=1)
    limit_sockets_per_ip: int = Field(default=200, ge=1)
    limit_states: int = Field(default=5_000, ge=1)
    limit_states_per_ip: int = Field(default=300, ge=1)

    files: Literal["folder", "s3"] = "folder"
    s3_bucket: str = ""
    s3_endpoint_url: str = ""
    s3_region: str = ""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    clamd: str = ""
    limit_files_per_message: int = Field(default=5, ge=1, le=20)
    limit_file_mb: int = Field(default=10, ge=1)
    limit_video_mb: int = Field(default=50, ge=1)
    limit_picture_megapixels: int = Field(default=64, ge=1)
    limit_uploads_per_hour: int = Field(default=60, ge=1)
    limit_uploads_per_ip_per_hour: int = Field(default=240, ge=1)
    limit_uploads_at_once: int = Field(default=20, ge=1)
    limit_upload_mb_per_day: int = Field(default=500, ge=1)
    limit_upload_mb_per_ip_per_day: int = Field(default=1_000, ge=1)
    limit_unsent_mb: int = Field(default=5_000, ge=1)
    unsent_anonymous_hours: int = Field(default=2, ge=1)
    upload_free_mb: int = Field(default=1_000, ge=0)

    test_mode: bool = False
    test_token: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")

    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    security_log: str = ""

    @field_validator("vapid_private_key")
    @classmethod
    def _a_vapid_key(cls, value: SecretStr) -> SecretStr:
        given = value.get_secret_value()
        try:
            raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        except ValueError:
            raw = b""
        if given and len(raw) != VAPID_BYTES:
            raise ValueError("must be a key as `python -m ticket_portal vapid-keys` prints it")
        return value

    @field_validator("vapid_subject")
    @classmethod
    def _a_contact(cls, value: str) -> str:
        if value and not value.startswith(("mailto:", "https://")):
            raise ValueError("must be mailto:you@example.com or an https address")
        return value

    @field_validator("contact")
    @classmethod
    def _a_way_to_reach_people(cls, value: str) -> str:
        value = value.strip()
        if value and not contact_link(value):
            raise ValueError(
                "must be an email address, a phone number such as +1 555 0100, or an https address"
            )
        return value

    @field_validator("push_services")
    @classmethod
    def _host_names(cls, value: str) -> str:
        names = [name.strip().lower() for name in value.split(",") if name.strip()]
        if not all(re.fullmatch(r"(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*", name) for name in names):
            raise ValueError("must be host names such as push.example.com,*.push.example.net")
        return ",".join(names)

    @field_validator("base_url", "resend_api_url", "s3_endpoint_url")
    @classmethod
    def _an_http_address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be an address such as https://support.example.com")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _a_known_database(cls, value: str) -> str:
        for alias in ("postgres://", "postgresql://"):
            if value.startswith(alias):
                return "postgresql+psycopg://" + value.removeprefix(alias)
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must be sqlite:///path/to/file or postgresql://user:password@host/name")
        return value

    @field_validator("resend_webhook_secret")
    @classmethod
    def _as_resend_shows_it(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret:
            try:
                found = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
            except ValueError:
                found = b""
            if not found:
                raise ValueError("must be the signing secret as Resend shows it: whsec_…")
        return value

    @field_validator("clamd")
    @classmethod
    def _a_host_and_port(cls, value: str) -> str:
        host, _colon, port = value.rpartition(":")
        if value and not (host and port.isascii() and port.isdecimal() and int(port) <= 65535):
            raise ValueError("must be a host and a port such as 127.0.0.1:3310")
        return value

    @field_validator("reminder_days")
    @classmethod
    def _days_in_order(cls, value: str) -> str:
        days = [part.strip() for part in value.split(",") if part.strip()]
        if not all(day.isascii() and day.isdecimal() and 0 < int(day) < MOST_DAYS for day in days):
            raise ValueError("must be days such as 3,7; empty for no reminders")
        return ",".join(map(str, sorted({int(day) for day in days})))

    @field_validator("failure_pauses")
    @classmethod
    def _failures_and_minutes(cls, value: str) -> str:
        pairs = [pair.strip().split(":") for pair in value.split(",") if pair.strip()]
        if not all(
            len(pair) == 2 and all(n.isascii() and n.isdecimal() and int(n) > 0 for n in pair)
            for pair in pairs
        ):
            raise ValueError("must be failures and minutes such as 10:30,20:60; empty for no pauses")
        return ",".join(":".join(pair) for pair in pairs)

    @model_validator(mode="after")
    def _what_belongs_together(self) -> Self:
        if self.env == "production" and (problem := _unfit_for_production(self)):
            raise ValueError(problem)
        if self.mail == "smtp" and urlsplit(self.smtp_url).scheme not in ("smtp", "smtps"):
            raise ValueError("PORTAL_SMTP_URL is needed for PORTAL_MAIL=smtp: smtp://user:password@host:587")
        if self.mail == "resend" and not self.resend_api_key.get_secret_value():
            raise ValueError("PORTAL_RESEND_API_KEY is needed for PORTAL_MAIL=resend")
        if self.files == "s3" and not self.s3_bucket:
            raise ValueError("PORTAL_S3_BUCKET is needed for PORTAL_FILES=s3")
        if self.processes > 1 and not self.database.startswith("postgresql"):
            raise ValueError("PORTAL_PROCESSES above 1 needs PostgreSQL: set PORTAL_DATABASE_URL")
        return self

    @cached_property
    def database(self) -> str:
        """The database's SQLAlchemy address; a SQLite file in the data folder unless one is set."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'portal.db').as_posix()}"

    @property
    def reminders(self) -> tuple[int, ...]:
        """After how many days a waiting customer is reminded; not on the day on which the ticket closes."""
        days = (int(day) for day in self.reminder_days.split(",") if day)
        return tuple(day for day in days if day < self.close_waiting_days)

    @property
    def contact_link(self) -> str:
        """Where `contact` leads when it is followed; "" where none is set."""
        return contact_link(self.contact)

    @property
    def pauses_in_a_row(self) -> dict[int, timedelta]:
        """After how many failures in a row comes a pause, and how long it is."""
        pairs = (pair.split(":") for pair in self.failure_pauses.split(",") if pair)
        return {int(failures): timedelta(minutes=int(minutes)) for failures, minutes in pairs}

    @property
    def public_url(self) -> str:
        """Where people reach the portal, without a trailing slash; links in e-mails start with it."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @cached_property
    def secure(self) -> bool:
        """Whether people come over https: cookies are then marked Secure."""
        return self.public_url.startswith("https://")

    @cached_property
    def origins(self) -> list[str]:
        """The origins that browsers may open a socket from: the portal's own."""
        own = "{0.scheme}://{0.netloc}".format(urlsplit(self.public_url))
        if self.base_url and self.env == "production":
            return [own]
        return [own, f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}"]

    @cached_property
    def secret(self) -> bytes:
        """The key of all HMACs and seals; outside production made once and kept in the data folder."""
        if given := self.secret_key.get_secret_value():
            return given.encode()
        return self._kept("secret.key", secrets.token_urlsafe(48)).encode()

    @cached_property
    def vapid_key(self) -> str:
        """The private key for push; outside production made once and kept in the data folder. Without one no push."""
        if given := self.vapid_private_key.get_secret_value():
            return given
        if self.env == "production":
            return ""
        # Any 32 bytes are a private key of P-256 (but for one in four thousand million).
        made = base64.urlsafe_b64encode(secrets.token_bytes(VAPID_BYTES)).rstrip(b"=").decode()
        return self._kept("vapid.key", made)

    @property
    def vapid_contact(self) -> str:
        """Where push services can reach the operator of this portal."""
        return self.vapid_subject or f"mailto:{parseaddr(self.mail_from)[1]}"

    def _kept(self, name: str, made: str) -> str:
        """Return what a file of the data folder holds; where there is none, `made` is put there."""
        file = self.data_dir / name
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            # Two processes may start at once: the file appears with its content or not at all, and the first counts.
            draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_text(made)
            with suppress(FileExistsError):
                file.hardlink_to(draft)
            draft.unlink()
        return file.read_text()


@lru_cache(maxsize=1)
def load() -> Settings:
    """Read and check the settings. Raises SettingsError with one clear line per mistake."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_line(dict(e)) for e in error.errors())) from None


def _unfit_for_production(s: Settings) -> str:
    """Return why these settings would leave a portal open that strangers can reach, "" when they don't."""
    key = s.secret_key.get_secret_value()
    if not key:
        return "PORTAL_SECRET_KEY is required in production: set a long random text"
    if is_weak(key):
        return (
            "PORTAL_SECRET_KEY can be guessed: codes and links could be made by others. Set a random text of at least "
            f'{SHORTEST_KEY} characters: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    if s.test_mode:
        return "PORTAL_TEST_MODE is refused in production: unset it"
    if not s.base_url:
        return "PORTAL_BASE_URL is required in production: set the public address"
    if not s.secure and not is_loopback(s.base_url):
        return "PORTAL_BASE_URL must be https in production: passwords and cookies would go unprotected"
    if s.mail == "mailbox":
        return "PORTAL_MAIL=mailbox is refused in production, it sends nothing: set smtp or resend"
    if not s.resend_api_url.startswith("https://") and not is_loopback(s.resend_api_url):
        return "PORTAL_RESEND_API_URL must be https in production: it carries the key and every mail"
    return ""


def is_weak(key: str) -> bool:
    """Whether a secret key is short, monotonous, or typed text instead of a random one.

    With it an attacker can make codes, links and seals; every mail carries a signature to try guesses on, offline.
    """
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        return True
    if key in (key + key)[1:-1]:
        return True  # one text over and over
    steps = sum(abs(ord(after) - ord(before)) <= 1 for before, after in pairwise(key))
    return 2 * steps >= len(key) or any(word in key.lower() for word in _TYPED)


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine itself, over whatever name of it."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _line(mistake: dict[str, object]) -> str:
    where = mistake["loc"]
    name = f"PORTAL_{str(where[0]).upper()}: " if isinstance(where, tuple) and where else ""
    return name + str(mistake["msg"]).removeprefix("Value error, ")
