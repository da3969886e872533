"""Watches over the children: says which one died, starts it again, and knows when to give up."""

import time
from pathlib import Path
from typing import Protocol

from launcher.console import Console
from launcher.errors import LauncherError
from launcher.process import tail
from launcher.restarts import LIMIT, Restarts


class Child(Protocol):
    """What is watched over: PostgreSQL, Valkey, gunicorn, the demo traffic."""

    name: str
    log: Path

    @property
    def pid(self) -> int | None: ...

    @property
    def is_running(self) -> bool: ...

    @property
    def exit(self) -> str: ...

    def start(self) -> object: ...

    def stop(self) -> None: ...


class Watch:
    """`add` each child once it runs, then call `tick` often."""

    def __init__(self, console: Console):
        self._console = console
        self._restarts: dict[Child, Restarts] = {}
        self._due: dict[Child, float] = {}
        self._optional: set[Child] = set()

    def add(self, child: Child, *, optional: bool = False) -> None:
        """Watch a child; one that is optional is let go when it keeps dying, any other stops the launcher."""
        self._restarts[child] = Restarts()
        if optional:
            self._optional.add(child)

    def tick(self, now: float) -> None:
        """Start again what is due; raises LauncherError when a child that is needed keeps dying."""
        for child in list(self._restarts):
            if child.is_running:
                continue
            if child not in self._due:
                self._plan(child, now)
            elif now >= self._due[child]:
                self._start(child)

    def _plan(self, child: Child, now: float) -> None:
        delay = self._restarts[child].after_death(now)
        if delay is not None:
            self._console.say(f"{child.name} ended ({child.exit}); starting it again in {delay:g} s")
            self._due[child] = now + delay
        elif child in self._optional:
            self._console.say(f"{child.name} ended {LIMIT} times and stays off; see {child.log}")
            del self._restarts[child]
        else:
            message = f"{child.name} ended {LIMIT} times in a minute, last with {child.exit}; see {child.log}"
            raise LauncherError(message, tail(child.log))

    def _start(self, child: Child) -> None:
        del self._due[child]
        begun = time.monotonic()
        try:
            child.start()
            self._console.say(f"{child.name} is running again after {time.monotonic() - begun:.1f} s")
        except LauncherError as error:  # counts as another death at the next tick
            self._console.complain(str(error))
