"""Hostile framing: requests whose ends, lengths and lines are not what they say."""

from __future__ import annotations

from collections.abc import Iterator

from hostile.case import Case
from hostile.routes import Route
from hostile.texts import LINE

EVENT = b'{"eventType": "user.active"}'
CHUNKED = b"Transfer-Encoding: chunked"
LENGTHS = (*rb"-1|+5|0x10|5, 5|5,6|1e3|| 5 5|00005".split(b"|"), b"9" * 40, b"\xb2", b"5\x00")
CODINGS = b"Chunked|chunked, chunked|identity|gzip, chunked|chunked, gzip|xchunked|\x0bchunked".split(b"|")
CHUNKS = {
    "in order": b"1c\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "with an extension": b"1c;a=b;" + b"c" * 500 + b"\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "with trailers": b"1c\r\n" + EVENT + b"\r\n0\r\nX-Forged: 1\r\nContent-Length: 9\r\n\r\n",
    "of a byte": b"".join(b"1\r\n%c\r\n" % byte for byte in EVENT) + b"0\r\n\r\n",
    "that is negative": b"-1\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "with a prefix": b"0x1c\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "with an underscore": b"1_c\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "without end": b"ffffffffffffffff\r\n" + EVENT,
    "that never comes": b"1c\r\n",
    "without a size": b"\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "of nonsense": b"zz\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "longer than it says": b"5\r\n" + EVENT + b"\r\n0\r\n\r\n",
    "with line feeds alone": b"1c\n" + EVENT + b"\n0\n\n",
    "with another request behind": b"0\r\n\r\nGET /forged HTTP/1.1\r\nHost: x\r\n\r\n",
}
FIRST_LINES = (
    b"GET",
    b"GET /healthz",
    b"GET  /healthz  HTTP/1.1",
    b"GET /healthz HTTP/0.9",
    b"GET /healthz HTTP/1.0",
    b"GET /healthz HTTP/9.9",
    b"GET /healthz HTTP/1.1 " + LINE,
    b"GET\t/healthz\tHTTP/1.1",
    b"GET /healthz\x00 HTTP/1.1",
    b"GET /health\xffz HTTP/1.1",
    b"get /healthz HTTP/1.1",
    b"FORGED /healthz HTTP/1.1",
    b"TRACE / HTTP/1.1",
    b"CONNECT forged.test:443 HTTP/1.1",
    b"PRI * HTTP/2.0",
    b"X" * 5_000 + b" / HTTP/1.1",
    b"GET /" + b"x" * 5_000 + b" HTTP/1.1",
    b"GET /healthz HTTP/1.1\r\n\r\n" + LINE,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\x00" * 100,
    LINE,
)
HEADER_LINES = (
    b"Host: a\r\nHost: b",
    b"X-Forged: a\r\n continued",
    b" X-Forged: a",
    b"X Forged: a",
    b"X-Forged : a",
    b"X_Forged: a",
    b"X-Forged",
    b": a",
    b"X-Forged: a\x00b",
    b"X-Forged: a\nX-Other: b",
    b"X-Forged: a\rX-Other: b",
    b"X-F\xffrged: a",
    b"X-Forged: " + b"a" * 9_000,
    b"X" * 9_000 + b": a",
    b"\r\n".join(b"X-%d: a" % number for number in range(150)),
    b"X-Forged: \r\n" + LINE,
    b"Cookie: " + b"a=b;" * 2_500,
    b"Expect: 100-continue",
    b"Connection: close, forged, keep-alive",
    b"Connection: Authorization",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
)


def framing(poster: Route) -> Iterator[Case]:
    """Around a post, and around next to nothing."""
    head = poster.in_good_faith().split(b"\r\nContent-Length")[0]
    for length in LENGTHS:
        yield Case(f"a length of {length!r}", b"%s\r\nContent-Length: %s\r\n\r\n%s" % (head, length, EVENT))
        both = b"%s\r\nContent-Length: 28\r\nContent-Length: %s\r\n\r\n%s" % (head, length, EVENT)
        yield Case(f"a length of 28 and one of {length!r}", both)
        mixed = b"%s\r\nContent-Length: %s\r\n%s\r\n\r\n%s" % (head, length, CHUNKED, CHUNKS["in order"])
        yield Case(f"a length of {length!r}, and chunks", mixed)
    for coding in CODINGS:
        raw = b"%s\r\nTransfer-Encoding: %s\r\n\r\n%s" % (head, coding, CHUNKS["in order"])
        yield Case(f"a coding of {coding!r}", raw)
    for what, chunks in CHUNKS.items():
        yield Case(f"chunks {what}", b"%s\r\n%s\r\n\r\n%s" % (head, CHUNKED, chunks))
    yield Case("a body shorter than it says", b"%s\r\nContent-Length: 999\r\n\r\n%s" % (head, EVENT))
    yield Case("a body longer than it says", b"%s\r\nContent-Length: 5\r\n\r\n%s" % (head, EVENT))
    yield Case("a head that does not end", head)
    for line in FIRST_LINES:
        yield Case(f"a first line of {line[:40]!r}", line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    for line in HEADER_LINES:
        yield Case(
            f"a header line of {line[:40]!r}",
            b"%s\r\n%s\r\nContent-Length: 28\r\n\r\n%s" % (head, line, EVENT),
        )
    yield Case("nothing at all", b"")
    yield Case("line ends", b"\r\n" * 200)
