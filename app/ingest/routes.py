"""The write side of the realtime endpoint: post an event."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, jsonify, request

from app.auth.access import Access, require_member
from app.auth.actors import UNKNOWN, users_behind
from app.domain.event import NewEvent
from app.domain.ids import uuid7
from app.domain.instants import epoch_ms, iso
from app.errors import InvalidEvent
from app.ingest.schema import VISIBLE, load_event
from app.ingest.service import Ingest
from app.json_body import read_json

blueprint = Blueprint("ingest", __name__)
PATH = "/api/workspaces/<workspace>/analytics/realtime"
MAX_BODY = 64 * 1024  # bytes


@blueprint.post(PATH)
def post_event(workspace: str) -> Response:
    """Commit one event; the answer means that it is durable, numbered and counted."""
    access = require_member(workspace, "member", scope="events:write")
    event = _valid_event(access, read_json(MAX_BODY), datetime.now(UTC))
    ingest: Ingest = current_app.extensions["pulse.ingest"]
    (receipt,) = ingest.committer.submit([event])
    answer = {
        "success": True,
        "message": "Event tracked successfully",
        "eventType": event.event_type,
        "eventId": receipt.event_id,
        "seq": receipt.seq,
        "notified": ingest.notified(access.workspace_id),
        "timestamp": iso(receipt.occurred_at),
    }
    return jsonify(answer | ({"duplicate": True} if receipt.duplicate else {}))


def _valid_event(access: Access, value: object, now: datetime) -> NewEvent:
    fields, errors = load_event(value, strict=access.strict, now=now)
    if not errors:
        fields["event_id"], errors = _event_id(fields["event_id"], now)
    if errors:
        raise InvalidEvent(_summary(errors), errors=errors)
    return NewEvent(workspace_id=access.workspace_id, user_id=_user(access, fields.pop("actor")), **fields)


def _user(access: Access, actor: str | None) -> UUID:
    user_id = users_behind(access, [actor]).get(actor)
    if user_id is None:
        raise InvalidEvent(f"actor: {UNKNOWN}", errors={"actor": [UNKNOWN]})
    return user_id


def _event_id(given: str | None, now: datetime) -> tuple[str, dict[str, list[str]]]:
    """The id from the body, else from the Idempotency-Key header, else a new UUIDv7."""
    header = request.headers.get("Idempotency-Key")
    if header is not None and not VISIBLE.fullmatch(header):
        return "", {"Idempotency-Key": ["Must be 1 to 128 visible ASCII characters."]}
    if given and header and given != header:
        return "", {"eventId": ["Differs from the Idempotency-Key header."]}
    return given or header or str(uuid7(epoch_ms(now), secrets.token_bytes(10))), {}


def _summary(errors: dict[str, Any]) -> str:
    field, messages = next(iter(errors.items()))
    return f"{field}: {messages[0]}"
