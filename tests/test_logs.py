"""The log: one record is one line, whoever wrote what is in it, and nobody can fill it."""

import json
import logging
import os
import re
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cast import BROWSER, IP, MINH, asks_about, code_for, opens
from ticket_portal import logs
from ticket_portal.domain import limits, networks, security_log
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.errors import CardFound, TooMany
from ticket_portal.domain.guests import access, disown
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.tickets import new_ticket
from ticket_portal.logs import Json, PrivateFile, Text, Throttle
from ticket_portal.settings import Settings

ROOT = Path(__file__).parents[1]
FORGED = (
    "x\n2026-11-30T18:00:00.000Z CRITICAL ticket_portal - admin signed in\r\x1b[31m\u2028\u202e\x00\x85\ud800"
)
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) [^ ]+ [^ ]+ .*"
)


def record(
    message: str, *arguments: object, name: str = "ticket_portal.test", **more: object
) -> logging.LogRecord:
    """A record as a logger makes it."""
    made = logging.LogRecord(name, logging.WARNING, __file__, 7, message, arguments, None)
    vars(made).update(more)
    return made


def broken(words: str) -> logging.LogRecord:
    """A record of an exception that quotes somebody."""
    try:
        raise ValueError(words)
    except ValueError:
        return record("It broke.", exc_info=sys.exc_info())


@pytest.mark.parametrize(
    "made", [record("%s", FORGED), record(FORGED), record("a", reference=FORGED), record(f"%d {FORGED}", "x")]
)
@pytest.mark.parametrize("formatter", [Text(), Json()])
def test_a_record_is_one_line_whatever_is_in_it(made: logging.LogRecord, formatter: logging.Formatter):
    line = formatter.format(made)
    assert line.isprintable(), "no line ends, no escape codes, nothing invisible"
    if isinstance(formatter, Text):
        assert LINE.fullmatch(line)
        line.encode()
    else:
        assert json.loads(line)["level"] == "WARNING"
        assert line.isascii()


def test_a_traceback_forges_no_line():
    """Its lines are indented, what an exception quotes too; as JSON it is a field of the one line."""
    first, *rest = Text().format(broken(FORGED)).split("\n")
    assert LINE.fullmatch(first)
    assert rest
    assert all(line.startswith("    ") and line.isprintable() for line in rest)
    line = Json().format(broken(FORGED))
    assert line.isprintable()
    assert "admin signed in" in json.loads(line)["traceback"]


def test_what_is_long_is_cut():
    assert len(Text().format(record("%s", "a" * 1_000_000))) < 2 * logs.LONGEST_MESSAGE
    assert len(Json().format(broken("a" * 1_000_000))) < 2 * logs.LONGEST_TRACEBACK


