"""Encodes Server-Sent Events as bytes ready to send.

Event names and ids are ours alone; user input appears only inside JSON, where line ends are escaped, so it cannot
inject a frame.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

JsonObject = Mapping[str, Any]

# Created once: json.dumps would create an encoder for every frame.
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def dumps(value: object) -> str:
    """Compact JSON that every browser can parse; refuses NaN and infinities."""
    return _encode(value)


def frame(event: str, data: JsonObject, *, id: str = "", retry: int | None = None) -> bytes:
    """One SSE frame; `retry` is milliseconds."""
    head = f"retry: {retry}\n" if retry is not None else ""
    head += f"id: {id}\n" if id else ""
    return f"{head}event: {event}\ndata: {dumps(data)}\n\n".encode()


def chunk(payload: bytes) -> bytes:
    """A chunk of a `Transfer-Encoding: chunked` body."""
    return b"%x\r\n%b\r\n" % (len(payload), payload)


def split_sent(chunks: bytes, sent: int) -> tuple[int, bytes]:
    """After `sent` bytes of these chunks: the number of chunks begun, and the unsent rest of the last of them."""
    begun = at = 0
    while at < sent:
        size_ends = chunks.index(b"\r\n", at)
        at = size_ends + int(chunks[at:size_ends], 16) + 4
        begun += 1
    return begun, chunks[sent:at]


LAST_CHUNK = b"0\r\n\r\n"


class Frame(NamedTuple):
    """Encoded frames, raw and as an HTTP chunk: created once, sent to every stream of a worker."""

    raw: bytes
    chunked: bytes

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Frame":
        """Both forms of these bytes."""
        return cls(raw, chunk(raw))
