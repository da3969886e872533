"""Any text of an event is stored unchanged: arrays are written as PostgreSQL literals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.postgres.statements import Script, Statement

PAIRS = Statement("pairs", "SELECT * FROM unnest($1::text[], $2::int[])")
TEXTS = [
    "",
    "NULL",
    "null",
    '"',
    "\\",
    '\\"',
    "{}",
    "{a,b}",
    ",",
    " ",
    "\n\t\r",
    "'",
    "';--",
    "%s %(x)s",
    "é👍",
]


def test_array_elements_are_unchanged(engine):
    script = Script()
    script.add(PAIRS, [*TEXTS, None], list(range(len(TEXTS) + 1)))
    with engine.connect() as connection:
        rows = script.run(connection)
    assert [tuple(row) for row in rows] == [(text, place) for place, text in enumerate([*TEXTS, None])]


@pytest.mark.parametrize("text", TEXTS[1:])
def test_session_and_data_are_unchanged(committer, event, sql, workspace, text):
    committer.submit([replace(event(), session_id=text, event_data={text: [text]})])
    [row] = sql("SELECT session_id, event_data FROM events WHERE workspace_id = :id", id=workspace)
    assert (row.session_id, row.event_data) == (text, {text: [text]})
