"""Hostile heads: every header that something reads, with everything that it should not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hostile.case import Case
from hostile.routes import Route
from hostile.texts import TEXTS

# Read by our code, Flask, Werkzeug, Flask-Login, gunicorn, or not at all.
NAMES: dict[str, Sequence[bytes | str]] = {
    "Host": ["", "forged.test", "a b", "[::1", "pulse.test:99999", "pulse.test:x", "@", "x" * 300, "\xff"],
    "Origin": ["null", "", "https://forged.test", "https://pulse.test.forged.test", "file://", "http://[::1"],
    "Sec-Fetch-Site": ["cross-site", "same-origin, cross-site", "", "NONE", "x" * 5_000],
    "Referer": ["http://[", "javascript:alert(1)"],
    "Cookie": [
        "pulse_session=",
        "pulse_session=.eJwNwg.x.y",
        "pulse_session=" + "x" * 7_000,
        'pulse_session="\\000\\012\\377"',
        "pulse_session=a; pulse_session=b; pulse_session=c",
        "pulse_session=eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb",
        "remember_token=1|x; \n=x",
        "__Host-pulse_session=x; __Secure-session=y",
        ";" * 500,
        "=; ==; a",
        "pulse_session=\xff\xfe",
    ],
    "Authorization": [
        "Bearer",
        "Bearer ",
        "Bearer \x00",
        "Bearer a b c",
        "Bearer pulse_" + "x" * 43,
        "Bearer " + "x" * 7_000,
        "Bearer \xff\xfe",
        "bearer\tx",
        "Basic Og==",
        "Basic !!!",
        "Digest username=x",
        "Negotiate",
    ],
    "Last-Event-ID": [
        "0",
        "a1b2c3d4-",
        "a1b2c3d4--1",
        "a1b2c3d4-9223372036854775807",
        "a1b2c3d4-9223372036854775808",
        "a1b2c3d4-" + "9" * 4_000,
        "A1B2C3D4-1",
        "a1b2c3d4-1 ",
        "a1b2c3d4-01",
        "a1b2c3d4-\u0661".encode(),
        "a1b2c3d4-1\x00",
        "00000000-0, 00000000-1",
    ],
    "Idempotency-Key": ["", " ", "x" * 129, "x" * 5_000, "a b", "\xe9"],
    "Accept": [
        "",
        "text/event-stream;q=0",
        "text/event-stream;q=NaN",
        "text/event-stream;q=1e999",
        "text/event-stream;q=-1, */*;q=\x7f",
        "*/*;q=" + "9" * 3_000,
        "text/html," * 500,
        "TEXT/EVENT-STREAM",
        "/",
    ],
    "Accept-Encoding": ["gzip;q=NaN", "identity;q=0, *;q=0", "x" * 5_000],
    "Accept-Language": ["*;q=1e999", "-" * 2_000],
    "Accept-Charset": ["utf-7;q=2"],
    "Content-Type": ["application/json", "text/event-stream", "multipart/mixed; boundary=" + "b" * 300],
    "X-Forwarded-For": [
        "127.0.0.1",
        "::1%eth0",
        "[::1]:80",
        "unknown",
        ",",
        "1.2.3.4" * 500,
        "a, b, c",
        "\xff",
    ],
    "X-Forwarded-Proto": ["https", "javascript", "https, http", "", "\xff"],
    "X-Forwarded-Host": ["forged.test"],
    "X-Forwarded-Port": ["x"],
    "X-Forwarded-Prefix": ["/../.."],
    "Forwarded": ["for=forged", 'for="[::1]:x";proto=javascript;host=forged.test'],
    "X-Request-ID": ["of-the-proxy-1", "a b c d e f", "x" * 65, "\xff" * 20, "semi;colon-colon"],
    "User-Agent": ["", "x" * 7_000, "Mozilla/5.0 (" + "(" * 1_000],
    "If-None-Match": ["*", '"', 'W/"' + "x" * 5_000, "a, b, c"],
    "If-Modified-Since": ["yesterday", "Thu, 01 Jan 0000 00:00:00 GMT", "Thu, 32 Foo 99999 25:61:61 GMT"],
    "If-Range": ['"x"'],
    "Range": ["bytes=0-0", "bytes=-1", "bytes=9-1", "bytes=0-0,1-1,2-2", "bytes=" + "0-1," * 500, "x=1"],
    "Upgrade": ["websocket", "h2c", "TLS/1.3"],
    "Expect": ["200-ok", "100-continue, x"],
    "TE": ["trailers, deflate;q=NaN"],
    "Max-Forwards": ["-1"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Original-URL": ["/api/auth/me"],
    "Proxy": ["http://forged.test"],
}
# A line end would end the header: what comes of those is framing's matter.
HARMLESS_TO_FRAMING = {name: text for name, text in TEXTS.items() if not re.search(rb"[\r\n\x00]", text)}


def heads(asked: list[Route]) -> Iterator[Case]:
    """Each of the headers, to each of these routes."""
    for route in asked:
        for name, values in NAMES.items():
            for value in values:
                yield _case(route, name, repr(value[:40]), value)
    # Texts of all kinds, to one route a header: the values above are those with a history.
    for place, name in enumerate(NAMES):
        route = asked[place % len(asked)]
        for what, text in HARMLESS_TO_FRAMING.items():
            yield _case(route, name, what, text)


def _case(route: Route, name: str, what: str, value: bytes | str) -> Case:
    # Beside a token a cookie is ignored.
    kept = {} if name == "Cookie" else route.headers
    given = {key: text for key, text in kept.items() if key != name}
    asked = Route(route.method, route.rule, given)
    body = b'{"eventType": "user.active"}' if route.method == "POST" else None
    headers = {"Content-Type": "application/json"} if body else {}
    what = f"{route.method} {route.rule}: {name} is {what}"
    return Case(what, asked.asked(headers=headers | {name: value}, body=body))
