"""The state file of the demo traffic: open tasks, from run to run."""

from pathlib import Path

import pytest

from demo.state_file import StateFile


def test_tasks_are_read_back(tmp_path: Path):
    StateFile(tmp_path / "state").write({"task-1": "Tidy the backlog"})
    assert StateFile(tmp_path / "state").read() == {"task-1": "Tidy the backlog"}


def test_write_replaces_the_file(tmp_path: Path):
    state = StateFile(tmp_path / "state")
    for tasks in ({"task-1": "a", "task-2": "b"}, {"task-2": "b"}):
        state.write(tasks)
    assert StateFile(tmp_path / "state").read() == {"task-2": "b"}
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"open_tasks": 3}', '{"open_tasks": {"t": 3}}'])
def test_missing_or_invalid_file_is_empty(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "state").write_text(text)
    assert StateFile(tmp_path / "state").read() == {}
