"""What the API returns of explanations."""

from __future__ import annotations

from marshmallow import fields

from app.http.response_schema import Instant, JsonNumber, ResponseSchema, list_of, nullable
from app.http.shared_schemas import EventInLog
from app.insights.metrics.responses import MomentMeta


class ExplainedWindow(ResponseSchema):
    """The time range that a figure covers."""

    name = fields.String()
    words = fields.String()
    since = nullable(Instant())
    since_is_included = fields.Boolean()
    until = Instant()
    timezone = fields.String()


class TableRead(ResponseSchema):
    """A table that the figure's query reads."""

    table = fields.String()
    words = fields.String()
    rows = fields.Integer()


class Source(ResponseSchema):
    """Where a figure was read from."""

    from_ = fields.String(data_key="from", metadata={"enum": ["postgresql", "redis", "nothing"]})
    words = fields.String()
    read = list_of(TableRead)


class CountedEvent(EventInLog):
    """An event that counts towards the figure."""


class Explained(ResponseSchema):
    """A metric's definition, window, value and source."""

    metric = fields.String()
    unit = fields.String()
    meaning = fields.String()
    window = fields.Nested(ExplainedWindow)
    value = fields.Raw(metadata={"type": ["number", "object", "null"]})
    stale = nullable(JsonNumber(metadata={"description": "Seconds since the value was known."}))
    paused_because = nullable(fields.String())
    source = fields.Nested(Source)
    events = fields.List(fields.Nested(CountedEvent), metadata={"description": "The last ten."})
    events_are_all = fields.Boolean()


class ExplainMeta(MomentMeta):
    """The moment and the log position of the figure."""

    age_seconds = JsonNumber()
    last_event_id = fields.String()


class Explanation(ResponseSchema):
    """The explanation of a figure."""

    data = fields.Nested(Explained)
    meta = fields.Nested(ExplainMeta)
