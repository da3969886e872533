"""The write side of the realtime endpoint: post an event, or a batch of them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify
from marshmallow import Schema
from werkzeug.exceptions import HTTPException

from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.event import Receipt
from app.domain.instants import iso
from app.domain.scopes import WRITE
from app.errors import Conflicting, InvalidEvent, OutcomeUnknown, Overloaded, Problem, RateLimited
from app.extensions import component
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.ingest import parse
from app.ingest.batch import BatchSchema, read_batch
from app.ingest.committer import Committer
from app.ingest.responses import BatchAccepted, EventAccepted
from app.ingest.schema import EventSchema, IdempotencyHeaders
from app.redis.rate_limits import Limiter, rate_limits

blueprint = Blueprint("ingest", __name__)
PATH = f"{ANALYTICS}/realtime"
REFUSES = (Conflicting, OutcomeUnknown, Overloaded, RateLimited)
BODIES: dict[str, type[Schema] | Schema | str] = {
    "application/json": BatchSchema,
    "application/x-ndjson": "An event a line.",
}


@blueprint.post(PATH)
@described(
    answers=EventAccepted, headers=IdempotencyHeaders, body=EventSchema, invalid=InvalidEvent, refuses=REFUSES
)
@for_members("member", WRITE)
def post_event(access: Access) -> Response:
    """Commit one event; the answer means that it is durable, numbered and counted."""
    _count_events(access, 1)
    value = read_json(parse.MAX_EVENT, partial(_count_bytes, access))
    event = parse.parse_event(access, value, datetime.now(UTC))
    [receipt], notified = component(Committer).submit([event])
    answer = {
        "success": True,
        "message": "Event tracked successfully",
        "eventType": event.event_type,
        "eventId": receipt.event_id,
        "seq": receipt.seq,
        "notified": notified,
        "timestamp": iso(receipt.occurred_at),
    }
    return jsonify(answer | _duplicate_flag(receipt))


@blueprint.post(f"{PATH}/batch")
@described(
    answers=BatchAccepted, headers=IdempotencyHeaders, body=BODIES, invalid=InvalidEvent, refuses=REFUSES
)
@for_members("member", WRITE)
def post_batch(access: Access) -> Response:
    """Commit up to 1,000 events, all or none; the answer has a result for each, in order."""
    events = parse.parse_batch(access, _batch(access), datetime.now(UTC))
    receipts, notified = component(Committer).submit(events)
    return jsonify(
        success=True,
        message="Events tracked successfully",
        count=len(receipts),
        duplicates=sum(receipt.duplicate for receipt in receipts),
        events=[_result(receipt) for receipt in receipts],
        notified=notified,
    )


def _batch(access: Access) -> list[object]:
    try:
        values = read_batch(partial(_count_bytes, access))
    except RateLimited:
        raise
    except (Problem, HTTPException):
        _count_events(access, 1)  # or what cannot be read could be posted without a limit
        raise
    _count_events(access, len(values))
    return values


def _count_events(access: Access, number: int) -> None:
    _take(rate_limits().events, access, number)


def _count_bytes(access: Access, number: int) -> None:
    _take(rate_limits().bytes, access, number)


def _take(limiter: Limiter, access: Access, amount: int) -> None:
    limiter.charge(own=(access.token_id or access.user_id,), shared=(access.workspace_id,), amount=amount)


def _result(receipt: Receipt) -> dict[str, Any]:
    result = {"eventId": receipt.event_id, "seq": receipt.seq, "timestamp": iso(receipt.occurred_at)}
    return result | _duplicate_flag(receipt)


def _duplicate_flag(receipt: Receipt) -> dict[str, bool]:
    return {"duplicate": True} if receipt.duplicate else {}
