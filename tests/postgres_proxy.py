"""A proxy before PostgreSQL that can cut a connection exactly while a COMMIT is under way."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

import gevent
from gevent import socket
from gevent.server import StreamServer
from sqlalchemy import URL, make_url

# Where a COMMIT is when the line is cut: it never arrives; it arrives and its answer does not; or it is put into
# effect while its sender, already gone, is asking elsewhere what became of it.
Cut = Literal["before", "after", "during"]
COMMIT = b"COMMIT\0"  # the end of the statements that libpq sends together
NAME = ".s.PGSQL.5432"


class PostgresProxy:
    """Listens on a unix socket in `directory`; `cuts` says what becomes of the COMMITs to come, the next first."""

    def __init__(self, database_url: str, directory: Path):
        self._target = make_url(database_url)
        self._directory = directory
        self._server = StreamServer(self._listen(), self._serve)
        self._connections: set[socket.socket] = set()
        self.cuts: list[Cut] = []

    @property
    def url(self) -> URL:
        """For SQLAlchemy."""
        return self._target.set(
            drivername="postgresql+psycopg2", query={"host": str(self._directory), "port": "5432"}
        )

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
        for connection in list(self._connections):
            connection.close()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._directory / NAME))
        listener.listen()
        return listener

    def _serve(self, client: socket.socket, _address: object) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(Path(str(self._target.query["host"])) / NAME))
        ends = {client, server}
        self._connections |= ends
        answers = gevent.spawn(_pump, server, client)
        try:
            with contextlib.suppress(OSError):
                self._forward(client, server, answers)
        finally:
            answers.kill()
            self._connections -= ends
            for end in ends:
                end.close()

    def _forward(self, client: socket.socket, server: socket.socket, answers: gevent.Greenlet) -> None:
        """Pass on what the client says, up to a COMMIT that is to be cut."""
        while said := client.recv(65_536):
            if said.endswith(COMMIT) and self.cuts:
                answers.kill()
                _cut(self.cuts.pop(0), said, client, server)
                return
            server.sendall(said)


def _cut(where: Cut, said: bytes, client: socket.socket, server: socket.socket) -> None:
    if where == "before":
        return
    if where == "during":
        client.shutdown(socket.SHUT_RDWR)
        gevent.sleep(0.3)  # the transaction is open meanwhile, and its locks are held
    server.sendall(said)
    server.recv(65_536)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while said := source.recv(65_536):
            sink.sendall(said)
        sink.shutdown(socket.SHUT_RDWR)
