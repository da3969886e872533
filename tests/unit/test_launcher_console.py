"""Console output and signals of the launcher."""

import io
import os
import re
import signal
from collections.abc import Iterator

import pytest

from launcher.console import Console
from launcher.signals import STOP_SIGNALS, StopRequested, StopSignals


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(out: io.StringIO) -> Console:
    return Console(out=out, err=out)


def test_step_shows_text_then_duration(console: Console, out: io.StringIO):
    with console.step("Starting PostgreSQL"):
        assert out.getvalue() == "Starting PostgreSQL … "
        console.detail("first start: creating the database")
    line = re.sub(r"\d+\.\d", "N", out.getvalue())
    assert line == "Starting PostgreSQL … first start: creating the database … N s\n"


def test_line_ends_an_unfinished_step(console: Console, out: io.StringIO):
    with console.step("Starting gunicorn"):
        console.line("Valkey ended (SIGKILL); starting it again in 0.5 s")
    console.line("next")
    assert out.getvalue() == (
        "Starting gunicorn … \nValkey ended (SIGKILL); starting it again in 0.5 s\nnext\n"
    )


def test_detail_without_step_is_a_line(console: Console, out: io.StringIO):
    console.detail("still recovering after a crash, 4 s")
    assert out.getvalue() == "still recovering after a crash, 4 s\n"


def test_error_names_the_program(console: Console, out: io.StringIO):
    console.error("PORT is taken")
    assert out.getvalue() == "pulse: PORT is taken\n"


def test_closed_terminal_is_ignored():
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:
        console = Console(out=stream, err=stream)
        console.line("lost")
        with console.step("Stopping"):
            console.error("lost too")


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
