"""Fields of `eventData`: what the latest events of a type held, for those who may see it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gevent
from flask import Blueprint, Response
from marshmallow import ValidationError
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.data_fields import FieldSummary, fields_of
from app.domain.event_query import EventQuery
from app.domain.scopes import ADMIN
from app.errors import NotFound
from app.event_log import heads, pages
from app.events.responses import DataFields
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Parameters, Types, loaded
from app.http.response_schema import respond
from app.postgres.statements import AnyRow

blueprint = Blueprint("data_fields", __name__)
MAX_PAGES = 4  # of at most half a mebibyte each, which scan 200,000 numbers at most
PAGE_ROWS = 1_000
YIELD_TO_POLL = 1e-5  # seconds; see export.py


def _check_one(types: tuple[str, ...]) -> None:
    if len(types) != 1:
        raise ValidationError("Must be one event type.")


class DataFieldsQuery(Parameters):
    """Of which events."""

    types = Types(
        data_key="type", required=True, validate=_check_one, metadata={"description": "One event type."}
    )


@blueprint.get(f"{ANALYTICS}/fields")
@described(answers=DataFields, parameters=DataFieldsQuery, refuses=heavy_reads.REFUSES)
@for_members("admin", scope=ADMIN)  # who `sees_data`
def list_data_fields(access: Access) -> Response:
    """Fields that the latest events of a type had, with their kinds and an example; for those who see all data."""
    types = loaded(DataFieldsQuery())["types"]
    rows = _latest_events(access, types)
    return respond(
        DataFields,
        data=[_to_json(found, len(rows)) for found in fields_of(_data_of(rows))],
        meta={"event_type": types[0], "events": len(rows), "since": rows[-1].occurred_at if rows else None},
    )


def recent_fields(access: Access, types: tuple[str, ...]) -> list[FieldSummary]:
    """The fields of the latest events of these types (none: all), the most frequent first.

    For those who see all data; raises TooBusy or RateLimited.
    """
    return fields_of(_data_of(_latest_events(access, types)))


def _latest_events(access: Access, types: tuple[str, ...]) -> list[AnyRow]:
    query = EventQuery(access.workspace_id, limit=PAGE_ROWS, types=types)
    return heavy_reads.run(access, lambda connection: list(_latest(connection, query)), query)


def _latest(connection: Connection, query: EventQuery) -> Iterator[AnyRow]:
    """The newest first."""
    head = heads.heads(connection, [query.workspace_id]).get(query.workspace_id)
    if head is None:
        raise NotFound
    for _ in range(MAX_PAGES):
        page = pages.read_page(connection, query, head.seq, with_data=True)
        yield from page.rows
        if not page.has_more:
            return
        query = replace(query, before=page.scanned_to)


def _data_of(rows: Sequence[AnyRow]) -> Iterator[Mapping[str, object]]:
    for number, row in enumerate(rows):
        if number % 250 == 0:
            gevent.sleep(YIELD_TO_POLL)  # parsing delays the streams
        yield json.loads(row.event_data, parse_int=_number)


def _number(digits: str) -> int | float:
    # Earlier versions stored numbers of any length, of which int() refuses the longest.
    return int(digits) if len(digits) <= 25 else float(digits[:300])


def _to_json(found: FieldSummary, events: int) -> dict[str, Any]:
    return {
        "name": found.name,
        "kind": found.kind,
        "kinds": sorted(found.kinds),
        "share": round(found.count / events, 4),
        "example": found.example,
    }
