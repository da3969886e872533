"""What the API returns of breakdowns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from marshmallow import fields

from app.http.response_schema import Instant, ResponseSchema, list_of, nullable
from app.insights.breakdown.counts import ComparedSelection

COMPARED = ("previous", "change")  # only of a breakdown that is compared


class Part(ResponseSchema):
    """A part of a total; users come with their name."""

    optional: ClassVar = ("name", *COMPARED)

    key = fields.String()
    count = fields.Integer()
    name = nullable(fields.String())
    previous = fields.Integer(metadata={"description": "The same in the compared range."})
    change = fields.Integer(metadata={"description": "`count` less `previous`."})


class OtherParts(ResponseSchema):
    """All smaller parts together."""

    optional: ClassVar = COMPARED

    keys = fields.Integer()
    count = fields.Integer()
    previous = fields.Integer()
    change = fields.Integer()


class PreviousTotals(ResponseSchema):
    """What the compared range has beside the `previous` of parts: all of it adds up to `total`."""

    none = fields.Integer()
    forgotten = fields.Integer()
    total = fields.Integer()


class BreakdownData(ResponseSchema):
    """The parts; `top`, `other`, `none` and `forgotten` add up to `total`."""

    optional: ClassVar = COMPARED

    top = list_of(Part)
    other = fields.Nested(OtherParts)
    none = fields.Integer(metadata={"description": "What has no channel."})
    forgotten = fields.Integer(metadata={"description": "Events that were dropped since."})
    total = fields.Integer()
    previous = fields.Nested(PreviousTotals)
    change = fields.Integer(metadata={"description": "Of the total."})


class CountedRange(ResponseSchema):
    """A time range, from `since` (inclusive) to `until` (exclusive; null: no end)."""

    since = Instant()
    until = nullable(Instant())


class CountMeta(CountedRange):
    """The query that was answered: what was given of its filters, and the compared range."""

    optional: ClassVar = ("user", "channel", "compare", "compared")

    metric = fields.String()
    types = fields.List(fields.String())
    user = fields.String()
    channel = fields.String()
    compare = fields.String()
    compared = fields.Nested(CountedRange)
    timezone = fields.String()
    timestamp = Instant()


class BreakdownMeta(CountMeta):
    """The query that was answered."""

    by = fields.String()


class Breakdown(ResponseSchema):
    """The parts of a total."""

    data = fields.Nested(BreakdownData)
    meta = fields.Nested(BreakdownMeta)


def count_meta(selection: ComparedSelection, now: datetime) -> dict[str, Any]:
    """The `meta` of a count: filters that were not given are left out."""
    present, previous = selection.present, selection.previous
    given: dict[str, Any] = {"user": present.user_id, "channel": present.channel}
    if previous:
        given |= {"compare": selection.compare, "compared": previous.time_range}
    return {name: value for name, value in given.items() if value is not None} | {
        "metric": present.metric,
        "types": present.types,
        "since": present.time_range.since,
        "until": present.time_range.until,
        "timezone": selection.zone,
        "timestamp": now,
    }
