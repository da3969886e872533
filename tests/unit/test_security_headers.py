"""A response leaves as Werkzeug makes it, with our security headers beside its own."""

from __future__ import annotations

import pytest
from flask import Response
from werkzeug.test import create_environ

from app.http.security_headers import ProtectedResponse, protected

ANSWERS = {
    "text": lambda make: make("some text"),
    "nothing": lambda make: make(""),
    "bytes": lambda make: make(b"\x00\xff", mimetype="application/octet-stream"),
    "JSON": lambda make: make('{"a":1}\n', content_type="application/json"),
    "in pieces": lambda make: make([b"one", b"two"]),
    "in texts": lambda make: make(["é", "è"]),
    "a generator": lambda make: make(piece for piece in (b"one", b"two")),
    "created": lambda make: make("made", 201, {"Location": "/there"}),
    "no content": lambda make: make("", 204),
    "not modified": lambda make: make("", 304),
    "a problem": lambda make: make("no", 404, {"Cache-Control": "no-store"}),
    "a page": lambda make: make("<p>", mimetype="text/html"),
}


def sent(response: Response, method: str) -> tuple[bytes, str, list]:
    body, status, headers = response.get_wsgi_response(create_environ(method=method))
    return b"".join(body), status, sorted(headers)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_response_gets_security_headers(answer, method):
    body, status, headers = sent(answer(Response), method)
    if status.startswith("204"):  # Flask gives it a type, though there is no body
        headers.remove(("Content-Type", "text/html; charset=utf-8"))
    assert sent(answer(ProtectedResponse), method) == (body, status, sorted(protected(headers)))


def test_close_callbacks_run():
    done = []
    response = ProtectedResponse("text")
    response.call_on_close(lambda: done.append("closed"))
    body, _, _ = response.get_wsgi_response(create_environ())
    assert b"".join(body) == b"text"
    body.close()
    assert done == ["closed"]
