"""`GET …/analytics/breakdown`: the largest parts of a total, and how each has changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response
from marshmallow import fields
from marshmallow.validate import OneOf
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.auth.event_filters import load_filters
from app.domain.comparison import COMPARISONS, NONE
from app.domain.ranking import Ranking, Tally
from app.domain.scopes import READ
from app.errors import InvalidInput, TooCostly
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.response_schema import respond
from app.insights.breakdown import counts
from app.insights.breakdown.counts import BY, HOUR, USER
from app.insights.breakdown.parameters import CountQuery, check_selection, limit_of, selection_of
from app.insights.breakdown.people import names_of
from app.insights.breakdown.responses import Breakdown, count_meta

blueprint = Blueprint("breakdown", __name__)


class BreakdownQuery(CountQuery):
    """What to break down, by what, and what to compare it with."""

    by = fields.String(required=True, validate=OneOf(BY, error=f"Must be one of: {', '.join(BY)}."))
    compare = fields.String(
        load_default=NONE,
        validate=OneOf(COMPARISONS, error=f"Must be one of: {', '.join(COMPARISONS)}."),
        metadata={"description": "With the range just before, or the same times of a day or week earlier."},
    )


@blueprint.get(f"{ANALYTICS}/breakdown")
@described(
    answers=Breakdown, parameters=BreakdownQuery, refuses=(InvalidInput, TooCostly, *heavy_reads.REFUSES)
)
@for_members(scope=READ)
def breakdown(access: Access) -> Response:
    """The largest parts of the events in a time range, the rest as `other`, and the total."""
    query = load_filters(BreakdownQuery(zone=access.timezone), access)
    # Not the query string: of `me` each user has an own answer.
    data, meta = heavy_reads.run(
        access, lambda connection: read_breakdown(connection, access, query), tuple(query.items())
    )
    return respond(Breakdown, data=data, meta=meta)


def read_breakdown(
    connection: Connection, access: Access, query: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The `data` and `meta` of a query; raises TooCostly or InvalidInput."""
    now, by = datetime.now(UTC), query["by"]
    selection = selection_of(query, access, now)
    connection.exec_driver_sql(counts.READ_ONLY)
    check_selection(connection, selection, (by,))
    ranking = counts.count_parts(connection, selection, by, limit_of(query, by))
    total = counts.total_count(connection, selection) if selection.present.has_sums else ranking.total
    names = names_of(connection, [part.key for part in ranking.top]) if by == USER else {}
    data = _data(ranking, total, names, by, selection.previous is not None)
    return data, count_meta(selection, now) | {"by": by}


def _data(
    ranking: Ranking, total: Tally, names: Mapping[str, str], by: str, is_compared: bool
) -> dict[str, Any]:
    def told(tally: Tally) -> dict[str, int]:
        compared = {"previous": tally.previous, "change": tally.change} if is_compared else {}
        return {"count": tally.count} | compared

    top: list[dict[str, Any]] = [{"key": part.key} | told(part.tally) for part in ranking.top]
    if by == USER:
        top = [part | {"name": names.get(part["key"])} for part in top]
    if by == HOUR:
        top.sort(key=lambda part: datetime.fromisoformat(part["key"]))
    # Counted only in the sums: these events have passed their retention.
    forgotten = Tally(total.count - ranking.total.count, total.previous - ranking.total.previous)
    data = {
        "top": top,
        "other": {"keys": ranking.other_keys} | told(ranking.other),
        "none": ranking.none.count,
        "forgotten": forgotten.count,
        "total": total.count,
    }
    if not is_compared:
        return data
    previous = {
        "none": ranking.none.previous,
        "forgotten": forgotten.previous,
        "total": total.previous,
    }
    return data | {"previous": previous, "change": total.change}
