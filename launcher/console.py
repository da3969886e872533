"""What the launcher says: short lines, each step with the time it took."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator


class Console:
    """Writes for a person. A terminal that has gone away must not keep the launcher from stopping in order."""

    def __init__(self, out=sys.stdout, err=sys.stderr):
        self._out, self._err = out, err
        self._in_step = False

    def say(self, text: str = "") -> None:
        self._end_step()
        self._write(self._out, f"{text}\n")

    def complain(self, text: str) -> None:
        self._end_step()
        self._write(self._err, f"pulse: {text}\n")

    def add(self, text: str) -> None:
        """A few words about what is going on, e.g. why it takes long."""
        if self._in_step:
            self._write(self._out, f"{text} … ")
        else:
            self.say(text)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        """`Starting PostgreSQL … 0.8 s`: the words at once, the time when it is done."""
        begun = time.monotonic()
        self._in_step = True
        self.add(text)
        yield
        if self._in_step:
            self._write(self._out, f"{time.monotonic() - begun:.1f} s\n")
            self._in_step = False

    def _end_step(self) -> None:
        """Close the line of a step that something else interrupts."""
        if self._in_step:
            self._write(self._out, "\n")
            self._in_step = False

    def _write(self, stream, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except OSError:
            # Nobody reads any more (`make run | head`); what is buffered would fail again at exit, with code 120.
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())
