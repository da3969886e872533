"""`GET …/analytics/changes`: what changed since the compared range, in parts that add up to the difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import Blueprint, Response
from marshmallow import ValidationError, fields
from marshmallow.validate import OneOf
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.auth.event_filters import load_filters
from app.domain.change_words import ChangeWords
from app.domain.changes import PartChange, part_changes
from app.domain.comparison import COMPARISONS, NONE, PREVIOUS
from app.domain.ranking import by_change
from app.domain.scopes import READ
from app.errors import InvalidInput, TooCostly
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.response_schema import respond
from app.insights.breakdown import counts
from app.insights.breakdown.counts import BY, USER
from app.insights.breakdown.parameters import CountQuery, check_selection, limit_of, selection_of
from app.insights.breakdown.people import names_of
from app.insights.breakdown.responses import count_meta
from app.insights.changes.responses import Changes

blueprint = Blueprint("changes", __name__)
EARLIER = tuple(name for name in COMPARISONS if name != NONE)


class DimensionsField(fields.Field[tuple[str, ...]]):
    """Dimensions of a breakdown, joined by commas."""

    json_schema: ClassVar = {"type": "string", "pattern": f"^({'|'.join(BY)})(,({'|'.join(BY)}))*$"}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(value.split(",")))
        if not set(names) <= set(BY):
            raise ValidationError(f"Must be some of: {', '.join(BY)}.")
        return names


class ChangesQuery(CountQuery):
    """What has changed, since when, and by what."""

    compare = fields.String(
        load_default=PREVIOUS,
        validate=OneOf(EARLIER, error=f"Must be one of: {', '.join(EARLIER)}."),
        metadata={"description": "With the range just before, or the same times of a day or week earlier."},
    )
    by = DimensionsField(
        load_default=BY, metadata={"description": "Which dimensions, joined by commas; all unless given."}
    )


@blueprint.get(f"{ANALYTICS}/changes")
@described(answers=Changes, parameters=ChangesQuery, refuses=(InvalidInput, TooCostly, *heavy_reads.REFUSES))
@for_members(scope=READ)
def read_changes(access: Access) -> Response:
    """What changed since the compared range: by type, channel, user and hour, and in words."""
    query = load_filters(ChangesQuery(zone=access.timezone), access)
    # Not the query string: of `me` each user has an own answer.
    data, meta = heavy_reads.run(
        access, lambda connection: _read(connection, access, query), tuple(query.items())
    )
    return respond(Changes, data=data, meta=meta)


def _read(
    connection: Connection, access: Access, query: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    now = datetime.now(UTC)
    selection = selection_of(query, access, now)
    connection.exec_driver_sql(counts.READ_ONLY)
    check_selection(connection, selection, query["by"])
    rankings = {
        by: counts.count_parts(connection, selection, by, limit_of(query, by), by_change)
        for by in query["by"]
    }
    has_sums = selection.present.has_sums
    total = counts.total_count(connection, selection) if has_sums else rankings[query["by"][0]].total
    by = {name: part_changes(ranking, total) for name, ranking in rankings.items()}
    names = names_of(connection, [part.key for part in by.get(USER, ()) if part.key])
    since, until = selection.present.time_range.since, selection.until or now
    words = ChangeWords(selection.present.metric, since, until, selection.zone, selection.compare, names)
    data = {
        "value": total.count,
        "base": total.previous,
        "difference": total.change,
        "by": {name: [_part(part, name, names) for part in parts] for name, parts in by.items()},
        "words": words.sentences(total, by),
    }
    return data, count_meta(selection, now)


def _part(part: PartChange, by: str, names: Mapping[str, str]) -> dict[str, Any]:
    about: dict[str, Any] = {}
    if by == USER and part.key:
        about["name"] = names.get(part.key)
    if part.keys is not None:
        about["other_keys"] = part.keys
    return about | {
        "part": part.kind,
        "key": part.key,
        "value": part.tally.count,
        "base": part.tally.previous,
        "difference": part.tally.change,
        "share": part.share,
        "surprise": part.surprise,
        "mark": part.mark,
    }
