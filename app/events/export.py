"""The whole log, or what of it is asked for, as a file of any size."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import gevent
from flask import Blueprint, Response
from marshmallow import fields, validate
from sqlalchemy import Row

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.csv_text import CsvStyle, csv_lines
from app.domain.event_query import EventQuery
from app.domain.scopes import READ
from app.errors import OldHttp, TooManyExports
from app.events.download import ATTACHED, download
from app.events.export_pages import pages
from app.events.export_slots import SLOTS
from app.events.parameters import Filters, asked
from app.events.responses import ExportedEvent
from app.events.routes import PATH, entry, sees_data
from app.http.csv_parameters import CsvParameters, style_of
from app.http.openapi_decorator import described

blueprint = Blueprint("export", __name__)
ROWS_AT_ONCE = 250  # encoded before the streams get their turn
YIELD_TO_POLL = 1e-5  # seconds; `sleep(0)` would only go on with greenlets that are ready already

COLUMNS = ("seq", "eventId", "eventType", "userId", "sessionId", "timestamp")
DATA = "eventData"

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Exporting(Filters, CsvParameters):
    """Which events, and in which form."""

    form = fields.String(data_key="format", load_default="ndjson", validate=validate.OneOf(["ndjson", "csv"]))


class ExportFile(Protocol):
    """A kind of file: its type, what it starts with, and how rows are written."""

    content_type: str

    def start(self) -> str:
        """What comes before the first row."""

    def write(self, rows: Sequence[Row]) -> str:
        """These rows."""


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
    form, style = given.pop("form"), style_of(given)
    del given["csv"]
    query = EventQuery(workspace_id=access.workspace_id, limit=1, **given)
    heavy_reads.count(access)
    with_data = sees_data(access)
    file = CsvFile(style, access.timezone, with_data) if form == "csv" else NdjsonFile(with_data)
    give_back = SLOTS.take(access.user_id)
    try:
        response = _download(f"{access.slug}-events.{form}", query, file, with_data)
    except BaseException:
        give_back()
        raise
    response.call_on_close(give_back)
    return response


def _download(name: str, query: EventQuery, file: ExportFile, with_data: bool) -> Response:
    rows = pages(heavy_reads.heavy_reads(), query, with_data=with_data)
    first = next(rows)  # what fails until here is an answer, what fails later a broken file
    parts = _parts(file, itertools.chain([first], rows))
    return download(parts, name=name, content_type=file.content_type)


def _parts(file: ExportFile, pages: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    yield file.start().encode()
    for rows in pages:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            yield file.write(rows[start : start + ROWS_AT_ONCE]).encode()
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

    def write(self, rows: Sequence[Row]) -> str:
        """A line for each."""
        return csv_lines(map(self._cells, rows), self.style)

    def _cells(self, row: Row) -> list[object]:
        cells = entry(row)
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

    def write(self, rows: Sequence[Row]) -> str:
        """A line for each."""
        return "".join(map(self._line, rows))

    def _line(self, row: Row) -> str:
        text = _json(entry(row))
        # The data is JSON already: PostgreSQL wrote it.
        return f'{text[:-1]},"{DATA}":{row.event_data}}}\n' if self.with_data else f"{text}\n"
