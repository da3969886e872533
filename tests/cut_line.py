"""A proxy before PostgreSQL that cuts a connection before, during or after a COMMIT, or after its answer."""

from __future__ import annotations

import contextlib
from collections import deque
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import gevent
from gevent import socket
from gevent.server import StreamServer

COMMIT = b"COMMIT\x00"  # the end of what libpq sends
READY = b"Z\x00\x00\x00\x05I"  # the end of what PostgreSQL says when a connection has been made
# DURING: the COMMIT is put into effect while its client, already gone, asks elsewhere what became of it.
BEFORE, DURING, AFTER, ANSWERED = "before", "during", "after", "answered"


class CutLine:
    """Listens where a PostgreSQL would, and passes everything on. `cuts` says what becomes of coming COMMITs."""

    def __init__(self, server_url: str, directory: Path):
        parts = urlsplit(server_url)
        self._server = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self._directory = directory
        self.url = f"postgresql+psycopg2://pulse@{parts.path}?host={quote(str(directory))}&port=5432"
        self.cuts: deque[str] = deque()
        self.is_down = False  # new connections are closed
        self.stillborn = 0  # so many new connections are cut as soon as they have been made
        self.commits = 0  # that went through
        self._listener = StreamServer(self._listen(), self._carry)

    def start(self) -> None:
        self._listener.start()

    def stop(self) -> None:
        self._listener.stop()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._directory / ".s.PGSQL.5432"))
        listener.listen()
        return listener

    def _carry(self, client: socket.socket, _address: object) -> None:
        with (
            contextlib.closing(client),
            socket.socket(socket.AF_UNIX) as server,
            contextlib.suppress(OSError),
        ):
            if self.is_down:
                return
            server.connect(self._server)
            if not self._greets(server, client):
                return
            answering = gevent.spawn(self._pump, server, client)
            try:
                while data := client.recv(65_536):
                    if data.endswith(COMMIT) and self._cuts(server, client, data, answering):
                        return
                    server.sendall(data)
            finally:
                answering.kill()

    def _greets(self, server: socket.socket, client: socket.socket) -> bool:
        """Pass on what is said until the connection has been made; False when it is cut then."""
        server.sendall(client.recv(65_536))
        data = b""
        while not data.endswith(READY):
            data = server.recv(65_536)
            client.sendall(data)
        self.stillborn -= 1
        return self.stillborn < 0

    def _cuts(
        self, server: socket.socket, client: socket.socket, data: bytes, answering: gevent.Greenlet
    ) -> bool:
        """Decide what becomes of this COMMIT; True when the line is cut."""
        cut = self.cuts.popleft() if self.cuts else None
        if cut == BEFORE:
            return True
        self.commits += 1
        if cut is None:
            return False
        answering.kill()
        if cut == DURING:
            client.shutdown(socket.SHUT_RDWR)
            gevent.sleep(0.3)  # the transaction is open meanwhile, and its locks are held
        server.sendall(data)
        answer = server.recv(65_536)
        assert answer.startswith(b"C"), "PostgreSQL did not say that it has committed"
        if cut == ANSWERED:
            client.sendall(answer)
        return True

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
