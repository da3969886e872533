"""Ctrl-C and its relatives: the first asks for an orderly stop, a second one for a hasty stop."""

import signal
import time
from collections.abc import Callable

ECHO = 0.5  # seconds
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Somebody wants us to stop. Raised wherever the launcher is; what is open is closed on the way out."""


class StopSignals:
    """Raises StopRequested once; afterwards, and once `stopping` is set, calls `hurry` instead."""

    def __init__(self, hurry: Callable[[], None], clock: Callable[[], float] = time.monotonic):
        self._hurry, self._clock = hurry, clock
        self._since: float | None = None

    def install(self) -> None:
        """Handle them, but for a SIGHUP that `nohup` has us ignore."""
        for number in STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._received)

    def stopping(self) -> None:
        """From now on do not interrupt: the stop has begun."""
        if self._since is None:
            self._since = self._clock()

    def _received(self, number: int, frame) -> None:
        if self._since is None:
            self.stopping()
            raise StopRequested
        # `make` passes on a signal that we have got directly as well: the echo of the first is no second.
        if self._clock() - self._since > ECHO:
            self._hurry()
