"""State file of the demo: open tasks, which the next run ends, or each run would leave some open forever."""

import contextlib
import json
from pathlib import Path


class StateFile:
    """A small JSON file, replaced atomically."""

    def __init__(self, path: Path):
        self._path = path
        self._written: dict[str, str] | None = None

    def read(self) -> dict[str, str]:
        """Titles of the open tasks by id; empty if the file is missing or invalid."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            tasks = json.loads(self._path.read_text())["open_tasks"].items()
            return {task: title for task, title in tasks if isinstance(title, str)}
        return {}

    def write(self, open_tasks: dict[str, str]) -> None:
        if open_tasks != self._written:
            fresh = self._path.with_name(self._path.name + ".new")
            fresh.write_text(json.dumps({"open_tasks": open_tasks}))
            fresh.replace(self._path)
            self._written = open_tasks
