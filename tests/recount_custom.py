"""A naive recount of custom metrics, by reading every event of a workspace.

Like `recount`, it knows the definitions and nothing of the code: decimals, sorted lists and plain loops.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import recount
from sqlalchemy import Row

LENGTHS = {
    "5m": timedelta(minutes=5),
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
}
MISSING = object()


def custom(events: recount.Events, definition: Mapping[str, Any], now: datetime, zone: str) -> Any:
    """A custom metric's value at `now`, its definition being in the form that the API takes."""
    gone = {e.seq for e in recount.of_type(events, "message.sent")} - {
        e.seq for e in recount.standing_messages(events)
    }
    counted = [e for e in events if e.seq not in gone and _in_window(e, definition["window"], now, zone)]
    if definition["types"]:
        counted = recount.of_type(counted, *definition["types"])
    counted = [e for e in counted if all(_meets(e, condition) for condition in definition["where"])]
    return _aggregate(definition["aggregate"], definition["field"], counted)


def _in_window(event: Row, window: str, now: datetime, zone: str) -> bool:
    if window == "today":
        return event.occurred_at >= recount.start_of_day(now, zone)
    return event.occurred_at > now - LENGTHS[window]


def _meets(event: Row, condition: Mapping[str, Any]) -> bool:
    said, op, wanted = _said(event, condition["field"]), condition["op"], condition["value"]
    if op == "exists":
        return (said is not MISSING) == wanted
    if said is MISSING:
        return False
    if op in ("eq", "ne"):
        return _same(said, wanted) == (op == "eq")
    if op == "in":
        return any(_same(said, one) for one in wanted)
    if not _is_number(said):
        return False
    said, wanted = _exact(said), _exact(wanted)
    return {"lt": said < wanted, "lte": said <= wanted, "gt": said > wanted, "gte": said >= wanted}[op]


def _aggregate(aggregate: str, field: str | None, events: list[Row]) -> Any:
    if aggregate == "count":
        return len(events)
    if aggregate == "countDistinct":
        return len({_kind(value) for value in (_said(e, field) for e in events) if _is_scalar(value)})
    numbers = sorted(_exact(value) for value in (_said(e, field) for e in events) if _is_number(value))
    if aggregate == "sum":
        return float(sum(numbers))
    if not numbers:
        return None
    found = {
        "avg": sum(numbers) / len(numbers),
        "min": numbers[0],
        "max": numbers[-1],
        "p95": numbers[math.ceil(Decimal("0.95") * len(numbers)) - 1],
    }
    return float(found[aggregate])


def _said(event: Row, field: str) -> Any:
    if field == "userId":
        return str(event.user_id)
    if field == "sessionId":
        return MISSING if event.session_id is None else event.session_id
    value: Any = event.event_data
    for name in field.split(".")[1:]:
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool | int | float)


def _exact(number: float) -> Decimal:
    return Decimal(json.dumps(number))


def _same(one: Any, other: Any) -> bool:
    if _is_scalar(one) and _is_scalar(other):
        return _kind(one) == _kind(other)
    return False


def _kind(value: Any) -> tuple[str, Any]:
    """`True`, `1` and `"1"` are three values, `1` and `1.0` are one."""
    return ("number", _exact(value)) if _is_number(value) else (type(value).__name__, value)
