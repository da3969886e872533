"""Stop signals: the first stops in order, a second one forces it, a duplicate forwarded by `make` is ignored."""

import os
import signal
from collections.abc import Iterator

import pytest

from launcher.signals import STOP_SIGNALS, StopRequested, StopSignals


class Keyboard:
    """Sends signals at times that the test sets, and counts forced stops."""

    def __init__(self):
        self.now, self.forced = 0.0, 0
        self.signals = StopSignals(self._force, clock=lambda: self.now)
        self.signals.install()

    def press(self, now: float, number: int = signal.SIGINT) -> None:
        self.now = now
        os.kill(os.getpid(), number)

    def _force(self) -> None:
        self.forced += 1


@pytest.fixture
def keyboard() -> Iterator[Keyboard]:
    # As at a terminal, whatever the tests were started under: `nohup` ignores SIGHUP.
    before = {number: signal.signal(number, signal.SIG_DFL) for number in STOP_SIGNALS}
    yield Keyboard()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_first_signal_requests_a_stop(keyboard: Keyboard, number: int):
    with pytest.raises(StopRequested):
        keyboard.press(10.0, number)
    assert keyboard.forced == 0


def test_sighup_is_ignored_under_nohup():
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Keyboard().press(10.0, signal.SIGHUP)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_forwarded_duplicate_is_ignored(keyboard: Keyboard):
    with pytest.raises(StopRequested):
        keyboard.press(10.0, signal.SIGTERM)
    keyboard.press(10.1, signal.SIGTERM)
    assert keyboard.forced == 0


def test_second_signal_forces_the_stop(keyboard: Keyboard):
    with pytest.raises(StopRequested):
        keyboard.press(10.0)
    keyboard.press(11.0)
    assert keyboard.forced == 1


def test_signal_after_a_failure_forces_the_stop(keyboard: Keyboard):
    keyboard.now = 10.0
    keyboard.signals.begin_stop()
    keyboard.press(12.0)
    assert keyboard.forced == 1
