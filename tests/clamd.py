"""A virus scanner that speaks clamd's protocol over a real socket and knows one virus: the test one."""

import socket
import threading
from contextlib import suppress

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """Listens from the beginning; `asked` counts what it scanned."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        """Go away."""
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        assert self._exactly(connection, 10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(self._exactly(connection, 4)):
            content += self._exactly(connection, length)
        self.asked += 1
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        connection.sendall(found)

    def _exactly(self, connection: socket.socket, length: int) -> bytes:
        got = b""
        while len(got) < length:
            more = connection.recv(length - len(got))
            if not more:
                raise ConnectionError
            got += more
        return got
