"""The choices in the form of a custom metric: aggregates, windows, operators; types and fields that were seen."""

from __future__ import annotations

from collections.abc import Sequence

from app.auth import heavy_reads
from app.auth.access import Access
from app.dashboard.metric_form import ABSENT
from app.domain.catalogue import CATALOGUE, is_well_formed
from app.domain.custom_metric import DATA, SESSION, USER
from app.events.data_fields import recent_fields
from app.events.types import recent_types

AGGREGATES = (
    ("count", "Number of events"),
    ("countDistinct", "Number of different values"),
    ("sum", "Sum"),
    ("avg", "Average"),
    ("min", "Lowest"),
    ("max", "Highest"),
    ("p95", "95th percentile"),
)
WINDOWS = (("5m", "5 min"), ("1h", "1 hour"), ("today", "Today"), ("24h", "24 hours"), ("7d", "7 days"))
OPERATORS = (
    ("eq", "is"),
    ("ne", "is not"),
    ("lt", "is below"),
    ("lte", "is at most"),
    ("gt", "is above"),
    ("gte", "is at least"),
    ("in", "is one of"),
    ("exists", "is there"),
    (ABSENT, "is not there"),
)


def seen_types(access: Access) -> Sequence[str]:
    """The types of events to suggest: those seen lately, or all that are known while the database is busy."""
    try:
        found, _ = recent_types(access)
    except heavy_reads.REFUSES:
        return tuple(CATALOGUE)
    seen = [each for each in (*found["known"], *found["custom"]) if each["count"]]
    return [each["event_type"] for each in sorted(seen, key=lambda each: -each["count"])]


def seen_fields(access: Access, types: Sequence[str]) -> Sequence[str]:
    """The fields to suggest: those that the latest events of these types had."""
    known = tuple(filter(is_well_formed, types))
    try:
        found = recent_fields(access, known) if known or not types else []
    except heavy_reads.REFUSES:
        found = []
    named = [each.name for each in found if each.kind not in ("object", "list")]
    return (*(f"{DATA}{name}" for name in named), USER, SESSION)
