"""CSV that any reader takes apart as it was put together, and no spreadsheet takes for formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.csv_text import FORMULA_STARTS, csv_lines

CELLS = st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def test_lines_end_with_cr_lf_and_only_what_needs_quotes_has_them():
    rows = [("seq", "a"), (1, "plain"), (2, 'with "quotes", commas\r\nand lines'), (3, None)]
    assert csv_lines(rows) == 'seq,a\r\n1,plain\r\n2,"with ""quotes"", commas\r\nand lines"\r\n3,\r\n'


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=", '=HYPERLINK("x")']
)
def test_what_looks_like_a_formula_is_marked_as_text(text):
    [[cell]] = csv.reader(io.StringIO(csv_lines([[text]]), newline=""))
    assert cell == f"'{text}"


@pytest.mark.parametrize("value", [-1, 0, "a=1", "1-2", "'=1", '{"a":1}'])
def test_what_does_not_stays_as_it_is(value):
    [[cell]] = csv.reader(io.StringIO(csv_lines([[value]]), newline=""))
    assert cell == str(value)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_a_reader_gets_back_what_was_written_but_for_the_marks(rows):
    read = list(csv.reader(io.StringIO(csv_lines(rows), newline=""), strict=True))
    assert read == [[_as_read(value) for value in row] for row in rows]


def _as_read(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else text
