"""CSV that any reader takes apart as it was put together, and no spreadsheet takes for formulas."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.csv_text import EXCEL, PLAIN, csv_lines

CELLS = st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def test_lines_end_with_cr_lf():
    rows = [("seq", "a"), (1, "plain"), (2, 'with "quotes", commas\r\nand lines'), (3, None)]
    assert csv_lines(rows) == 'seq,a\r\n1,plain\r\n2,"with ""quotes"", commas\r\nand lines"\r\n3,\r\n'


def cell_of(text, style=PLAIN):
    [[cell]] = csv.reader(io.StringIO(csv_lines([[text]], style), newline=""), delimiter=style.delimiter)
    return cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "=",
        '=HYPERLINK("x")',
        "\tfoo",
        " =1",
        "\ufeff=1",
        "\u00a0\u200b=1",
    ],
)
@pytest.mark.parametrize("style", [PLAIN, EXCEL])
def test_formulas_are_marked_as_text(text, style):
    assert cell_of(text, style) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("x;=1+1", "x;'=1+1"),
        ("x; =1;\ufeff@a", "x;' =1;'\ufeff@a"),
        ("x\n-1", "x\n'-1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ('{"a":"x;=1"}', '{"a":"x;\'=1"}'),
    ],
)
@pytest.mark.parametrize("style", [PLAIN, EXCEL])
def test_formulas_after_any_separator(text, marked, style):
    assert cell_of(text, style) == marked


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("x,=1", "x,'=1"),
        ("x, -1+cmd", "x,' -1+cmd"),
        ('{"a":[1,-2,-2.5e3],"b":-1}', '{"a":[1,-2,-2.5e3],"b":-1}'),
        ('{"a":"x,-2+cmd"}', '{"a":"x,\'-2+cmd"}'),
    ],
)
def test_decimal_commas(text, marked):
    assert cell_of(text, EXCEL) == marked
    assert cell_of(text, PLAIN) == text  # there a cell with a comma is quoted


@pytest.mark.parametrize("value", [-1, 0, "a=1", "1-2", "'=1", '{"a":1}', "a;b", "a b; c"])
def test_harmless_text_is_unchanged(value):
    assert cell_of(value) == cell_of(value, EXCEL) == str(value)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), st.sampled_from([PLAIN, EXCEL]))
def test_csv_round_trips(rows, style):
    text = io.StringIO(csv_lines(rows, style), newline="")
    read = list(csv.reader(text, delimiter=style.delimiter, strict=True))
    assert [[_unmarked(cell) for cell in row] for row in read] == [
        [_unmarked(value) for value in row] for row in rows
    ]


@given(st.lists(st.text("a=-@;,\n\t \ufeff"), min_size=1, max_size=3), st.sampled_from([PLAIN, EXCEL]))
def test_formulas_inside_a_cell_stay_inside(cells, style):
    for delimiter in (";", "\t", *([","] if style is PLAIN else [])):
        for row in csv.reader(io.StringIO(csv_lines([cells], style), newline=""), delimiter=delimiter):
            assert not any(cell.lstrip("\ufeff \n\t").startswith(("=", "-", "@")) for cell in row)


def test_excel_style_of_numbers():
    assert csv_lines([("at", "value"), ("a,b", 1.5), (None, 2)], EXCEL) == "at;value\r\na,b;1,5\r\n;2\r\n"


def test_excel_style_of_times():
    moment = datetime(2025, 12, 6, 23, 30, 1, 500_000, tzinfo=UTC)
    assert PLAIN.moment(moment, "Europe/Berlin") == "2025-12-06T23:30:01.500Z"
    assert EXCEL.moment(moment, "Europe/Berlin") == "2025-12-07 00:30:01"


def _unmarked(value: object) -> str:
    return "" if value is None else str(value).replace("'", "")