def test_a_line_as_json_has_its_reference_and_the_facts_of_a_security_event():
    line = json.loads(Json().format(record("event=x", reference="4F00BA", facts={"event": "x", "ip": "ab"})))
    assert (line["reference"], line["facts"], line["logger"]) == (
        "4F00BA",
        {"event": "x", "ip": "ab"},
        "ticket_portal.test",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_of_what_strangers_cause_one_line_a_minute_is_written():
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    noise = [record("No token provided", name="reflex.app") for _ in range(500)]
    assert [throttle.filter(one) for one in noise] == [True] + [False] * 499
    assert throttle.filter(record("another place", name="socketio.server"))
    now[0] = 60
    again = record("No token provided", name="reflex.app")
    assert throttle.filter(again)
    assert "left out before: 499" in Text().format(again)
    assert sum(throttle.filter(record("no valid signature", once_a_minute=True)) for _ in range(50)) == 1
    ours = Throttle(lambda: now[0])
    assert sum(ours.filter(record("ours")) for _ in range(500)) == logs.MOST_OF_OURS


def test_a_flood_of_one_kind_hides_no_other():
    """Security events are counted by what happened: refused codes do not use up the lines of sign-ins."""
    throttle = Throttle(lambda: 0.0)
    for _ in range(500):
        throttle.filter(record("", facts={"event": "limit_reached", "rule": "codes"}))
    assert throttle.filter(record("", facts={"event": "limit_reached", "rule": "sign_ins"}))
    assert throttle.filter(record("", facts={"event": "sign_in"}))
    for _ in range(100):
        throttle.filter(broken("the same"))
    assert throttle.filter(record("It broke.", exc_info=(KeyError, KeyError("x"), None)))


def test_the_security_log_is_its_owners_and_follows_a_rotation(tmp_path: Path):
    file = tmp_path / "security.log"
    handler = PrivateFile(str(file))
    handler.emit(record("one"))
    file.rename(tmp_path / "security.log.1")
    handler.emit(record("two"))
    handler.close()
    assert (tmp_path / "security.log.1").read_text() == "one\n"
    assert file.read_text() == "two\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("apart", [True, False])
def test_security_events_go_to_their_own_file_or_with_the_rest(
    settings: Settings, tmp_path: Path, capfd, apart: bool
):
    file = tmp_path / "security.log"
    settings.security_log = str(file) if apart else ""
    settings.log_format, settings.log_level = "json", "error"
    with Configured(settings):
        security_log.refused(settings, SecurityEvent.SIGN_IN_REFUSED, address="ana@example.com", ip=IP)
        logging.getLogger("ticket_portal.test").warning("not asked for")
        logging.getLogger("ticket_portal.test").error("told")
    told = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    kept = [json.loads(line) for line in file.read_text().splitlines()] if apart else told[:1]
    assert [line["message"] for line in told[not apart :]] == ["told"]
    assert kept[0]["facts"]["event"] == "sign_in_refused"
    assert set(kept[0]["facts"]) == {"event", "address", "ip"}
    assert "ana" not in json.dumps(kept)
    assert IP not in json.dumps(kept)


class Configured:
    """The log as a server has it, and then as pytest had it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> None:
        root = logging.getLogger()
        self._kept = (list(root.handlers), root.level, sys.excepthook)
        logs.configure(self._settings)

    def __exit__(self, *_problem: object) -> None:
        root = logging.getLogger()
        for name in ("ticket_portal", logs.SECURITY):
            logger = logging.getLogger(name)
            for handler in logger.handlers:
                handler.close()
            logger.handlers, logger.propagate = [], True
            logger.setLevel(logging.NOTSET)
        root.handlers, root.level, sys.excepthook = self._kept
        logging.captureWarnings(capture=False)


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture):
    """The security events so far: their facts."""
    caplog.set_level(logging.INFO, logs.SECURITY)
    return lambda: [vars(one)["facts"] for one in caplog.records if one.name == logs.SECURITY]


def test_what_the_domain_does_and_refuses_is_in_the_security_log(store, events):
    settings = store.settings
    minh = Viewer(role="guest", address=MINH.address, name="Minh")
    ticket = store.write(opens, minh)
    token = store.write(lambda work: access.new_link(work, work.session.merge(ticket)))
    store.write(codes.send, CodeScope(f"{access.PURPOSE}:{ticket.id}", minh.address, BROWSER, IP), "en")
    code = store.write(code_for, minh.address)
    store.write(access.verify, token, BROWSER, IP, code)
    store.write(disown.lock, store.read(lambda work: disown.token_for(work, token)))
    with pytest.raises(CardFound):
        store.write(new_ticket.submit, NOBODY, asks_about(minh, body="4111 1111 1111 1111"), IP)
    for _ in range(2):
        with suppress(TooMany):
            store.write(limits.spend, Limit("one", 1), IP)
    found = [facts for facts in events() if facts["event"] not in ("code_sent", "code_accepted")]
    assert [facts["event"] for facts in found] == [
        "guest_verified",
        "ticket_disowned",
        "secret_stopped",
        "limit_reached",
    ]
    hashed = security_log.hashed(settings, minh.address)
    assert found[0]["address"] == found[1]["address"] == found[2]["address"] == hashed
    assert found[2]["ip"] == found[3]["subject"] == security_log.hashed(settings, IP)
    assert (found[2]["kind"], found[3]["rule"]) == ("secret_card", "one")
    assert "minh" not in json.dumps(found)
    assert "4111" not in json.dumps(found)


def test_an_operator_finds_an_address_in_the_security_log(tmp_path: Path):
    variables = {**os.environ, "PORTAL_SECRET_KEY": "a secret of the tests", "PORTAL_DATA_DIR": str(tmp_path)}

    def named(typed: str) -> str:
        command = [sys.executable, "-m", "ticket_portal", "log-name", typed]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True, cwd=ROOT)
        return done.stdout.strip()

    settings = Settings(_env_file=None, secret_key="a secret of the tests", data_dir=tmp_path)  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert named("Ana@Example.com") == security_log.hashed(settings, "ana@example.com")
    assert named("2001:db8::7") == security_log.hashed(settings, networks.network("2001:db8::1"))


def test_what_is_rolled_back_did_not_happen(store, events):
    def fails(work) -> None:
        security_log.happened(work, SecurityEvent.ACCOUNT_DELETED, account=1)
        raise CardFound

    with pytest.raises(CardFound):
        store.write(fails)
    assert events() == []
