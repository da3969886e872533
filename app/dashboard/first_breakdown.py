"""The breakdown that a dashboard is rendered with: types of the last hour, so that its panel is never blank."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from app.auth.access import Access
from app.dashboard.type_hue import type_hue
from app.domain.instants import iso, minute_of
from app.extensions import db
from app.insights.breakdown.responses import Breakdown
from app.insights.breakdown.routes import BreakdownQuery, read_breakdown

# Parameters of the page that make its panel show something else, which its script reads.
OTHERWISE = {"range", "since", "until", "compare", "before", "type", "user", "channel"}
MAX_PARTS = "50"  # as breakdown-panel.js asks for
RESPONSES = Breakdown()


def first_breakdown(access: Access, parameters: Collection[str]) -> dict[str, Any] | None:
    """The response of the API that the page's script would get first; None if it shows another range or filter."""
    if OTHERWISE & set(parameters):
        return None
    since = minute_of(datetime.now(UTC)) - timedelta(minutes=59)
    query = BreakdownQuery().load({"by": "type", "since": iso(since), "limit": MAX_PARTS})
    with db.engine.connect() as connection:
        data, meta = read_breakdown(connection, access, query)
    response: dict[str, Any] = RESPONSES.dump({"data": data, "meta": meta})
    return response


def rows_of(breakdown: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The rows of a breakdown by type: `key`, `count`, `hue`, and `share`, the percentage of the largest."""
    parts = breakdown["data"]["top"] if breakdown else []
    most = max((part["count"] for part in parts), default=1)
    return [
        {
            "key": part["key"],
            "count": part["count"],
            "hue": type_hue(part["key"]),
            "share": round(100 * part["count"] / most, 2),
        }
        for part in parts
    ]
