"""What presence line and feed say before a script has run: in words and order as the script writes them.

It is made from the page's data. Without it the largest paint waits for the script, and a browser without
JavaScript shows an empty feed.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.dashboard.type_hue import type_hue

MAX_ROWS = 20  # of the feed: a screen's height
MAX_NAMES = 8
SHORT_ID = 8  # characters


class EventRow(NamedTuple):
    """An event: `time` is 12:04:05 in the workspace's zone, `who` a name or part of an id, `where` #general."""

    time: str
    iso: str
    type: str
    hue: int
    who: str
    is_named: bool
    where: str


def online_text(presence: Mapping[str, Any]) -> str:
    """`Online now: Mika, Olivia and 3 more`, by name, so that a refresh moves none of them."""
    names = sorted((user["name"] for user in presence["online"][:MAX_NAMES]), key=_sort_key)
    more = presence["onlineUsers"] - len(names)
    if not names and not more:
        return "Nobody has been active in the last 5 minutes"
    last = f"{more} more" if more > 0 else names.pop()
    return f"Online now: {', '.join(names)} and {last}" if names else f"Online now: {last}"


def _sort_key(name: str) -> str:
    return unicodedata.normalize("NFKD", name).lower()


def first_rows(page: Mapping[str, Any]) -> list[EventRow]:
    """The latest events of today of a page's data (`dashboard_data`), the newest first.

    Those of other days come below a line with their day, which the script writes the reader's way.
    """
    zone, members = ZoneInfo(page["workspace"]["timezone"]), page["members"]
    today = datetime.now(zone).date()
    latest = [(_local(event, zone), event) for event in reversed(page["events"][-MAX_ROWS:])]
    return [
        _row(event, at, members)
        for at, event in itertools.takewhile(lambda one: one[0].date() == today, latest)
    ]


def _local(event: Mapping[str, str], zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(event["timestamp"]).astimezone(zone)


def _row(event: Mapping[str, str], at: datetime, members: Mapping[str, str]) -> EventRow:
    who = event["userId"]
    return EventRow(
        time=f"{at:%H:%M:%S}",
        iso=event["timestamp"],
        type=event["eventType"],
        hue=type_hue(event["eventType"]),
        who=members.get(who, who[:SHORT_ID]),
        is_named=who in members,
        where=_where(event),
    )


def _where(event: Mapping[str, str]) -> str:
    if "channelId" in event:
        return f"#{event['channelId']}"
    return event.get("taskId") or event.get("orchestratorId", "")
