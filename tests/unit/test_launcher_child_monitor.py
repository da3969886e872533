"""The child monitor: restarts of one child, tick by tick, with backoff and a limit."""

import io
from pathlib import Path

import pytest

from launcher.child_monitor import ChildMonitor, RestartBackoff
from launcher.console import Console
from launcher.errors import LauncherError
from launcher.server import Server


class Doorman(Server):
    """A child that runs, dies and refuses to start when the test says so."""

    name, exit = "the doorman", "exit code 3"

    def __init__(self, log: Path):
        super().__init__(log)
        self.runs, self.refuses, self.starts = True, False, 0

    @property
    def pid(self) -> int | None:
        return 4711 if self.runs else None

    def start(self) -> None:
        self.starts += 1
        if self.refuses:
            raise LauncherError("the doorman is ill")
        self.runs = True


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def monitor(said: io.StringIO) -> ChildMonitor:
    return ChildMonitor(Console(out=said, err=said))


@pytest.fixture
def doorman(tmp_path: Path) -> Doorman:
    log = tmp_path / "doorman.log"
    log.write_text("first line\nlast line\n")
    return Doorman(log)


def test_running_child_is_left_alone(monitor: ChildMonitor, doorman: Doorman, said: io.StringIO):
    monitor.add(doorman)
    monitor.tick(0)
    assert (doorman.starts, said.getvalue()) == (0, "")


def test_dead_child_restarts_after_its_delay(monitor, doorman, said):
    monitor.add(doorman)
    doorman.runs = False
    starts = []
    for now in (0, 0.25, 0.5, 0.75):
        monitor.tick(now)
        starts.append(doorman.starts)
    assert starts == [0, 0, 1, 1]
    assert said.getvalue().splitlines() == [
        "the doorman ended (exit code 3); starting it again in 0.5 s",
        "the doorman is running again after 0.0 s",
    ]


def test_failed_restart_counts_as_a_death(monitor, doorman, said):
    monitor.add(doorman)
    doorman.runs, doorman.refuses = False, True
    for now in (0, 0.5, 0.75, 1.75):
        monitor.tick(now)
    assert doorman.starts == 2
    assert said.getvalue().splitlines() == [
        "the doorman ended (exit code 3); starting it again in 0.5 s",
        "pulse: the doorman is ill",
        "the doorman ended (exit code 3); starting it again in 1 s",
        "pulse: the doorman is ill",
    ]


def test_required_child_that_keeps_dying_is_an_error(monitor, doorman):
    monitor.add(doorman)
    doorman.runs, doorman.refuses = False, True
    with pytest.raises(LauncherError) as failure:
        tick_for_half_a_minute(monitor)
    assert doorman.starts == 4
    assert str(failure.value) == (
        f"the doorman ended 5 times in a minute, last with exit code 3; see {doorman.log}"
    )
    assert failure.value.log_tail == "first line\nlast line"


def test_optional_child_that_keeps_dying_stays_down(monitor, doorman, said):
    monitor.add(doorman, optional=True)
    doorman.runs, doorman.refuses = False, True
    tick_for_half_a_minute(monitor)
    assert doorman.starts == 4
    assert said.getvalue().splitlines()[-1] == (f"the doorman ended 5 times and stays off; see {doorman.log}")


def tick_for_half_a_minute(monitor: ChildMonitor) -> None:
    for now in range(30):
        monitor.tick(now)


def test_delay_doubles_until_the_fifth_death():
    backoff = RestartBackoff()
    assert [backoff.delay_after_death(now) for now in (0, 10, 20, 30, 40)] == [0.5, 1, 2, 4, None]


def test_deaths_expire_after_a_minute():
    backoff = RestartBackoff()
    assert [backoff.delay_after_death(now) for now in (0, 10, 70, 71, 132)] == [0.5, 1, 1, 1, 0.5]


def test_rare_deaths_never_reach_the_limit():
    backoff = RestartBackoff()
    assert {backoff.delay_after_death(quarter * 900) for quarter in range(50)} == {0.5}
