"""The body of a batch, `{"events": […]}` or NDJSON with an event a line, as the values that it holds."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from marshmallow import ValidationError, fields

from app.domain import strict_json
from app.errors import InvalidEvent, InvalidJson, UnsupportedType
from app.http.json_body import read_body
from app.http.validation import StrictSchema, by_field

MAX_BODY = 1024 * 1024  # bytes
MAX_EVENTS = 1_000
EVENT = {"$ref": "#/components/schemas/Event"}  # in the API's description
NOT_A_LIST = "Must be a list of events."


def _check_size(events: object) -> None:
    if not isinstance(events, list):
        raise ValidationError(NOT_A_LIST)
    if not 1 <= len(events) <= MAX_EVENTS:
        raise ValidationError(f"Must hold 1 to {MAX_EVENTS} events, not {len(events)}.")


class BatchSchema(StrictSchema):
    """The envelope of a JSON batch; its events are looked at one by one later."""

    error_messages = {"type": 'Must be a JSON object: {"events": […]}.'}  # noqa: RUF012  # as marshmallow does

    events = fields.Raw(
        required=True,
        validate=_check_size,
        error_messages={"required": NOT_A_LIST, "null": NOT_A_LIST},
        metadata={"type": "array", "items": EVENT, "minItems": 1, "maxItems": MAX_EVENTS},
    )


BATCH_SCHEMA = BatchSchema()


def read_batch(admit: Callable[[int], object] = bool) -> list[object]:
    """The 1 to 1,000 values of this request's body, not yet checked to be events.

    `admit` is called with the number of bytes before they are parsed.
    Raises UnsupportedType, PayloadTooLarge, InvalidJson, or InvalidEvent for a wrong number of them.
    """
    read = READERS.get(request.mimetype)
    if read is None:
        raise UnsupportedType(f"Send the batch with Content-Type: {' or '.join(READERS)}.")
    try:
        body = read_body(MAX_BODY)
        admit(len(body))
        return read(body)
    except ValidationError as error:
        errors = by_field(error)
        place, messages = next(iter(errors.items()))
        raise InvalidEvent(f"{place}: {messages[0]}", errors=errors) from None


def _of_document(body: bytes) -> list[object]:
    try:
        value = strict_json.parse(body)
    except strict_json.JsonError as error:
        raise InvalidJson(f"{error}.") from None
    events: list[object] = BATCH_SCHEMA.load(value)["events"]
    return events


def _of_lines(body: bytes) -> list[object]:
    # Split at \n alone: other line ends that Python knows may stand in JSON text.
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    try:
        _check_size(lines)
    except ValidationError as error:
        raise ValidationError({"events": error.messages}) from None
    return [_of_line(number, line) for number, line in lines]


def _of_line(number: int, line: bytes) -> object:
    try:
        return strict_json.parse(line)
    except strict_json.JsonError as error:
        # The parser counts lines within what it was given, which is one line.
        raise InvalidJson(f"Line {number}: {error}.".replace(" at line 1 column", " at column")) from None


READERS: dict[str, Callable[[bytes], list[object]]] = {
    "application/json": _of_document,
    "application/x-ndjson": _of_lines,
}
