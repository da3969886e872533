"""What the demo traffic remembers from run to run: its open tasks, lest each run leave some open for ever."""

import contextlib
import json
from pathlib import Path


class Notebook:
    """A small JSON file, replaced whole."""

    def __init__(self, path: Path):
        self._path = path
        self._written: dict[str, str] | None = None

    def read(self) -> dict[str, str]:
        """The tasks noted last, by id; none if there is no file or it makes no sense."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            noted = json.loads(self._path.read_text())["open_tasks"].items()
            return {task: title for task, title in noted if isinstance(title, str)}
        return {}

    def write(self, open_tasks: dict[str, str]) -> None:
        if open_tasks != self._written:
            fresh = self._path.with_name(self._path.name + ".new")
            fresh.write_text(json.dumps({"open_tasks": open_tasks}))
            fresh.replace(self._path)
            self._written = open_tasks
