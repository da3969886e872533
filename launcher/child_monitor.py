"""Child monitor: restarts children that die, with exponential backoff and a limit on restarts."""

import time
from collections import deque

from launcher.console import Console
from launcher.errors import LauncherError
from launcher.process import tail
from launcher.server import Server

WINDOW = 60.0  # seconds
MAX_DEATHS = 5  # within the window


class RestartBackoff:
    """The deaths of one child within the last minute. Pure: the time is an argument."""

    def __init__(self) -> None:
        self._deaths: deque[float] = deque(maxlen=MAX_DEATHS)

    def delay_after_death(self, now: float) -> float | None:
        """Seconds to wait before the next start (0.5, 1, 2, 4), or None after the fifth death in a minute."""
        while self._deaths and now - self._deaths[0] > WINDOW:
            self._deaths.popleft()
        self._deaths.append(now)
        return None if len(self._deaths) == MAX_DEATHS else 0.5 * 2.0 ** (len(self._deaths) - 1)


class ChildMonitor:
    """`add` each child once it runs, then call `tick` a few times a second."""

    def __init__(self, console: Console):
        self._console = console
        self._backoffs: dict[Server, RestartBackoff] = {}
        self._restart_at: dict[Server, float] = {}
        self._optional: set[Server] = set()

    def add(self, child: Server, *, optional: bool = False) -> None:
        """Monitor a child. After too many deaths an optional one stays down; any other stops the launcher."""
        self._backoffs[child] = RestartBackoff()
        if optional:
            self._optional.add(child)

    def tick(self, now: float) -> None:
        """Restart the children that are due; raises LauncherError when a required child keeps dying."""
        for child in list(self._backoffs):
            if child.is_running:
                continue
            if child not in self._restart_at:
                self._schedule_restart(child, now)
            elif now >= self._restart_at[child]:
                self._restart(child)

    def _schedule_restart(self, child: Server, now: float) -> None:
        delay = self._backoffs[child].delay_after_death(now)
        if delay is not None:
            self._console.line(f"{child.name} ended ({child.exit}); starting it again in {delay:g} s")
            self._restart_at[child] = now + delay
        elif child in self._optional:
            self._console.line(f"{child.name} ended {MAX_DEATHS} times and stays off; see {child.log}")
            del self._backoffs[child]
        else:
            message = (
                f"{child.name} ended {MAX_DEATHS} times in a minute, last with {child.exit}; see {child.log}"
            )
            raise LauncherError(message, tail(child.log))

    def _restart(self, child: Server) -> None:
        del self._restart_at[child]
        started = time.monotonic()
        try:
            child.start()
            self._console.line(f"{child.name} is running again after {time.monotonic() - started:.1f} s")
        except LauncherError as error:  # counts as another death at the next tick
            self._console.error(str(error))
