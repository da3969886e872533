"""The Idempotency-Key header: makes a retry harmless for a client that gives its events no ids of their own.

The IETF's draft has a quoted string there (an RFC 8941 item), whose content is the key; plain text is a key too.
Versions before took the quotes for a part of the key: ids stored in that form are looked up as well, so that a
retry across the upgrade is not stored twice. Ids are forgotten after three days: the next release drops this.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import request

from app.domain.ids import EVENT_ID, uuid7
from app.domain.instants import epoch_ms
from app.errors import InvalidEvent
from app.ingest.schema import IDEMPOTENCY_KEY as HEADER

MAX_ID_LENGTH = 128  # of an event id, characters
MAX_BATCH_KEY_LENGTH = MAX_ID_LENGTH - len(":999")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')  # an sf-string of RFC 8941
ESCAPED = re.compile(r'\\(["\\])')
# Servers join two headers by a comma; a semicolon begins a parameter.
SEPARATORS = re.compile("[,;]")
ONE_KEY = "Must be one key without parameters, in double quotes if it has a comma or a semicolon."


class IdempotencyKey(NamedTuple):
    """The header's key; `former` is what versions before took for it, where that differs."""

    text: str
    former: str | None


def assign_event_id(fields: dict[str, Any], now: datetime) -> None:
    """Give a single event its id: its own, else the header's, else a new UUIDv7."""
    key, given = _key(MAX_ID_LENGTH), fields["event_id"]
    if given and key and given not in key:
        raise _refusal("eventId", f"Differs from the {HEADER} header.")
    fields["event_id"] = given or (key.text if key else _new_id(now))
    if key and not given:
        fields["former_id"] = key.former


def assign_batch_ids(batch: Sequence[dict[str, Any]], now: datetime) -> None:
    """Give the events of a batch their ids: their own, else `<key>:<index>`, else a new UUIDv7.

    With a key, the size of the batch counts as content too: the same key with more or fewer events is not a
    retry, and must not store the rest as if they were new.
    """
    key = _key(MAX_BATCH_KEY_LENGTH)
    for index, fields in enumerate(batch):
        if fields["event_id"]:
            continue
        if key:
            fields["event_id"], fields["batch_size"] = f"{key.text}:{index}", len(batch)
            fields["former_id"] = key.former and f"{key.former}:{index}"
        else:
            fields["event_id"] = _new_id(now)


def _key(max_length: int) -> IdempotencyKey | None:
    header = request.environ.get("HTTP_IDEMPOTENCY_KEY")  # four times as fast as by its `headers`
    if header is None:
        return None
    quoted = QUOTED.fullmatch(header)
    if not quoted and (header.startswith('"') or SEPARATORS.search(header)):
        raise _refusal(HEADER, ONE_KEY)
    text = ESCAPED.sub(r"\1", quoted[1]) if quoted else header
    if len(text) > max_length or not EVENT_ID.fullmatch(text):
        raise _refusal(HEADER, f"Must be 1 to {max_length} visible ASCII characters.")
    return IdempotencyKey(text, header if quoted else None)


def _new_id(now: datetime) -> str:
    return uuid7(epoch_ms(now), secrets.token_bytes(10))


def _refusal(field: str, message: str) -> InvalidEvent:
    return InvalidEvent(f"{field}: {message}", errors={field: [message]})
