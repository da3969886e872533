"""A task is in progress from its creation to its end, whatever order its events reach the log in."""

import itertools

import pytest

ENDS = ["task.completed", "task.failed", "task.cancelled"]


@pytest.fixture
def line(timeline):
    return timeline()


@pytest.fixture
def open_tasks(line):
    return line.read("tasksInProgress")


@pytest.mark.parametrize("end", ENDS)
def test_a_tasks_life(line, open_tasks, end):
    """
    12:00     12:01     12:02
    created   started   completed, failed or cancelled
    1         1         0
    """
    line.at("12:00", "task.created", taskId="t-1")
    assert open_tasks("12:00") == 1
    line.at("12:01", "task.started", taskId="t-1")
    assert open_tasks("12:01") == 1
    line.at("12:02", end, taskId="t-1")
    assert open_tasks("12:02") == 0


def test_a_task_stays_open_for_days(line, open_tasks):
    line.at("12:00", "task.created", taskId="t-1")
    assert open_tasks(line.moment("12:00", day=30)) == 1


def test_a_task_may_begin_without_having_been_created(line, open_tasks):
    line.at("12:00", "task.started", taskId="t-1")
    assert open_tasks("12:00") == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_of_arrival_does_not_matter(line, open_tasks, order):
    events = [
        line.event("12:00", "task.created", taskId="t-1"),
        line.event("12:01", "task.started", taskId="t-1"),
        line.event("12:02", "task.completed", taskId="t-1"),
    ]
    for number in order:
        line.draw(events[number], received=line.moment("12:03"))
    assert open_tasks("12:03") == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_task_taken_up_again_is_in_progress_in_every_order(line, open_tasks, order):
    """
    12:00     12:01    12:02     12:03
    started   failed   started   1
    """
    events = [
        line.event("12:00", "task.created", taskId="t-1"),
        line.event("12:00", "task.started", taskId="t-1"),
        line.event("12:01", "task.failed", taskId="t-1"),
        line.event("12:02", "task.started", taskId="t-1"),
    ]
    for number in order:
        line.draw(events[number], received=line.moment("12:03"))
    assert open_tasks("12:03") == 1


def test_a_start_without_a_time_of_its_own_that_was_merely_late_reopens_nothing(line, open_tasks):
    """
    12:00     12:01       12:02
    created   completed   started    the start was on its way for longer than the completion
    """
    line.at("12:00", "task.created", taskId="t-1")
    line.at("12:01", "task.completed", taskId="t-1")
    line.at("12:02", "task.started", taskId="t-1")
    assert open_tasks("12:02") == 0


def test_tasks_are_counted_not_events(line, open_tasks):
    for task in ("t-1", "t-2", "t-3"):
        line.at("12:00", "task.created", taskId=task)
        line.at("12:01", "task.started", taskId=task)
    line.at("12:02", "task.cancelled", taskId="t-2")
    line.at("12:03", "vp.task.completed", taskId="t-3")
    assert open_tasks("12:03") == 2
