"""Sends bytes over a connection of their own, and reads all that comes back."""

from __future__ import annotations

import contextlib
import re
import socket
from dataclasses import dataclass

from bodies import Chunked

PATIENCE = 30.0  # seconds; an answer that takes longer never comes
MOST = 8 << 20  # bytes; nothing hostile earns more


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; header names in lower case, each with all its values."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    def header(self, name: str) -> str:
        """The only value of a header, or nothing."""
        return self.headers.get(name, [""])[0]


def exchange(port: int, raw: bytes) -> tuple[list[Answer], bool]:
    """What is answered to these bytes, once no more are to come; and whether it could be read to its end.

    A server that closes before it has read everything resets the connection, and may take its answer with it.
    """
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(raw)
        with contextlib.suppress(OSError):  # it may be closed already, and then is no connection
            connection.shutdown(socket.SHUT_WR)
        data, ended = _all_of(connection)
        return parsed(data), ended


def _all_of(connection: socket.socket) -> tuple[bytes, bool]:
    data = bytearray()
    try:
        while piece := connection.recv(65_536):
            data += piece
            assert len(data) <= MOST, "an answer that does not end"
    except ConnectionError:
        return bytes(data), False
    return bytes(data), True


def parsed(data: bytes) -> list[Answer]:
    """The answers in these bytes; what is no answer fails."""
    answers = []
    while data:
        head, blank, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        protocol, status = first.split(" ", 2)[:2]
        assert re.fullmatch(r"HTTP/1\.\d", protocol), f"no answer: {data[:200]!r}"
        if not blank:  # cut off
            break
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.lower(), []).append(value.strip())
        body, data = _parted(headers, rest)
        if int(status) >= 200:
            answers.append(Answer(int(status), headers, body))
    return answers


def _parted(headers: dict[str, list[str]], rest: bytes) -> tuple[bytes, bytes]:
    """The body below a head, and what comes after it."""
    if "chunked" in headers.get("transfer-encoding", ()):
        end = rest.find(b"0\r\n\r\n")
        body = Chunked()
        return body.feed(rest if end < 0 else rest[: end + 5]), b"" if end < 0 else rest[end + 5 :]
    length = headers.get("content-length")
    size = len(rest) if length is None else int(length[0])
    return rest[:size], rest[size:]
