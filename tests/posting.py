"""What tests of the write side and of reading back share: paths, bodies and moments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.instants import iso

REALTIME = "/api/workspaces/acme/analytics/realtime"
BATCH = f"{REALTIME}/batch"
EVENTS = "/api/workspaces/acme/analytics/events"
NDJSON = "application/x-ndjson"


def ago(**span: float) -> str:
    """So long before now, as a client would write it."""
    return iso(datetime.now(UTC) - timedelta(**span))


def ndjson(*values: object) -> str:
    """A value a line."""
    return "".join(json.dumps(value) + "\n" for value in values)


def post_batch(client, *events: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """Post the events, which must succeed; the answer."""
    answer = client.post(BATCH, json={"events": events}, **options)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def stored_ids(sql) -> list[str]:
    """The event ids in the log, by number; the numbers must be 1, 2, 3 …"""
    rows = sql("SELECT seq, event_id FROM events ORDER BY seq")
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    return [row.event_id for row in rows]
