"""The portal of the scenes: started as an operator starts it, reached as a browser and a QA engineer reach it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.delivery.provider import SECRET, signed

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
CONTACT = "help@harbor.example"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server process, with its own port; its data outlives it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._log = folder / f"server-{self.port}.log"
        given = {"PORTAL_" + name.upper(): str(value) for name, value in settings.items()}
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            "PORTAL_ENV": "development",
            "PORTAL_TEST_MODE": "1",
            "PORTAL_PORT": str(self.port),
            "PORTAL_DATA_DIR": str(folder),
            # One machine is a whole crowd here; what these limits do is tested without a browser.
            "PORTAL_LIMIT_SIGN_INS_PER_IP_PER_HOUR": "100000",
            "PORTAL_LIMIT_MESSAGE_CHECKS_PER_IP_PER_HOUR": "100000",
            "PORTAL_RESEND_WEBHOOK_SECRET": SECRET,
            "PORTAL_CONTACT": CONTACT,
            **given,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ticket_portal", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # its workers are in its group, and die with it
            )
        latest = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > latest:
                raise RuntimeError("The server did not start:\n" + self.log()[-3000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """End it on the spot, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator does."""
        self._end(signal.SIGTERM)

    def log(self) -> str:
        """What it wrote so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        # A worker may outlive the process that was waited for by a moment, and still hold the port.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process = None


class Line:
    """A wire between browsers and a server that can go dead without a word, as a phone's does in a tunnel."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._target = 0
        self._dead: set[socket.socket] = set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def leads_to(self, server: Server) -> None:
        """Connect what comes from now on to this server."""
        self._target = server.port

    def goes_silent(self) -> None:
        """Swallow everything on the connections that are open now; new ones work."""
        with self._lock:
            self._dead |= self._open

    def close(self) -> None:
        """Take the wire away."""
        self._listener.close()
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if source not in self._dead:
                    sink.sendall(data)
        except OSError:
            pass
        with self._lock:
            silent = source in self._dead
            self._open.discard(source)
        if not silent:  # a dead wire does not even tell that the other end is gone
            with suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)
        source.close()


class Portal:
    """A running portal, and the doors that QA engineers have to it."""

    def __init__(
        self, url: str, *, token: str = "", servers: tuple[Server, ...] = (), line: Line | None = None
    ) -> None:
        self.url = url
        self.servers = servers
        self.line = line
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=60)

    def close(self) -> None:
        """Let go of the connection to it."""
        self._http.close()

    def loads(self, scenario: str) -> dict[str, Any]:
        """Set up a named situation; everything else is gone."""
        return self._post(f"/test/scenarios/{scenario}")

    def lets_time_pass(self, **by: int) -> None:
        """Move the clock; what became due is delivered then."""
        units = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
        self._post("/test/clock", {"advance_seconds": sum(units[u] * n for u, n in by.items())})

    def has(self, **troubles: Any) -> None:
        """Begin or end a trouble: `portal.has(slow_database_ms=500)`."""
        self._post("/test/faults", troubles)

    def mails(self, to: str, kind: str = "") -> list[dict[str, Any]]:
        """What an address got, the newest first; all that is due has left by then."""
        self.lets_time_pass(seconds=0)
        answer = self._http.get("/test/mailbox", params={"to": to})
        answer.raise_for_status()
        return [mail for mail in answer.json() if kind in ("", mail["kind"])]

    def hears_from_resend(self, kind: str, mail: dict[str, Any], **data: Any) -> None:
        """Resend reports what became of a mail; this portal's clock must not have been moved."""
        found = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", mail["text"])
        assert found is not None
        tags = {"reference": found[0].replace("-", "")}
        body, headers = signed({"type": kind, "data": {"email_id": "", "tags": tags, **data}})
        self._http.post("/webhooks/resend", content=body, headers=headers).raise_for_status()

    def pushes(self, to: str) -> list[dict[str, Any]]:
        """The pushes to somebody's devices, the newest first."""
        answer = self._http.get("/test/push", params={"to": to})
        answer.raise_for_status()
        return answer.json()

    def status(self, path: str, **options: Any) -> int:
        """The HTTP status of an address."""
        return self._http.get(path, **options).status_code

    def _post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self._http.post(path, json=body or {})
        answer.raise_for_status()
        return answer.json()
