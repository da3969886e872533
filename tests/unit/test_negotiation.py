"""Event stream, JSON or neither: what the media ranges of an `Accept` header lead to."""

import pytest
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app.domain.negotiation import Format, choose_format

STREAM = [
    "text/event-stream",
    "TEXT/Event-Stream",
    "text/event-stream;charset=utf-8",
    "text/event-stream; charset=UTF-8; q=0.5, */*",
    "text/event-stream, application/json",
    "application/json;q=0.9, text/event-stream;q=0.9",
    "application/json;charset=utf-8;q=0.5, text/event-stream;q=0.6",
    "text/html, text/event-stream;q=0.1",
    "text/event-stream;q=0.001, */*;q=1",
]
JSON = [
    "",
    "*/*",
    "text/*",
    "application/*",
    "application/json",
    "Application/JSON;charset=utf-8",
    "text/event-stream;q=0.1, application/json",
    "application/json, text/event-stream;q=0.9",
    "application/*, text/event-stream;q=0.9",
    "application/json;v=1;q=0.2, application/json;q=0.9, text/event-stream;q=0.5",
    "text/event-stream;q=0",
    "text/event-stream;q=0, */*",
    "text/html, */*;q=0.1",
    "text/event-stream;q=x",
]
NEITHER = [
    "application/xml",
    "text/html",
    "application/json;q=0",
    "application/json;q=0, */*",
    "*/*;q=0",
    "text/event-stream;q=0, application/json;q=0",
    "text/event-streamx",
]


@pytest.mark.parametrize(
    ("expected", "headers"), [(Format.STREAM, STREAM), (Format.JSON, JSON), (None, NEITHER)]
)
def test_accept_header_decides_the_format(expected, headers):
    found = {header: choose_format(parse_accept_header(header, MIMEAccept)) for header in headers}
    assert found == dict.fromkeys(headers, expected)
