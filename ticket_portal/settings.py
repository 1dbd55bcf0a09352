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


# The sections of `.env.example` and docs/operations.md, by the field that each begins with.
SECTIONS = {
    "env": "The portal",
    "host": "The server",
    "mail": "E-mail",
    "vapid_private_key": "Push notifications",
    "alert_hold_seconds": "Alerts",
    "reopen_days": "Tickets",
    "deletion_days": "Accounts",
    "session_days": "Sessions",
    "code_minutes": "Codes, passwords and guessing",
    "limit_guest_tickets_per_hour": "What a person or a network may do",
    "limit_connections": "Connections and open pages",
    "files": "Files",
    "test_mode": "Testing, metrics and logs",
}


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text says which one and what to do."""


class Settings(BaseSettings):
    """The portal's settings; field `data_dir` is the variable `PORTAL_DATA_DIR`."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", env_file=".env", extra="ignore")

    env: Literal["development", "production"] = Field(
        default="development",
        description="`development` or `production`, which refuses settings that would leave the portal open",
    )
    company: str = Field(default="Harbor", description="The company's name in pages and e-mails")
    company_address: str = Field(default="", description="Its postal address, at the foot of e-mails")
    contact: str = Field(
        default="",
        description=(
            "Another way to reach you, named where a ticket is locked or an address doesn't work: an "
            "email address, a phone number or an https address. Takes effect at the next start, "
            "without a new build"
        ),
    )
    base_url: str = Field(
        default="",
        description=(
            "The public address, without a path; links in e-mails begin with it. Required in production"
        ),
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "A long random text: signs codes, links and limits, and seals what waits in the outbox. "
            "Required in production, else made and kept in the data folder. With another key, codes, "
            "“mute” and “this wasn't me” links, browser tokens and safety phrases end; accounts, "
            "sessions and tickets stay"
        ),
    )
    data_dir: Path = Field(
        default=Path("data"),
        description=(
            "The folder for the database (SQLite), the secret key, the key for push and people's files"
        ),
    )

    host: str = Field(default="127.0.0.1", description="The address to listen at; `0.0.0.0` for all")
    port: int = Field(default=3000, ge=1, le=65535, description="The port to listen at")
    trusted_proxies: str = Field(
        default="",
        description=(
            "Addresses of proxies whose `X-Forwarded-…` is believed, separated by commas. A proxy "
            "that is not named here makes all visitors share its limits"
        ),
    )
    processes: int = Field(
        default=1, ge=1, le=64, description="Web processes on the port; above 1 needs PostgreSQL"
    )
    worker: bool = Field(
        default=True,
        description=(
            "Whether web processes deliver mail; with `false`, run `python -m ticket_portal worker` "
            "beside them"
        ),
    )
    database_url: str = Field(
        default="",
        description=(
            "`sqlite:///path` or `postgresql://user:password@host/name`; empty: `portal.db` in the "
            "data folder"
        ),
    )
    redis_url: str = Field(default="", description="`redis://host:6379/0`; empty: in-process")

    mail: Literal["mailbox", "smtp", "resend"] = Field(
        default="mailbox", description="`mailbox` (captured, sends nothing), `smtp` or `resend`"
    )
    mail_from: str = Field(
        default="Harbor Support <support@example.com>", description="The sender of all mail"
    )
    smtp_url: str = Field(
        default="",
        description=(
            "`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`. Where an `smtp://` server "
            "offers no STARTTLS, nothing is sent and the mail waits in the outbox, unless the server "
            "is on this machine"
        ),
    )
    smtp_plain: bool = Field(
        default=False,
        description=(
            "Lets mail go to an `smtp://` server on another machine that offers no STARTTLS; codes "
            "and links can then be read on the way"
        ),
    )
    resend_api_key: SecretStr = Field(default=SecretStr(""), description="The key of the Resend account")
    resend_api_url: str = Field(
        default="https://api.resend.com", description="Resend's address, or one with the same API"
    )
    resend_webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The secret (`whsec_…`) that Resend signs its webhooks with; without it "
            "`/webhooks/resend` does not exist"
        ),
    )

    vapid_private_key: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "The private key, from `python -m ticket_portal vapid-keys`; without one no push in "
            "production, else made and kept in the data folder. With another key every device has to "
            "be turned on again"
        ),
    )
    vapid_subject: str = Field(
        default="",
        description=(
            "A `mailto:` or https address that push services can write to; empty: that of `PORTAL_MAIL_FROM`"
        ),
    )
    push_services: str = Field(
        default="",
        description=(
            "Hosts of further push services, separated by commas: "
            "`push.example.com,*.push.example.net`. Google's, Mozilla's, Microsoft's and Apple's are "
            "known"
        ),
    )

    alert_hold_seconds: int = Field(
        default=20,
        ge=0,
        description=(
            "How long an e-mail waits before it leaves; it is dropped when the update was read meanwhile"
        ),
    )
    alert_gather_seconds: int = Field(
        default=120,
        ge=0,
        description="Further updates of a ticket within this time after an alert become one alert",
    )
    alert_give_up_seconds: int = Field(
        default=86_400, ge=60, description="How long a mail that no carrier takes is tried"
    )

    reopen_days: int = Field(
        default=14, ge=0, description="How long after its closing a reply reopens a ticket"
    )
    close_resolved_days: int = Field(default=7, ge=1, description="A resolved ticket closes after this")
    close_waiting_days: int = Field(
        default=14, ge=1, description="A ticket that waits for its customer closes after this"
    )
    reminder_days: str = Field(
        default="3,7",
        description=(
            "The days after which the customer of a waiting ticket is reminded, separated by commas; "
            "the last reminder announces the closing. Empty: no reminders"
        ),
    )
    link_days: int = Field(
        default=90, ge=1, description="How long after its ticket closed a guest's link works"
    )
    draft_days: int = Field(
        default=90, ge=1, description="How long the server keeps its copy of a draft that is not touched"
    )

    deletion_days: int = Field(
        default=14,
        ge=0,
        description="How long after its owner asked for it an account is deleted; until then they can keep it",
    )
    claim_undo_days: int = Field(
        default=7,
        ge=1,
        description="How long tickets that an account took over can be given back, and their old links work",
    )
    claim_proof_hours: int = Field(
        default=24,
        ge=1,
        description=(
            "To take over a guest's tickets, the address must have been proved by a code within this time"
        ),
    )

    session_days: int = Field(default=30, ge=1, description="How long a customer's sign-in lasts")
    session_idle_days: int = Field(
        default=14, ge=1, description="A customer's sign-in ends when it is idle for this long"
    )
    agent_session_hours: int = Field(default=12, ge=1, description="How long an agent's sign-in lasts")
    agent_idle_hours: int = Field(
        default=4, ge=1, description="An agent's sign-in ends when it is idle for this long"
    )
    guest_idle_minutes: int = Field(
        default=30, ge=1, description="A guest's visit ends when it is idle for this long"
    )
    guest_session_hours: int = Field(default=12, ge=1, description="How long a guest's visit lasts at most")
    limit_sessions_per_account: int = Field(
        default=50,
        ge=1,
        description=(
            "Open sessions of an account, or of a guest's address; one more ends the one that was not "
            "used for the longest time"
        ),
    )
    sign_in_notice_minutes: int = Field(
        default=60,
        ge=0,
        description=(
            "At most one e-mail in this time tells of sign-ins from new browsers; each is also shown "
            "in the portal"
        ),
    )

    code_minutes: int = Field(default=10, ge=1, description="How long a code works")
    code_resend_seconds: int = Field(default=60, ge=0, description="After this long another code can be sent")
    code_tries: int = Field(default=5, ge=1, description="Wrong tries that end a code")
    code_pause_minutes: int = Field(default=30, ge=1, description="The pause after too many wrong tries")
    proof_link_minutes: int = Field(
        default=30,
        ge=10,
        le=60,
        description="How long the link in the e-mail for a new password works (10 to 60)",
    )
    limit_failures_in_a_row: int = Field(
        default=100,
        ge=10,
        le=100,
        description=(
            "Wrong passwords or codes in a row for an address; then none is taken from browsers that "
            "its owner hasn't used before, until a link in an e-mail proves the address (NIST allows "
            "100 at most)"
        ),
    )
    failure_pauses: str = Field(
        default="10:30,20:60,40:240,80:1440",
        description="After so many failures in a row, a pause of so many minutes; empty: no pauses",
    )
    guessing_alarm_after: int = Field(
        default=20,
        ge=5,
        description="After so many failures in a row the owner is told by e-mail, and once more at the end",
    )
    limit_code_tries_per_hour: int = Field(
        default=10, ge=1, description="Wrong codes for a ticket and address"
    )
    limit_code_tries_per_ip_per_hour: int = Field(default=100, ge=1, description="Wrong codes from an IP")
    limit_codes_per_hour: int = Field(default=5, ge=1, description="Codes sent to an address")
    limit_codes_per_ip_per_hour: int = Field(default=60, ge=1, description="Codes asked for from an IP")
    limit_sign_ins_per_hour: int = Field(default=10, ge=1, description="Wrong passwords for an address")
    limit_sign_ins_per_ip_per_hour: int = Field(default=100, ge=1, description="Wrong passwords from an IP")

    limit_guest_tickets_per_hour: int = Field(default=5, ge=1, description="Guest tickets of an address")
    limit_guest_tickets_per_ip_per_hour: int = Field(default=20, ge=1, description="Guest tickets from an IP")
    limit_links_per_hour: int = Field(default=5, ge=1, description="“Find my ticket” for an address")
    limit_links_per_ip_per_hour: int = Field(default=30, ge=1, description="“Find my ticket” from an IP")
    limit_message_checks_per_ip_per_hour: int = Field(
        default=30, ge=1, description="References of e-mails checked from an IP"
    )
    limit_mail_trials_per_hour: int = Field(
        default=3, ge=1, description="“Try again” after an e-mail came back, for an address"
    )
    limit_phrases_per_hour: int = Field(default=5, ge=1, description="Changes of an account's safety phrase")
    limit_address_changes_per_hour: int = Field(
        default=3, ge=1, description="Codes to a new address of an account"
    )
    limit_exports_per_day: int = Field(default=5, ge=1, description="Downloads of an account's data")
    limit_claims_per_hour: int = Field(
        default=20, ge=1, description="Times that a guest's tickets are added to an account, or given back"
    )
    limit_tickets_per_hour: int = Field(default=20, ge=1, description="Tickets of a customer")
    limit_messages_per_10_minutes: int = Field(
        default=10, ge=1, description="Messages of a customer or guest"
    )
    limit_bad_tokens_per_ip_per_hour: int = Field(
        default=60,
        ge=1,
        description=(
            "Requests to the REST API with a token that is unknown, expired or revoked, from an IP; "
            "good tokens are not affected"
        ),
    )
    limit_feedback_per_ip_per_hour: int = Field(
        default=60, ge=1, description="“Was this helpful?” from an IP"
    )
    limit_devices: int = Field(
        default=10,
        ge=1,
        description=(
            "Devices of a person that get notifications; one more takes the place of the one longest away"
        ),
    )
    limit_test_pushes_per_hour: int = Field(default=10, ge=1, description="Test notifications of a person")

    limit_connections: int = Field(
        default=8_192,
        ge=128,
        description=(
            "Connections of a web process; idle ones make room from three quarters on. `ulimit -n` "
            "should allow more files than this"
        ),
    )
    limit_connections_per_ip: int = Field(
        default=512,
        ge=1,
        description=(
            "Connections of an IP (IPv6: of a /64) to a web process, open pages not counted; the one "
            "that was idle the longest is closed. Proxies in `PORTAL_TRUSTED_PROXIES` have no such "
            "limit"
        ),
    )
    limit_idle_seconds: int = Field(
        default=30,
        ge=1,
        description="How long a connection may be silent without a request, or leave an answer unread",
    )
    limit_body_seconds: int = Field(
        default=10,
        ge=1,
        description=(
            "How long the body of a form or an API call may take to come (408); files have limits of "
            "their own"
        ),
    )
    limit_socket_events_per_second: int = Field(
        default=30, ge=1, description="Events of one open page, in the long run"
    )
    limit_socket_events_burst: int = Field(default=120, ge=1, description="Events of one open page, at once")
    limit_socket_opens_per_ip_per_minute: int = Field(
        default=300,
        ge=1,
        description=(
            "Pages that visitors of one network open who are not signed in, in the long run; a fifth "
            "of them at once. An account, and a guest who proved an address, are counted by "
            "themselves"
        ),
    )
    limit_sockets: int = Field(
        default=1_000,
        ge=1,
        description=(
            "Open pages of visitors who are not signed in, in one web process (200 kB each); a "
            "network that has more than others gives its newest up for a newcomer"
        ),
    )
    limit_sockets_per_ip: int = Field(
        default=200,
        ge=1,
        description=(
            "Open pages of such visitors of one network (an IPv4 address, an IPv6 /64), or of one "
            "account, in one web process"
        ),
    )
    limit_states: int = Field(
        default=5_000,
        ge=1,
        description=(
            "Pages, open or closed a short while ago, that one web process keeps in memory (40 kB "
            "each); those closed first go first, and no open one"
        ),
    )
    limit_states_per_ip: int = Field(
        default=300, ge=1, description="The same, of visitors of one network or of one account"
    )

    files: Literal["folder", "s3"] = Field(
        default="folder",
        description=(
            "Where people's files are: `folder` (in the data folder) or `s3`; several machines need "
            "`s3` or one shared folder"
        ),
    )
    s3_bucket: str = Field(default="", description="The bucket; it must be private. Needed for `s3`")
    s3_endpoint_url: str = Field(
        default="", description="The address of another S3-compatible store than Amazon's"
    )
    s3_region: str = Field(default="", description="The bucket's region")
    s3_access_key: str = Field(
        default="",
        description="The key's id; empty: what the machine itself has (a role, the usual variables)",
    )
    s3_secret_key: SecretStr = Field(default=SecretStr(""), description="The key's secret")
    clamd: str = Field(
        default="",
        description=(
            "Host and port of ClamAV's daemon, such as `127.0.0.1:3310`; each file is scanned before "
            "it can be had. Its `StreamMaxLength` must be above the largest file"
        ),
    )
    limit_files_per_message: int = Field(
        default=5, ge=1, le=20, description="Files of a message; built into the pages, as the next two are"
    )
    limit_file_mb: int = Field(default=10, ge=1, description="Size of a file")
    limit_video_mb: int = Field(default=50, ge=1, description="Size of an MP4")
    limit_picture_megapixels: int = Field(
        default=64, ge=1, description="Size of a picture, all its frames together"
    )
    limit_uploads_per_hour: int = Field(
        default=60,
        ge=1,
        description="Uploads of a person, or of a browser that fills in the form for a new ticket",
    )
    limit_uploads_per_ip_per_hour: int = Field(default=240, ge=1, description="Uploads from an IP")
    limit_uploads_at_once: int = Field(
        default=20,
        ge=1,
        description=(
            "Uploads that a person, or an IP without a signed-in person, may have on their way at "
            "once, in one process"
        ),
    )
    limit_upload_mb_per_day: int = Field(
        default=500,
        ge=1,
        description="What a person, or a browser that fills in the form for a new ticket, may upload in a day",
    )
    limit_upload_mb_per_ip_per_day: int = Field(
        default=1_000,
        ge=1,
        description="What may be uploaded from an IP in a day; the team's own doesn't count",
    )
    limit_unsent_mb: int = Field(
        default=5_000,
        ge=1,
        description=(
            "Files in forms for a new ticket, of all people together who are not signed in; more are "
            "refused until some were sent or deleted"
        ),
    )
    unsent_anonymous_hours: int = Field(
        default=2, ge=1, description="Such files are deleted when they were not sent within this time"
    )
    upload_free_mb: int = Field(
        default=1_000,
        ge=0,
        description=(
            "What stays free on the disk of the data folder: files that would leave less are refused, "
            "so that messages can still be written"
        ),
    )

    test_mode: bool = Field(
        default=False, description="QA hooks and the settable clock; refused in production"
    )
    test_token: SecretStr = Field(
        default=SecretStr(""),
        description="Lets the QA hooks and `/dev/mailbox` be used from other machines, as a bearer token",
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="Lets `/metrics` be read, as a bearer token; without it there are none in production",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="A line of `text` or of `json` for each thing that is logged"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description=(
            "The least that is logged: `debug`, `info`, `warning` or `error`; security events always are"
        ),
    )
    security_log: str = Field(
        default="", description="A file for the security events alone; empty: with the rest"
    )

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
