"""Ctrl-C: once to stop in order, twice to hurry, and `make` that passes it on is no second time."""

import os
import signal
from collections.abc import Iterator

import pytest

from launcher.signals import STOPPING, StopRequested, StopSignals


class Keyboard:
    """The person at the terminal: presses keys at times of the test's choosing, and sees what it leads to."""

    def __init__(self):
        self.now, self.hurried = 0.0, 0
        self.signals = StopSignals(self._hurry, clock=lambda: self.now)
        self.signals.install()

    def press(self, now: float, number: int = signal.SIGINT) -> None:
        self.now = now
        os.kill(os.getpid(), number)

    def _hurry(self) -> None:
        self.hurried += 1


@pytest.fixture
def keyboard() -> Iterator[Keyboard]:
    # As at a terminal, whatever the tests were started under: `nohup` ignores SIGHUP.
    before = {number: signal.signal(number, signal.SIG_DFL) for number in STOPPING}
    yield Keyboard()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOPPING)
def test_the_first_one_asks_for_a_stop(keyboard: Keyboard, number: int):
    with pytest.raises(StopRequested):
        keyboard.press(10.0, number)
    assert keyboard.hurried == 0


def test_under_nohup_a_closed_terminal_stops_nothing():
    before = {number: signal.getsignal(number) for number in STOPPING}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Keyboard().press(10.0, signal.SIGHUP)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_echo_of_the_first_one_is_no_second(keyboard: Keyboard):
    with pytest.raises(StopRequested):
        keyboard.press(10.0, signal.SIGTERM)
    keyboard.press(10.1, signal.SIGTERM)
    assert keyboard.hurried == 0


def test_a_second_one_hurries(keyboard: Keyboard):
    with pytest.raises(StopRequested):
        keyboard.press(10.0)
    keyboard.press(11.0)
    assert keyboard.hurried == 1


def test_one_during_a_stop_that_a_failure_began_hurries_too(keyboard: Keyboard):
    keyboard.now = 10.0
    keyboard.signals.stopping()
    keyboard.press(12.0)
    assert keyboard.hurried == 1
