"""What the demo traffic remembers from run to run."""

from pathlib import Path

import pytest

from demo.state_file import Notebook


def test_what_was_written_is_read_by_the_next_run(tmp_path: Path):
    Notebook(tmp_path / "notes").write({"task-1": "Tidy the backlog"})
    assert Notebook(tmp_path / "notes").read() == {"task-1": "Tidy the backlog"}


def test_the_file_is_replaced_whole(tmp_path: Path):
    notebook = Notebook(tmp_path / "notes")
    for tasks in ({"task-1": "a", "task-2": "b"}, {"task-2": "b"}):
        notebook.write(tasks)
    assert Notebook(tmp_path / "notes").read() == {"task-2": "b"}
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"open_tasks": 3}', '{"open_tasks": {"t": 3}}'])
def test_a_file_that_is_missing_or_makes_no_sense_is_an_empty_one(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "notes").write_text(text)
    assert Notebook(tmp_path / "notes").read() == {}
