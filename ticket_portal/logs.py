"""The log: what a line looks like, where it goes, and how many of one kind there may be (docs/operations.md).

Set up here alone, for the web processes (asgi.py), the worker and the commands (cli); granian's first process, which
starts the web processes, takes `granian_logging.json`, whose formatter is from here too.

Whatever is logged may hold what a stranger sent: a header, a message of an exception. So a record is escaped as a
whole, when it is written and by whoever it was made (OWASP ASVS 5.0, 16.4.1): it is one line as text (the lines of a
traceback are indented, which no other line is) and one line as JSON, without a control character.
"""

import json
import logging
import logging.config
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from ticket_portal import settings as settings_module
from ticket_portal.settings import Settings

GRANIAN_CONFIG = Path(__file__).with_name("granian_logging.json")
SECURITY = "ticket_portal.security"
LONGEST_MESSAGE = 4_000
LONGEST_TRACEBACK = 20_000
MINUTE = 60.0
MOST_OF_OURS = 60
"""So many records of one kind a minute are written where the portal itself logs; of other libraries one."""


class Text(logging.Formatter):
    """A record as a line: time (UTC), level, logger, reference ("-" without one), message; then its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Each line of a traceback below it begins with four blanks."""
        reference = escaped(str(getattr(record, "reference", "") or "-")).replace(" ", r"\x20")
        line = f"{moment(record)} {record.levelname} {escaped(record.name)} {reference} {escaped(message(record))}"
        return "\n    ".join([line, *map(escaped, traceback(record).splitlines())])


class Json(logging.Formatter):
    """A record as a JSON object in one line of ASCII, with its traceback and the facts of a security event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            "time": moment(record),
            "level": record.levelname,
            "logger": record.name,
            "reference": str(getattr(record, "reference", "")),
            "message": message(record),
            "traceback": traceback(record),
            "facts": getattr(record, "facts", None),
        }
        return json.dumps({name: value for name, value in fields.items() if value}, default=str)


def formatter() -> logging.Formatter:
    """Return the formatter that the settings name; granian's first process asks for it by its name."""
    return Json() if settings_module.load().log_format == "json" else Text()


class Throttle(logging.Filter):
    """Lets so many records of one kind through a minute, and says in the next one how many it left out.

    What anybody can cause by a request would fill the disk and hide what matters. A kind is a place in the program, for
    an exception its class and where it was raised, for a security event its name and rule.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: the seconds that a minute is counted in."""
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[object, ...], list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; then with `left_out`, how many of its kind were not since the last one."""
        if getattr(record, "happened", False):
            return (
                True  # sign-ins and changed rights: each one, whatever their number (OWASP ASVS 5.0, 16.3.1)
            )
        now, kind = self._clock(), _kind(record)
        if len(self._seen) > 10_000:
            self._seen.clear()
        seen = self._seen.setdefault(
            kind, [now, 0, 0]
        )  # when the minute began, how many it had, how many were left out
        if now - seen[0] >= MINUTE:
            seen[0], seen[1] = now, 0
        seen[1] += 1
        if seen[1] > _most(record):
            seen[2] += 1
            return False
        record.left_out, seen[2] = int(seen[2]), 0
        return True


class PrivateFile(WatchedFileHandler):
    """A file that its owner alone reads, reopened when it was moved away (as logrotate does)."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding="utf-8", opener=private)


def configure(settings: Settings) -> None:
    """Set up the log of this process: to stderr, security events to PORTAL_SECURITY_LOG if it is set.

    Security events are always written. Other libraries are heard from WARNING on, as debugging them would write what
    people send.
    """
    level = settings.log_level.upper()
    to_stderr: dict[str, Any] = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    common = {"formatter": "portal", "filters": ["throttle"]}
    handlers = {"stderr": {**to_stderr, **common}}
    security: dict[str, Any] = {"level": "INFO"}
    if settings.security_log:
        handlers["security"] = {"()": PrivateFile, "filename": settings.security_log, **common}
        security |= {"handlers": ["security"], "propagate": False}
    others: dict[str, Any] = {"handlers": [], "propagate": True}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"portal": {"()": Json if settings.log_format == "json" else Text}},
            "filters": {"throttle": {"()": Throttle}},
            "handlers": handlers,
            "root": {"level": "ERROR" if level == "ERROR" else "WARNING", "handlers": ["stderr"]},
            "loggers": {
                "ticket_portal": {"level": level},
                SECURITY: security,
                "_granian": {"level": "WARNING", **others},
                "granian.access": others,
                "reflex": others,
                # They quote what clients send; what matters of it the portal says in its own words.
                "socketio": {"level": "ERROR", **others},
                "engineio": {"level": "ERROR", **others},
                "python_multipart": {"level": "ERROR", **others},
            },
        }
    )
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def moment(record: logging.LogRecord) -> str:
    """Return when it was, in UTC with milliseconds (ISO 8601, RFC 3339)."""
    at = datetime.fromtimestamp(record.created, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03d}Z"


def message(record: logging.LogRecord) -> str:
    """Return what is said, cut where it is too long, and how many of the same were left out before."""
    try:
        said = record.getMessage()
    except (TypeError, ValueError):
        said = str(record.msg)
    said = said if len(said) <= LONGEST_MESSAGE else f"{said[:LONGEST_MESSAGE]}…"
    left_out = getattr(record, "left_out", 0)
    return f"{said} (left out before: {left_out})" if left_out else said


def traceback(record: logging.LogRecord) -> str:
    """Return the traceback of what went wrong; of a long one the end, which says most."""
    if not record.exc_info or not record.exc_info[1]:
        return record.stack_info or ""
    return logging.Formatter().formatException(record.exc_info)[-LONGEST_TRACEBACK:]


class Wordless(Exception):
    """Stands in a log for an exception that may quote what people wrote: with its class and traceback alone."""


def without_words(problem: BaseException) -> BaseException:
    """Return what to log as `exc_info` in place of an exception whose message may hold what people wrote."""
    return Wordless(type(problem).__name__).with_traceback(problem.__traceback__)


def escaped(text: str) -> str:
    """Return a text without line ends, escape codes, and what is invisible or turns the direction of writing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    facts: dict[str, object] = getattr(record, "facts", {})
    kind = record.name, record.pathname, record.lineno, facts.get("event"), facts.get("rule")
    problem = record.exc_info[1] if record.exc_info else None
    if problem is None:
        return kind
    at = problem.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    return (*kind, type(problem), at.tb_frame.f_code if at else None, at.tb_lineno if at else 0)


def _most(record: logging.LogRecord) -> int:
    ours = record.name.startswith("ticket_portal") and not getattr(record, "once_a_minute", False)
    return MOST_OF_OURS if ours else 1


def _log_uncaught(kind: type[BaseException], problem: BaseException, where: Any) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, problem, where)
    else:
        logging.getLogger("ticket_portal").critical("The process ends.", exc_info=(kind, problem, where))
