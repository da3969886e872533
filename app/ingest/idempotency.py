"""The Idempotency-Key header: makes a retry harmless for a client that gives its events no ids of their own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request

from app.domain.ids import uuid7
from app.domain.instants import epoch_ms
from app.errors import InvalidEvent
from app.ingest.schema import IDEMPOTENCY_KEY as HEADER
from app.ingest.schema import VISIBLE

LONGEST = 128  # of an event id, characters
LONGEST_FOR_BATCH = LONGEST - len(":999")


def identify(fields: dict[str, Any], now: datetime) -> None:
    """Give a single event its id: its own, else the header's, else a new UUIDv7."""
    key, given = _key(LONGEST), fields["event_id"]
    if given and key and given != key:
        raise _refusal("eventId", f"Differs from the {HEADER} header.")
    fields["event_id"] = given or key or _new_id(now)


def identify_all(batch: Sequence[dict[str, Any]], now: datetime) -> None:
    """Give the events of a batch their ids: their own, else `<key>:<index>`, else a new UUIDv7.

    With a key, the size of the batch counts as content too: the same key with more or fewer events is not a
    retry, and must not store the rest as if they were new.
    """
    key = _key(LONGEST_FOR_BATCH)
    for index, fields in enumerate(batch):
        if fields["event_id"]:
            continue
        if key:
            fields["event_id"], fields["batch_size"] = f"{key}:{index}", len(batch)
        else:
            fields["event_id"] = _new_id(now)


def _key(longest: int) -> str | None:
    key = request.environ.get("HTTP_IDEMPOTENCY_KEY")  # which is four times as fast as to ask its `headers`
    if key is not None and (len(key) > longest or not VISIBLE.fullmatch(key)):
        raise _refusal(HEADER, f"Must be 1 to {longest} visible ASCII characters.")
    return key


def _new_id(now: datetime) -> str:
    return uuid7(epoch_ms(now), secrets.token_bytes(10))


def _refusal(field: str, message: str) -> InvalidEvent:
    return InvalidEvent(f"{field}: {message}", errors={field: [message]})
