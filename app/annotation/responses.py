"""What the annotations API answers, and what the frame `annotation` of a stream holds."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.annotation.offering import AnnotationChange
from app.domain.annotation import DERIVED_KINDS, NOTE_KINDS
from app.http.response_schema import Instant, ResponseSchema, enum_of, list_of, nullable


class MarkedEvent(ResponseSchema):
    """The event behind a mark, with what it is about."""

    optional: ClassVar = ("channel_id", "task_id", "orchestrator_id")

    seq = fields.Integer()
    event_id = fields.String()
    event_type = fields.String()
    channel_id = fields.String()
    task_id = fields.String()
    orchestrator_id = fields.String()


class AnnotationSchema(ResponseSchema):
    """A note, or a mark derived from an event, or from a change of a custom metric or of the timezone."""

    optional: ClassVar = ("may_change", "metric", "event")

    id = nullable(fields.UUID(metadata={"description": "null: derived, so it cannot be changed."}))
    at = Instant()
    until = nullable(Instant(metadata={"description": "null: a moment."}))
    text = fields.String()
    url = nullable(fields.String())
    tags = fields.List(fields.String())
    kind = enum_of(*NOTE_KINDS, *DERIVED_KINDS)
    user_id = nullable(fields.UUID(metadata={"description": "Whose note or event it is."}))
    token_id = nullable(fields.UUID(metadata={"description": "The token that wrote it."}))
    may_change = fields.Boolean(metadata={"description": "Of a note: may it be changed by who asks?"})
    metric = fields.String(
        metadata={"description": "The metric whose chart it is about; else it is about all."}
    )
    event = fields.Nested(MarkedEvent)


class AnnotationsMeta(ResponseSchema):
    """The stretch of time, and whether all that is in it is listed."""

    since = Instant()
    until = nullable(Instant())
    timezone = fields.String()
    is_complete = fields.Boolean(
        metadata={"description": "Otherwise the latest 500 notes, 200 changes and 200 events are listed."}
    )


class AnnotationList(ResponseSchema):
    """Notes and derived marks, by time."""

    data = list_of(AnnotationSchema)
    meta = fields.Nested(AnnotationsMeta)


class OneAnnotation(ResponseSchema):
    """The note."""

    data = fields.Nested(AnnotationSchema)


class AnnotationFrame(ResponseSchema):
    """A note was made, changed or removed. It is offered: a stream that lags may miss it."""

    change = enum_of(*(str(change) for change in AnnotationChange))
    annotation = fields.Nested(AnnotationSchema)
