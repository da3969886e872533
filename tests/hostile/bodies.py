"""Hostile bodies: every field of what a route takes, and the body itself in forms that are none."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

from hostile.case import Case
from hostile.routes import Route
from hostile.texts import LINE, SCRIPT, VALUES

HOLE = "the hostile value stands here"
JSON = {"Content-Type": "application/json"}
EVERY_FOURTH = 4  # where each takes long

WHOLE: dict[str, bytes] = {
    "nothing": b"",
    "a null byte": b"\x00",
    "half an object": b'{"eventType": "message.sent"',
    "two values": b"{} {}",
    "a comment": b"{/* x */}",
    "single quotes": b"{'eventType': 'user.active'}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"eventType": "user.active"}'.encode("utf-16"),
    "UTF-32": b"{}".decode().encode("utf-32"),
    "UTF-7": b"+AHsAfQ-",
    "latin-1": '{"eventType": "é"}'.encode("latin-1"),
    "gzip": gzip.compress(b'{"eventType": "user.active"}'),
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "a form": b"eventType=user.active&eventData=" + SCRIPT,
    "a form of a thousand fields": b"&".join(b"k%d=v" % number for number in range(1_000)),
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94.",
    "lines": LINE + b"\n" + LINE + b"\n\n\r\n" + b"\x00\n",
    "an open bracket a thousand times": b"[" * 1_000,
    "blanks": b" " * 70_000,
}
TYPES = {
    "none": "",
    "two": "application/json, text/plain",
    "one with a line end escaped": "application/json; charset=\\r\\n",
    "another charset": "application/json; charset=utf-16",
    "a charset that is none": "application/json; charset=\x80'\"",
    "a parameter without end": "application/json; " + "a=b;" * 500,
    "a continued parameter": "application/json; a*0=x; a*1*=utf-8''%00; a*99999999=y",
    "a form": "application/x-www-form-urlencoded",
    "a form in parts": "multipart/form-data; boundary=x",
    "a form in parts without a boundary": "multipart/form-data",
    "a form in parts of nothing": 'multipart/form-data; boundary=""',
    "lines": "application/x-ndjson",
    "nonsense": "/;=,\x01",
    "a script": SCRIPT.decode(),
}
PARTS = b'--x\r\nContent-Disposition: form-data; name="email"; filename="../x"\r\n\r\n\x00\r\n--x--\r\n'


def bodies(routes: list[Route]) -> Iterator[Case]:
    """For every route that changes something."""
    for route in routes:
        if route.method not in ("GET", "DELETE"):
            yield from _fields(route)
            yield from _wholes(route)
            yield from _types(route)


def _fields(route: Route) -> Iterator[Case]:
    step = EVERY_FOURTH if route.is_slow else 1
    for where, template in _holed(route.body):
        before, after = json.dumps(template).encode().split(json.dumps(HOLE).encode())
        for name, value in list(VALUES.items())[::step]:
            what = f"{route.method} {route.rule}: {where} is {name}"
            yield Case(what, route.asked(headers=JSON, body=before + value + after))


def _holed(body: Any) -> Iterator[tuple[str, Any]]:
    """The body once for each of its values, with that one replaced by the hole."""
    yield "the body", HOLE
    if isinstance(body, dict):
        for key in body:
            for where, inner in _holed(body[key]):
                yield f"{key}, {where}", body | {key: inner}
        yield "an unknown field", body | {"forged": HOLE}
    elif isinstance(body, list):
        for where, inner in _holed(body[0]):
            yield f"first, {where}", [inner, *body[1:]]


def _wholes(route: Route) -> Iterator[Case]:
    for name, body in WHOLE.items():
        what = f"{route.method} {route.rule}: the body is {name}"
        yield Case(what, route.asked(headers=JSON, body=body))
        if route.rule.endswith("/batch"):
            lines = {"Content-Type": "application/x-ndjson"}
            yield Case(f"{what}, as lines", route.asked(headers=lines, body=body))


def _types(route: Route) -> Iterator[Case]:
    for name, kind in TYPES.items():
        body = PARTS if kind.startswith("multipart") else b'{"eventType": "user.active"}'
        yield Case(
            f"{route.method} {route.rule}: the type is {name}",
            route.asked(headers={"Content-Type": kind}, body=body),
        )
    for coding in ("gzip", "deflate, gzip", "br", "identity;q=0", "x" * 200):
        yield Case(
            f"{route.method} {route.rule}: the coding is {coding[:20]}",
            route.asked(headers=JSON | {"Content-Encoding": coding}, body=WHOLE["gzip"]),
        )
