"""Console output of the launcher: short lines, each step with its duration."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import TextIO


class Console:
    """Prints for people. A closed terminal must not keep the launcher from an orderly shutdown."""

    def __init__(self, out: TextIO = sys.stdout, err: TextIO = sys.stderr):
        self._out, self._err = out, err
        self._in_step = False

    def line(self, text: str = "") -> None:
        self._end_step()
        self._write(self._out, f"{text}\n")

    def error(self, text: str) -> None:
        self._end_step()
        self._write(self._err, f"pulse: {text}\n")

    def detail(self, text: str) -> None:
        """Append a few words to the current step, e.g. why it takes long; without a step, print a line."""
        if self._in_step:
            self._write(self._out, f"{text} … ")
        else:
            self.line(text)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        """`Starting PostgreSQL … 0.8 s`: the text at once, the duration when it is done."""
        started = time.monotonic()
        self._in_step = True
        self.detail(text)
        yield
        if self._in_step:
            self._write(self._out, f"{time.monotonic() - started:.1f} s\n")
            self._in_step = False

    def _end_step(self) -> None:
        """End the line of a step before other output."""
        if self._in_step:
            self._write(self._out, "\n")
            self._in_step = False

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except OSError:
            # The reader is gone (`make run | head`); flushing the buffer would fail again at exit, with code 120.
            with open(os.devnull, "w") as null:
                os.dup2(null.fileno(), stream.fileno())
