"""A proxy before Redis that can lose its mind: it answers every command with what no command answers with.

redis-py then raises what is no RedisError, as it does for faults of its own and of what stands between.
"""

from __future__ import annotations

import contextlib

import gevent
from gevent import socket
from gevent.server import StreamServer
from redis.connection import parse_url

ANSWER = b"%1\r\n*0\r\n:1\r\n"  # a map whose key is a list


class UnreasonableRedis:
    """Listens on a loopback port; what it forwards to is `redis_url`, a unix socket or a port."""

    def __init__(self, redis_url: str):
        self._target = parse_url(redis_url)
        self._server = StreamServer(("127.0.0.1", 0), self._serve)
        self._connections: set[socket.socket] = set()
        self._is_mad = False

    def start(self) -> str:
        """Begin to listen; returns the URL."""
        self._server.start()
        return f"redis://127.0.0.1:{self._server.server_port}/{self._target.get('db', 0)}"

    def go_mad(self, *, mad: bool) -> None:
        """From now on, on new connections; those that there are break."""
        self._is_mad = mad
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self._server.stop(timeout=1)

    def _serve(self, client: socket.socket, _address: object) -> None:
        self._connections.add(client)
        with contextlib.suppress(OSError), client:
            self._answer(client) if self._is_mad else self._forward(client)
        self._connections.discard(client)

    def _answer(self, client: socket.socket) -> None:
        while said := client.recv(65_536):
            client.sendall(ANSWER * max(1, said.count(b"\r\n*") + said.startswith(b"*")))

    def _forward(self, client: socket.socket) -> None:
        server = self._connect()
        with server:
            back = gevent.spawn(self._pump, server, client)
            self._pump(client, server)
            back.join()

    def _connect(self) -> socket.socket:
        if path := self._target.get("path"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(path)
            return server
        return socket.create_connection((self._target["host"], self._target["port"]))

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
