"""What events do to the projections: sums and extremes, the same whatever order the events come in."""

import itertools
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pytest

from app.domain.effects import Effects, TaskTimes, effects_of
from app.domain.event import LoggedEvent, NewEvent

ACME = UUID(int=1)
MIKA, VERA = UUID(int=11), UUID(int=12)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2025-12-06T{clock}+00:00")


def logged(seq: int, clock: str, event_type: str, user: UUID = MIKA, session: str | None = None, **data):
    event = NewEvent(ACME, f"e-{seq}", event_type, data, user, session)
    return LoggedEvent(seq, event, at(clock), b"")


def orders(*entries: LoggedEvent) -> Iterable[Effects]:
    return map(effects_of, itertools.permutations(entries))


def test_events_count_by_the_minute_in_which_they_occurred_and_by_type():
    effects = effects_of(
        [
            logged(1, "12:00:00", "message.sent"),
            logged(2, "12:00:59.999", "message.sent"),
            logged(3, "12:00:30", "user.active"),
            logged(4, "12:01:00", "message.sent"),
        ]
    )
    assert effects.minutes == {
        (ACME, at("12:00:00"), "message.sent"): 2,
        (ACME, at("12:00:00"), "user.active"): 1,
        (ACME, at("12:01:00"), "message.sent"): 1,
    }


def test_of_a_user_and_a_session_the_latest_moment_counts():
    entries = (
        logged(1, "12:05:00", "user.active", MIKA, "s-1"),
        logged(2, "12:03:00", "user.active", MIKA, "s-1"),
        logged(3, "12:04:00", "user.active", VERA),
    )
    for effects in orders(*entries):
        assert effects.users == {(ACME, MIKA): at("12:05:00"), (ACME, VERA): at("12:04:00")}
        assert effects.sessions == {(ACME, "s-1"): at("12:05:00")}


def test_a_channel_has_a_latest_message_creation_and_archiving():
    entries = (
        logged(1, "12:01:00", "channel.created", channelId="general"),
        logged(2, "12:02:00", "message.sent", channelId="general", messageId="m-1"),
        logged(3, "12:05:00", "message.sent", channelId="general", messageId="m-2"),
        logged(4, "12:04:00", "channel.archived", channelId="general"),
    )
    for effects in orders(*entries):
        assert effects.created == {(ACME, "general"): at("12:01:00")}
        assert effects.messages == {(ACME, "general"): at("12:05:00")}
        assert effects.archived == {(ACME, "general"): at("12:04:00")}
        assert effects.sent == {(ACME, "m-1"), (ACME, "m-2")}


def test_an_orchestrator_has_its_last_state_by_time_then_by_number():
    entries = (
        logged(1, "12:02:00", "orchestrator.offline", orchestratorId="planner"),
        logged(2, "12:01:00", "orchestrator.busy", orchestratorId="planner"),
        logged(3, "12:02:00", "orchestrator.online", orchestratorId="planner"),
    )
    for effects in orders(*entries):
        assert effects.orchestrators == {(ACME, "planner"): (at("12:02:00"), 3, "online")}


def test_a_task_has_a_first_and_a_last_start_and_a_last_end():
    entries = (
        logged(1, "12:01:00", "task.created", taskId="t-1"),
        logged(2, "12:02:00", "task.started", taskId="t-1"),
        logged(3, "12:03:00", "task.failed", taskId="t-1"),
        logged(4, "12:04:00", "task.started", taskId="t-1"),
    )
    for effects in orders(*entries):
        assert effects.tasks == {(ACME, "t-1"): TaskTimes(at("12:02:00"), at("12:04:00"), at("12:03:00"))}


def test_each_way_a_task_can_end_is_an_end():
    for end in ("task.completed", "task.failed", "task.cancelled"):
        effects = effects_of([logged(1, "12:01:00", end, taskId="t-1")])
        assert effects.tasks == {(ACME, "t-1"): TaskTimes(None, None, at("12:01:00"))}


def test_a_deletion_names_the_message_it_takes_back():
    effects = effects_of([logged(1, "12:00:00", "message.deleted", messageId="m-1")])
    assert effects.deleted == {(ACME, "m-1")}
    assert effects.minutes == {(ACME, at("12:00:00"), "message.deleted"): 1}


@pytest.mark.parametrize(
    "event_type", ["message.sent", "task.created", "orchestrator.online", "channel.archived"]
)
@pytest.mark.parametrize("name", [None, 7, ["t"], {"a": 1}, True])
def test_what_has_no_text_for_a_name_is_counted_and_does_nothing_else(event_type, name):
    data = dict.fromkeys(["messageId", "channelId", "taskId", "orchestratorId"], name)
    effects = effects_of([logged(1, "12:00:00", event_type, **data)])
    assert effects == effects_of([logged(1, "12:00:00", event_type)])
    only_counted = {(ACME, at("12:00:00"), event_type): 1}
    assert effects == Effects(minutes=Counter(only_counted), users={(ACME, MIKA): at("12:00:00")})
