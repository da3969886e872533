"""CSV (RFC 4180) without formula injection, in a plain and an Excel dialect.

A spreadsheet evaluates a cell that begins like a formula, and formulas can make requests. If the spreadsheet
assumes another separator than the file's, it splits cells there, and the rest may begin like a formula too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.instants import iso

FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # the last four are their full-width forms
BLANK = "\\s\ufeff\u00ad\u200b-\u200f\u2060\\x00-\\x1f"  # spreadsheets skip these
# A comma before a negative number stands in JSON, and is harmless if only a comma or a bracket follows the number.
_NUMBER_IN_JSON = r"-\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*[,\]}]"
_AFTER_CUT = re.compile(rf"([;\t\r\n])(?=[{BLANK}]*[{FORMULA}])")
_AFTER_COMMA = re.compile(rf"(,)(?=[{BLANK}]*(?!{_NUMBER_IN_JSON})[{FORMULA}])")
_AT_START = re.compile(rf"[\t\r\n]|[{BLANK}]*[{FORMULA}]")


class CsvStyle(NamedTuple):
    """A CSV dialect. Excel detects UTF-8 only by the BOM, and splits at `;` in locales with a decimal comma."""

    delimiter: str = ","
    mark: str = ""  # byte order mark at the beginning of the file
    decimal: str = "."
    is_local: bool = False

    def moment(self, moment: datetime, zone: str) -> str:
        """A moment in UTC (ISO 8601), or in local time of `zone` in a form that spreadsheets parse as a date."""
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" if self.is_local else iso(moment)


PLAIN = CsvStyle()
EXCEL = CsvStyle(delimiter=";", mark="\ufeff", decimal=",", is_local=True)
STYLES = {"plain": PLAIN, "excel": EXCEL}


def csv_lines(rows: Iterable[Iterable[object]], style: CsvStyle = PLAIN) -> str:
    """The rows, each ended by CR LF; None is an empty cell. Text that looks like a formula gets an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.delimiter, lineterminator="\r\n")
    writer.writerows([_cell(value, style) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object, style: CsvStyle) -> object:
    if isinstance(value, float):
        return str(value).replace(".", style.decimal)
    return _harmless(value, style) if isinstance(value, str) else value


def _harmless(text: str, style: CsvStyle) -> str:
    marked = _AFTER_CUT.sub(r"\1'", text)
    if style.delimiter != ",":  # else a cell with a comma is quoted
        marked = _AFTER_COMMA.sub(r"\1'", marked)
    return f"'{marked}" if _AT_START.match(text) else marked
