"""An orchestrator is active while its last state says so, and for ten minutes of silence."""

import pytest


@pytest.fixture
def line(timeline):
    return timeline()


@pytest.fixture
def active(line):
    return line.read("activeOrchestrators")


def test_online_and_busy_are_active_and_offline_is_not(line, active):
    """
               12:00    12:01   12:02     12:03
    planner    online           busy      offline
    writer              busy
               1        2       2         1
    """
    line.at("12:00", "orchestrator.online", orchestratorId="planner")
    assert active("12:00") == 1
    line.at("12:01", "orchestrator.busy", orchestratorId="writer")
    assert active("12:01") == 2
    line.at("12:02", "orchestrator.busy", orchestratorId="planner")
    assert active("12:02") == 2
    line.at("12:03", "orchestrator.offline", orchestratorId="planner")
    assert active("12:03") == 1


def test_ten_minutes_of_silence_are_offline(line, active):
    """
    12:00    12:09:59.999 │ 12:10    12:20
    online   1            │ 0        busy: 1
    """
    line.at("12:00", "orchestrator.online", orchestratorId="planner")
    assert [active(clock) for clock in ("12:09:59.999", "12:10", "12:15")] == [1, 0, 0]
    line.at("12:20", "orchestrator.busy", orchestratorId="planner")
    assert active("12:20") == 1


def test_who_repeats_its_state_is_not_silent(line, active):
    for minute in (0, 9, 18):
        line.at(f"12:{minute:02}", "orchestrator.busy", orchestratorId="planner")
    assert active("12:27:59.999") == 1
    assert active("12:28") == 0


def test_the_last_state_is_the_one_that_occurred_last(line, active):
    """
    occurred   12:00    12:05
               online   offline
    received   second   first
    """
    line.at("12:05", "orchestrator.offline", orchestratorId="planner")
    line.draw(
        line.event("12:00", "orchestrator.online", orchestratorId="planner"), received=line.moment("12:06")
    )
    assert active("12:06") == 0


def test_of_two_states_at_the_same_moment_the_later_number_counts(line, active):
    line.at("12:00", "orchestrator.offline", orchestratorId="planner")
    line.at("12:00", "orchestrator.online", orchestratorId="planner")
    assert active("12:00") == 1
    line.draw(
        line.event("12:01", "orchestrator.busy", orchestratorId="planner"),
        line.event("12:01", "orchestrator.offline", orchestratorId="planner"),
    )
    assert active("12:01") == 0


def test_one_that_was_never_heard_of_is_not_active(line, active):
    line.at("12:00", "vp.message.sent", orchestratorId="planner")
    assert active("12:00") == 0
