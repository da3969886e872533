"""What posting events answers."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.http.response_schema import ResponseSchema


class Accepted(ResponseSchema):
    """One event's receipt: it is committed."""

    optional: ClassVar = ("duplicate",)

    event_id = fields.String()
    seq = fields.Integer(metadata={"description": "Its number in the workspace: 1, 2, 3 … without gaps."})
    timestamp = fields.DateTime()
    duplicate = fields.Boolean(metadata={"description": "There, and true, when it had been posted before."})


class EventAccepted(Accepted):
    """The event is committed, numbered and counted."""

    success = fields.Boolean()
    message = fields.String()
    event_type = fields.String()
    notified = fields.Integer(metadata={"description": "Open streams of the workspace, on all workers."})


class BatchAccepted(ResponseSchema):
    """All of the events are committed."""

    success = fields.Boolean()
    message = fields.String()
    count = fields.Integer()
    duplicates = fields.Integer()
    events = fields.List(fields.Nested(Accepted), metadata={"description": "One for each event, in order."})
    notified = fields.Integer()
