"""Parses posted values into events for the log, or refuses them with every validation error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request

from app.auth.access import Access
from app.auth.actors import UNKNOWN, users_behind
from app.domain.event import NewEvent
from app.domain.sender import stored_sender
from app.ingest.error_collector import ErrorCollector
from app.ingest.idempotency import assign_batch_ids, assign_event_id
from app.ingest.schema import load_event

MAX_EVENT = 64 * 1024  # bytes of JSON
ENVELOPE = 4 * 1024  # bytes at most that an event takes beside its data, each field being short


def parse_event(access: Access, value: object, now: datetime) -> NewEvent:
    """The event of a single post; raises InvalidEvent, MissingScope or Forbidden."""
    collector = ErrorCollector()
    loaded = _loaded(access, [value], now, collector)
    assign_event_id(loaded[0], now)
    return _events(access, loaded, collector)[0]


def parse_batch(access: Access, values: Sequence[object], now: datetime) -> list[NewEvent]:
    """The events of a batch, in order; raises InvalidEvent, MissingScope or Forbidden."""
    collector = ErrorCollector(len(values))
    loaded = _loaded(access, values, now, collector)
    assign_batch_ids(loaded, now)
    events = _events(access, loaded, collector)
    _check_sizes(values, events, collector)
    return events


def _loaded(
    access: Access, values: Sequence[object], now: datetime, collector: ErrorCollector
) -> list[dict[str, Any]]:
    found = []
    for index, value in enumerate(values):
        fields, errors = load_event(value, strict=access.strict, now=now)
        if errors:
            collector.add(index, errors)
        found.append(fields)
    collector.raise_if_any()
    return found


def _events(access: Access, loaded: Sequence[dict[str, Any]], collector: ErrorCollector) -> list[NewEvent]:
    actors = [fields.pop("actor") for fields in loaded]
    users = users_behind(access, set(actors))
    for index, actor in enumerate(actors):
        if actor not in users:
            collector.add(index, {"actor": [UNKNOWN]})
    collector.raise_if_any()
    # Few workspaces keep it, and `request.user_agent` would be parsed for every post.
    agent = request.environ.get("HTTP_USER_AGENT", "")
    sender = stored_sender(access.addresses, request.remote_addr, agent)
    return [
        NewEvent(workspace_id=access.workspace_id, user_id=users[actor], sender=sender, **fields)
        for actor, fields in zip(actors, loaded, strict=True)
    ]


def _check_sizes(values: Sequence[object], events: Sequence[NewEvent], collector: ErrorCollector) -> None:
    """What is too large to be posted alone is too large in a batch."""
    for index, (value, event) in enumerate(zip(values, events, strict=True)):
        # Nearly always the first condition decides; escaped text is longer than what it stands for.
        if len(event.data_json) > MAX_EVENT - ENVELOPE and len(_compact(value).encode()) > MAX_EVENT:
            collector.add(index, {"body": [f"Must be at most {MAX_EVENT} bytes of JSON."]})
    collector.raise_if_any()


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
