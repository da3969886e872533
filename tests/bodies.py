"""Bodies of HTTP/1.1 answers as they come off a socket: in chunks, of a length, or as long as the connection."""

from __future__ import annotations

import re
from collections.abc import Mapping

CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]+)\r\n")


class Chunked:
    """A body in chunks; `chunks` keeps each as it came."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.ended = False
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """The content that these bytes complete."""
        self._rest += data
        before = len(self.chunks)
        while self._rest and not self.ended and self._take_one():
            pass
        assert not (self.ended and self._rest), f"bytes after the last chunk: {self._rest!r}"
        return b"".join(self.chunks[before:])

    def connection_ended(self) -> None:
        """Not in order, unless the last chunk has come before."""

    def _take_one(self) -> bool:
        head = CHUNK_HEAD.match(self._rest)
        if not head or len(self._rest) < (end := head.end() + int(head[1], 16)) + 2:
            return False
        assert self._rest[end : end + 2] == b"\r\n", "a chunk is longer than it says"
        content, self._rest = self._rest[head.end() : end], self._rest[end + 2 :]
        self.ended = not content
        if content:
            self.chunks.append(content)
        return True


class Plain:
    """A body of `length` bytes; None = as long as the connection."""

    def __init__(self, length: int | None):
        self.chunks: list[bytes] = []
        self.ended = length == 0
        self._missing = length

    def feed(self, data: bytes) -> bytes:
        """The content that these bytes are."""
        self.chunks.append(data)
        if self._missing is not None:
            self._missing -= len(data)
            assert self._missing >= 0, "bytes after the end of the body"
            self.ended = self._missing == 0
        return data

    def connection_ended(self) -> None:
        """In order, if only that says where the body ends."""
        self.ended = self.ended or self._missing is None


def body_of(method: str, headers: Mapping[str, str]) -> Chunked | Plain:
    """The kind of body that comes with an answer's headers (names in lower case)."""
    if method == "HEAD":
        return Plain(0)
    if headers.get("transfer-encoding") == "chunked":
        return Chunked()
    length = headers.get("content-length")
    return Plain(None if length is None else int(length))
