"""Rows as CSV (RFC 4180) that is safe to open in a spreadsheet, plain or as Excel expects it.

A cell that begins like a formula is run as one, and formulas can call out. Where the spreadsheet takes another
separator than the file has, a cell is cut at it, and its rest may begin like a formula too.
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
BLANK = "\\s\ufeff\u00ad\u200b-\u200f\u2060\\x00-\\x1f"  # a spreadsheet looks behind these
# A comma before a negative number stands in JSON, and is harmless if only a comma or a bracket follows the number.
_NUMBER_IN_JSON = r"-\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*[,\]}]"
_AFTER_CUT = re.compile(rf"([;\t\r\n])(?=[{BLANK}]*[{FORMULA}])")
_AFTER_COMMA = re.compile(rf"(,)(?=[{BLANK}]*(?!{_NUMBER_IN_JSON})[{FORMULA}])")
_AT_START = re.compile(rf"[\t\r\n]|[{BLANK}]*[{FORMULA}]")


class CsvStyle(NamedTuple):
    """How a file is written. Excel knows UTF-8 only by the mark, and cuts at `;` where a comma is decimal."""

    delimiter: str = ","
    mark: str = ""  # at the beginning of the file
    decimal: str = "."
    is_local: bool = False

    def moment(self, moment: datetime, zone: str) -> str:
        """A moment in UTC, or as a spreadsheet takes it for a date, by the clocks of `zone`."""
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
