"""The body of a request: read within a limit, as strict JSON."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain import strict_json
from app.errors import InvalidJson, PayloadTooLarge, UnsupportedType


def read_json(limit: int) -> object:
    """The JSON value of this request's body of at most `limit` bytes.

    Raises UnsupportedType, PayloadTooLarge or InvalidJson. The value may still hold what cannot be
    stored (NaN, null characters, great depth): `strict_json.faults` names that by field.
    """
    if request.mimetype != "application/json":
        raise UnsupportedType("Send the body with Content-Type: application/json.")
    try:
        return strict_json.parse(read_body(limit))
    except strict_json.JsonError as error:
        raise InvalidJson(f"{error}.") from None


def read_body(limit: int) -> bytes:
    """This request's whole body; PayloadTooLarge beyond `limit` bytes, declared or chunked."""
    # One byte more than allowed: Werkzeug cuts a body without Content-Length at its maximum, silently.
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    if body is None or len(body) > limit:
        raise PayloadTooLarge(f"The body may have at most {limit} bytes.")
    if request.content_length not in (None, len(body)):
        raise InvalidJson("The body ended before its Content-Length.")  # the client left half-way
    return body
