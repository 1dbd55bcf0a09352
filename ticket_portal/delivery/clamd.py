"""The virus scanner: ClamAV's daemon, asked over its own protocol (INSTREAM)."""

import socket
from collections.abc import Iterable
from enum import Enum

from ticket_portal.settings import Settings

PATIENCE = 15.0
LONGEST_ANSWER = 4096
PART = 64 * 1024


class Verdict(Enum):
    """What the scanner says of a file; `UNKNOWN` when it is away or could not finish."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"


class Scanner:
    """Asks the scanner that the settings name; without one everything is clean."""

    def __init__(self, settings: Settings) -> None:
        """Connect only when there is something to ask."""
        host, _colon, port = settings.clamd.rpartition(":")
        self._where = (host.strip("[]"), int(port)) if settings.clamd else None

    def scan(self, content: Iterable[bytes]) -> Verdict:
        """Return what the scanner says of these bytes."""
        if self._where is None:
            return Verdict.CLEAN
        try:
            return self._ask(self._where, content)
        except OSError:
            return Verdict.UNKNOWN

    def _ask(self, where: tuple[str, int], content: Iterable[bytes]) -> Verdict:
        with socket.create_connection(where, timeout=PATIENCE) as connection:
            connection.sendall(b"zINSTREAM\0")
            for chunk in content:
                for at in range(0, len(chunk), PART):
                    part = chunk[at : at + PART]
                    connection.sendall(len(part).to_bytes(4) + part)
            connection.sendall(bytes(4))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
                more = connection.recv(LONGEST_ANSWER)
                if not more:
                    break
                answer += more
        said = answer.rstrip(b"\0\n ")
        if said.endswith(b"FOUND"):
            return Verdict.INFECTED
        return Verdict.CLEAN if said.endswith(b": OK") else Verdict.UNKNOWN
