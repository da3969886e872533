"""What the launcher does when a child dies: the timeline of one child, tick by tick."""

import io
from pathlib import Path

import pytest

from launcher.console import Console
from launcher.errors import LauncherError
from launcher.watch import Watch


class Doorman:
    """A child that runs, dies and refuses to start when the test says so."""

    name, exit = "the doorman", "exit code 3"

    def __init__(self, log: Path):
        self.log, self.is_running, self.refuses, self.starts = log, True, False, 0

    @property
    def pid(self) -> int | None:
        return 4711 if self.is_running else None

    def start(self) -> None:
        self.starts += 1
        if self.refuses:
            raise LauncherError("the doorman is ill")
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def watch(said: io.StringIO) -> Watch:
    return Watch(Console(out=said, err=said))


@pytest.fixture
def doorman(tmp_path: Path) -> Doorman:
    log = tmp_path / "doorman.log"
    log.write_text("first line\nlast line\n")
    return Doorman(log)


def test_a_child_that_runs_is_left_alone(watch: Watch, doorman: Doorman, said: io.StringIO):
    watch.add(doorman)
    watch.tick(0)
    assert (doorman.starts, said.getvalue()) == (0, "")


def test_a_dead_child_is_named_and_started_again_when_its_wait_is_over(watch, doorman, said):
    watch.add(doorman)
    doorman.is_running = False
    starts = []
    for now in (0, 0.25, 0.5, 0.75):
        watch.tick(now)
        starts.append(doorman.starts)
    assert starts == [0, 0, 1, 1]
    assert said.getvalue().splitlines() == [
        "the doorman ended (exit code 3); starting it again in 0.5 s",
        "the doorman is running again after 0.0 s",
    ]


def test_a_start_that_fails_counts_as_another_death(watch, doorman, said):
    watch.add(doorman)
    doorman.is_running, doorman.refuses = False, True
    for now in (0, 0.5, 0.75, 1.75):
        watch.tick(now)
    assert doorman.starts == 2
    assert said.getvalue().splitlines() == [
        "the doorman ended (exit code 3); starting it again in 0.5 s",
        "pulse: the doorman is ill",
        "the doorman ended (exit code 3); starting it again in 1 s",
        "pulse: the doorman is ill",
    ]


def test_a_child_that_is_needed_and_keeps_dying_ends_it_all_with_its_last_words(watch, doorman):
    watch.add(doorman)
    doorman.is_running, doorman.refuses = False, True
    with pytest.raises(LauncherError) as failure:
        tick_for_half_a_minute(watch)
    assert doorman.starts == 4
    assert str(failure.value) == (
        f"the doorman ended 5 times in a minute, last with exit code 3; see {doorman.log}"
    )
    assert failure.value.log_tail == "first line\nlast line"


def test_a_child_that_is_not_needed_and_keeps_dying_is_let_go(watch, doorman, said):
    watch.add(doorman, optional=True)
    doorman.is_running, doorman.refuses = False, True
    tick_for_half_a_minute(watch)
    assert doorman.starts == 4
    assert said.getvalue().splitlines()[-1] == (f"the doorman ended 5 times and stays off; see {doorman.log}")


def tick_for_half_a_minute(watch: Watch) -> None:
    for now in range(30):
        watch.tick(now)
