"""The programs in C that make the load: compiled when needed, started, and read line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

SOURCES = Path(__file__).with_name("c")
FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror")


def compiled(name: str, home: Path) -> str:
    """The path of the program made from `c/<name>.c`."""
    program = home / name
    if not program.exists():
        subprocess.run(["cc", *FLAGS, "-o", program, SOURCES / f"{name}.c"], check=True)
    return str(program)


class Client:
    """A running load client. It prints a line of JSON at the end of each phase and takes orders from stdin."""

    def __init__(self, command: Sequence[object]):
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def order(self, *words: object) -> None:
        """Tell it what to do next."""
        print(*words, file=self._process.stdin, flush=True)

    def wait_for(self, phase: str) -> dict[str, Any]:
        """The figures of a phase, once it is over; every phase is bounded in time by the client itself."""
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load client ended with {self._process.wait()} before “{phase}”")
        figures = json.loads(line)
        assert figures.pop("phase") == phase, line
        return figures

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if kind:
            self._process.kill()
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
