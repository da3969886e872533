"""One hostile request: what it tries, and its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HOST = "pulse.test"
Headers = Mapping[str, bytes | str]


@dataclass(frozen=True, slots=True)
class Case:
    """`what` describes what it tries; `raw` is all that is sent over a connection of its own."""

    what: str
    raw: bytes


def request(method: str, target: str | bytes, headers: Headers, body: bytes | None = None) -> bytes:
    """The bytes of a request with a true Content-Length unless the headers have one."""
    lines = [b"%s %s HTTP/1.1" % (_bytes(method), _bytes(target))]
    given = {"Host": HOST, "Connection": b"close", **headers}
    if body is not None and "Transfer-Encoding" not in given:
        given.setdefault("Content-Length", str(len(body)))
    lines += [b"%s: %s" % (_bytes(name), _bytes(value)) for name, value in given.items()]
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def _bytes(text: str | bytes) -> bytes:
    return text.encode("latin-1") if isinstance(text, str) else text
