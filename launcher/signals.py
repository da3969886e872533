"""Signal handling (SIGINT, SIGTERM, SIGHUP): the first one stops in order, a second one at once."""

import signal
import time
from collections.abc import Callable
from types import FrameType

DUPLICATE_WINDOW = 0.5  # seconds
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Raised by the signal handler; a BaseException, so that no `except Exception` swallows it."""


class StopSignals:
    """Raises StopRequested at the first signal; after it, or after `begin_stop`, calls `force` instead."""

    def __init__(self, force: Callable[[], None], clock: Callable[[], float] = time.monotonic):
        self._force, self._clock = force, clock
        self._stopping_since: float | None = None

    def install(self) -> None:
        """Install the handlers, except for a SIGHUP that `nohup` has set to be ignored."""
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._handle)

    def begin_stop(self) -> None:
        """From now on raise nothing: the stop must not be interrupted."""
        if self._stopping_since is None:
            self._stopping_since = self._clock()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._stopping_since is None:
            self.begin_stop()
            raise StopRequested
        # `make` forwards a signal that has reached us directly too: such a duplicate is not a second request.
        if self._clock() - self._stopping_since > DUPLICATE_WINDOW:
            self._force()
