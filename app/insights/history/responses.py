"""What the API returns of history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from marshmallow import fields

from app.domain.instants import iso
from app.http.response_schema import Instant, ResponseSchema, list_of
from app.insights.history.expected_band import BAND
from app.insights.metrics.responses import KIND, OVER_TIME


class NumberColumn(fields.List[Any]):
    """Numbers or null, sent as they are: one by one, 1,440 steps of a metric would take 2.6 ms to serialise."""

    def __init__(self, description: str = ""):
        about = {"description": description} if description else {}
        super().__init__(fields.Float(allow_none=True), metadata=about)

    def _serialize(
        self, value: Sequence[float | None] | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> list[Any] | None:
        return None if value is None else list(value)


class LocalInstant(fields.DateTime):
    """A moment by the clocks of its own timezone, with its offset; of UTC as every response writes it."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: object, **kwargs: Any) -> str | None:
        return None if value is None else local_iso(value)


def local_iso(moment: datetime) -> str:
    """`2025-12-06T13:00:00.000+01:00`; of UTC `2025-12-06T12:00:00.000Z`."""
    return iso(moment) if moment.tzinfo is UTC else moment.isoformat(timespec="milliseconds")


class Series(ResponseSchema):
    """The figures of a metric, one for each step; null where nothing was recorded."""

    optional: ClassVar = (*BAND, "learning", "definition_changed_at")

    metric = fields.String()
    unit = fields.String()
    kind = KIND
    definition_changed_at = Instant(
        metadata={"description": "Since when a custom metric means this, if it was changed."}
    )
    over_time = OVER_TIME
    value = NumberColumn("The one to draw.")
    min = NumberColumn()
    max = NumberColumn()
    mean = NumberColumn("Of levels; null for amounts.")
    last = NumberColumn()
    expected = NumberColumn("With `expected=1`: what the figure usually is at this time of the week.")
    low = NumberColumn("What is lower is out of the ordinary.")
    high = NumberColumn("What is higher is out of the ordinary.")
    weeks = fields.List(
        fields.Integer(), metadata={"description": "How many of the last six weeks are known of this time."}
    )
    learning = fields.Boolean(
        metadata={"description": "With `expected=1`: are less than three weeks known of every step?"}
    )


class HistoryData(ResponseSchema):
    """When each step begins, and the figures."""

    at = fields.List(LocalInstant())
    series = list_of(Series)


class HistoryMeta(ResponseSchema):
    """The time range and its steps."""

    since = LocalInstant()
    until = LocalInstant()
    step = fields.String()
    timezone = fields.String()
    points = fields.Integer()


class History(ResponseSchema):
    """Figures over a time range."""

    data = fields.Nested(HistoryData)
    meta = fields.Nested(HistoryMeta)
