"""The whole log, or what of it is asked for, as a file of any size."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import gevent
from flask import Blueprint, Response
from marshmallow import fields, validate
from sqlalchemy import Row

from app import heavy_reads
from app.auth.access import Access
from app.auth.doors import for_members
from app.described import described
from app.domain.csv_text import csv_lines
from app.domain.event_query import EventQuery
from app.domain.scopes import READ
from app.errors import OldHttp, TooManyExports
from app.ingest.answers import ExportedEvent
from app.ingest.download import ATTACHED, download
from app.ingest.event_parameters import Filters, asked
from app.ingest.export_pages import pages
from app.ingest.reading import PATH, entry, sees_data

blueprint = Blueprint("export", __name__)
ROWS_AT_ONCE = 250  # encoded before the streams get their turn
YIELD_TO_POLL = 1e-5  # seconds; `sleep(0)` would only go on with greenlets that are ready already
MOST_AT_ONCE = 4  # in a worker: each keeps a page in memory, and encoding them takes turns with the streams

COLUMNS = ("seq", "eventId", "eventType", "userId", "sessionId", "timestamp")
DATA = "eventData"

_slots = threading.BoundedSemaphore(MOST_AT_ONCE)
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Exporting(Filters):
    """Which events, and in which form."""

    form = fields.String(data_key="format", load_default="ndjson", validate=validate.OneOf(["ndjson", "csv"]))


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file: its type, what it starts with, and how a page of rows is written."""

    content_type: str
    start: Callable[[bool], str]
    write: Callable[[Sequence[Row], bool], str]


@blueprint.get(f"{PATH}/export")
@described(
    answers={
        "application/x-ndjson": ExportedEvent,  # each line
        "text/csv": "A row for each event (RFC 4180); the first one names the columns.",
    },
    sends=ATTACHED,
    parameters=Exporting,
    refuses=(TooManyExports, OldHttp, *heavy_reads.REFUSES),
)
@for_members(scope=READ)
def export_events(access: Access) -> Response:
    """Every event asked for, by number, up to where the log ends now; with their data for admins."""
    given = asked(Exporting(zone=access.timezone), access)
    form = given.pop("form")
    query = EventQuery(workspace_id=access.workspace_id, limit=1, **given)
    heavy_reads.count(access)
    if not _slots.acquire(blocking=False):
        raise TooManyExports(retry_after=10)
    try:
        response = _file(access, query, form)
    except BaseException:
        _slots.release()
        raise
    response.call_on_close(_slots.release)
    return response


def _file(access: Access, query: EventQuery, form: str) -> Response:
    with_data = sees_data(access)
    rows = pages(heavy_reads.heavy_reads(), query, with_data=with_data)
    first = next(rows)  # what fails until here is an answer, what fails later a broken file
    parts = _parts(FORMS[form], itertools.chain([first], rows), with_data)
    return download(parts, name=f"{access.slug}-events.{form}", content_type=FORMS[form].content_type)


def _parts(form: Form, pages: Iterable[Sequence[Row]], with_data: bool) -> Iterator[bytes]:
    yield form.start(with_data).encode()
    for rows in pages:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            yield form.write(rows[start : start + ROWS_AT_ONCE], with_data).encode()
            gevent.sleep(YIELD_TO_POLL)


def _csv_start(with_data: bool) -> str:
    return csv_lines([(*COLUMNS, DATA) if with_data else COLUMNS])


def _csv(rows: Sequence[Row], with_data: bool) -> str:
    return csv_lines((*entry(row).values(), *([row.event_data] if with_data else [])) for row in rows)


def _ndjson(rows: Sequence[Row], with_data: bool) -> str:
    return "".join(_line(row, with_data) for row in rows)


def _line(row: Row, with_data: bool) -> str:
    text = _json(entry(row))
    # The data is JSON already: PostgreSQL wrote it.
    return f'{text[:-1]},"{DATA}":{row.event_data}}}\n' if with_data else f"{text}\n"


FORMS = {
    "ndjson": Form("application/x-ndjson", lambda with_data: "", _ndjson),
    "csv": Form("text/csv; charset=utf-8", _csv_start, _csv),
}
