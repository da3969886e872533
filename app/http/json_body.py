"""The body of a request: read within a limit, and as strict JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO, TypeVar

from flask import request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length

from app.domain import strict_json
from app.domain.client_address import client_network
from app.errors import BodyTooSlow, CompressedBody, InvalidJson, PayloadTooLarge, Unavailable, UnsupportedType
from app.http.body_limits import body_reads

T = TypeVar("T")
JSON = "application/json"


def read_json(limit: int, admit: Callable[[int], object] = bool) -> object:
    """The JSON value of this request's body of at most `limit` bytes; `admit` is called with their number.

    Raises UnsupportedType, PayloadTooLarge or InvalidJson. The value may still hold what cannot be
    stored (NaN, null characters, great depth): `strict_json.faults` names that by field.
    """
    # Nearly always the header needs no parsing.
    if request.environ.get("CONTENT_TYPE") != JSON and request.mimetype != JSON:
        raise UnsupportedType("Send the body with Content-Type: application/json.")
    try:
        body = read_body(limit)
        admit(len(body))
        return strict_json.parse(body)
    except strict_json.JsonError as error:
        raise InvalidJson(f"{error}.") from None


def read_body(limit: int) -> bytes:
    """This request's whole body, within PULSE_BODY_TIMEOUT; `limit` is bytes, declared or chunked.

    Raises PayloadTooLarge, CompressedBody, BodyTooSlow or Unavailable.
    """
    environ = request.environ
    declared = get_content_length(environ)
    if declared is None:
        return _read_chunked(limit)
    if declared > limit:
        raise _too_large(limit)
    # From the server in one piece: Werkzeug reads through a stream of its own, in three times the time.
    stream: BinaryIO = environ["wsgi.input"]
    body = _from_client(lambda: stream.read(declared))
    if len(body) != declared:
        raise BadRequest  # the client left half-way: half a batch must not pass for a whole one
    return body


def read_form(limit: int) -> Mapping[str, str]:
    """The fields of this request's form; PayloadTooLarge beyond `limit` bytes."""
    return _within(limit, lambda: request.form)


def _read_chunked(limit: int) -> bytes:
    # One byte more than allowed: Werkzeug cuts a body without Content-Length at its maximum, silently.
    body = _within(limit, lambda: request.get_data(cache=False), margin=1)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _within(limit: int, read: Callable[[], T], margin: int = 0) -> T:
    request.max_content_length = limit + margin
    try:
        return _from_client(read)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None


def _from_client(read: Callable[[], T]) -> T:
    _refuse_compressed()
    try:
        return body_reads().run(client_network(request.remote_addr), read)
    except (HTTPException, BodyTooSlow, Unavailable):
        raise
    except Exception as error:  # what is wrong with chunks, each server says in its own way
        raise BadRequest from error


def _refuse_compressed() -> None:
    encoding = request.environ.get("HTTP_CONTENT_ENCODING", "")
    if encoding.strip().lower() not in ("", "identity"):
        raise CompressedBody("Leave Content-Encoding out: bodies are read as they come.")


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body may have at most {limit} bytes.")
