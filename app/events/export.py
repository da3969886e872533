"""Export: the events that match the filters, as a CSV or NDJSON file of any size."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import gevent
from flask import Blueprint, Response
from marshmallow import fields, validate

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.auth.event_filters import load_filters
from app.domain.csv_text import CsvStyle, csv_lines
from app.domain.event_query import EventQuery
from app.domain.scopes import READ
from app.errors import OldHttp, TooCostly, TooManyExports
from app.events.download import RESPONSE_HEADERS, download
from app.events.export_pages import pages
from app.events.export_slots import SLOTS
from app.events.parameters import EventRangeFilters, event_query, sees_data
from app.events.responses import ExportedEvent
from app.events.routes import PATH, event_to_json
from app.http.csv_parameters import CsvParameters, style_of
from app.http.openapi_decorator import described
from app.postgres.statements import AnyRow

blueprint = Blueprint("export", __name__)
CHUNK_ROWS = 250  # encoded between two yields to the event loop
YIELD_TO_POLL = 1e-5  # seconds; `sleep(0)` only reschedules greenlets that are ready, without polling sockets

COLUMNS = ("seq", "eventId", "eventType", "userId", "sessionId", "timestamp")
DATA = "eventData"

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class ExportQuery(EventRangeFilters, CsvParameters):
    """Filters and format of an export."""

    form = fields.String(data_key="format", load_default="ndjson", validate=validate.OneOf(["ndjson", "csv"]))


class ExportFile(Protocol):
    """A file format: its content type, its first lines, and the encoding of rows."""

    content_type: str

    def start(self) -> str:
        """The text before the first row."""
        ...

    def write(self, rows: Sequence[AnyRow]) -> str:
        """The text of these rows."""
        ...


@blueprint.get(f"{PATH}/export")
@described(
    answers={
        "application/x-ndjson": ExportedEvent,  # each line
        "text/csv": "A row for each event (RFC 4180); the first one names the columns.",
    },
    sends=RESPONSE_HEADERS,
    parameters=ExportQuery,
    refuses=(TooManyExports, OldHttp, TooCostly, *heavy_reads.REFUSES),
)
@for_members(scope=READ)
def export_events(access: Access) -> Response:
    """Every event asked for, by number, up to where the log ends now; with their data for admins."""
    given = load_filters(ExportQuery(zone=access.timezone), access)
    form, style = given.pop("form"), style_of(given)
    del given["csv"]
    query = event_query(access, given | {"limit": 1})
    heavy_reads.count(access)
    with_data = sees_data(access)
    file = CsvFile(style, access.timezone, with_data) if form == "csv" else NdjsonFile(with_data)
    release = SLOTS.acquire(access.user_id)
    try:
        response = _download(f"{access.slug}-events.{form}", query, file, with_data)
    except BaseException:
        release()
        raise
    response.call_on_close(release)
    return response


def _download(name: str, query: EventQuery, file: ExportFile, with_data: bool) -> Response:
    rows = pages(heavy_reads.heavy_reads(), query, with_data=with_data)
    first = next(rows)  # an error until here is a response, a later one a file that is cut off
    parts = _parts(file, itertools.chain([first], rows))
    return download(parts, name=name, content_type=file.content_type)


def _parts(file: ExportFile, pages: Iterable[Sequence[AnyRow]]) -> Iterator[bytes]:
    yield file.start().encode()
    for rows in pages:
        for start in range(0, len(rows), CHUNK_ROWS):
            yield file.write(rows[start : start + CHUNK_ROWS]).encode()
            gevent.sleep(YIELD_TO_POLL)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A row for each event, below the names of the columns."""

    style: CsvStyle
    zone: str
    with_data: bool
    content_type = "text/csv; charset=utf-8"

    def start(self) -> str:
        """The names of the columns."""
        columns = (*COLUMNS, DATA) if self.with_data else COLUMNS
        return self.style.mark + csv_lines([columns], self.style)

    def write(self, rows: Sequence[AnyRow]) -> str:
        """A line for each."""
        return csv_lines(map(self._cells, rows), self.style)

    def _cells(self, row: AnyRow) -> list[object]:
        cells = event_to_json(row)
        if self.style.is_local:
            cells["timestamp"] = self.style.moment(row.occurred_at, self.zone)
        return [*cells.values(), *([row.event_data] if self.with_data else [])]


@dataclass(frozen=True, slots=True)
class NdjsonFile:
    """A line of JSON for each event."""

    with_data: bool
    content_type = "application/x-ndjson"

    def start(self) -> str:
        """Nothing."""
        return ""

    def write(self, rows: Sequence[AnyRow]) -> str:
        """A line for each."""
        return "".join(map(self._line, rows))

    def _line(self, row: AnyRow) -> str:
        text = _json(event_to_json(row))
        # The data is JSON already: PostgreSQL wrote it.
        return f'{text[:-1]},"{DATA}":{row.event_data}}}\n' if self.with_data else f"{text}\n"
