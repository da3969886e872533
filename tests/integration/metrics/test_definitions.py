"""Each metric counts what its definition says, to the millisecond: written as timelines of one workspace's day.

A line is a moment (`@-1`: the day before) and what occurred: an event type, its data, `by=` and `session=`, and
`received=` where it reached the log later. A line that begins with `&` is committed with the one before it. A line
with `?` says what the metrics are at that moment.
"""

import itertools

import pytest

from .timeline import MIKA, OLIVIA, VERA

ZONES = ("UTC", "Asia/Kolkata", "America/New_York", "Europe/Berlin")
PEOPLE = {"mika": MIKA, "vera": VERA, "olivia": OLIVIA}
TIMELINES = {
    "user_is_online_for_five_minutes": """
        12:00 user.active
        12:01 message.sent by=vera
        12:01 ? onlineUsers=2
        12:04:59.999 ? onlineUsers=2
        12:05 ? onlineUsers=1
        12:05:59.999 ? onlineUsers=1
        12:06 ? onlineUsers=0""",
    "each_event_keeps_its_user_online": """
        12:00 search.performed
        12:04 search.performed
        12:08 search.performed
        12:08 ? onlineUsers=1
        12:12:59.999 ? onlineUsers=1
        12:13 ? onlineUsers=0""",
    "late_event_takes_no_user_offline": """
        12:00 user.active session=s-1
        11:00 user.active session=s-1 received=12:01
        12:02 ? onlineUsers=1 activeSessions=1""",
    "older_event_of_the_same_commit_changes_nothing": """
        12:10 message.sent channelId=general session=s-1
        & 11:05 message.sent channelId=general session=s-1
        & 12:10 orchestrator.online orchestratorId=planner
        & 12:09 orchestrator.offline orchestratorId=planner
        12:14 ? onlineUsers=1 activeSessions=1 activeOrchestrators=1
        13:05 ? activeChannels=1""",
    "session_is_active_for_thirty_minutes": """
        12:00 user.active session=s-1
        12:00 ? activeSessions=1
        12:10 user.active session=s-2
        12:10 user.active session=s-2 by=vera
        12:10 ? activeSessions=2
        12:29:59.999 ? activeSessions=2
        12:30 ? activeSessions=1
        12:39:59.999 ? activeSessions=1
        12:40 ? activeSessions=0""",
    "user_without_session_is_active": """
        12:00 user.active by=olivia
        12:00 ? activeUsers=1 onlineUsers=1 activeSessions=0""",
    "user_is_active_once_a_day": """
        22:00@-1 user.active by=vera
        22:00@-1 user.active
        09:00 user.login
        10:00 user.logout
        10:00 ? activeUsers=1
        11:00 file.downloaded by=olivia
        11:00 ? activeUsers=2""",
    "deleting_a_message_is_activity": """
        12:00 message.sent messageId=m-1
        12:10 message.deleted messageId=m-1 by=vera
        12:10 ? activeUsers=2 onlineUsers=1 messagesToday=0""",
    "orchestrator_is_active_online_and_busy": """
        12:00 orchestrator.online orchestratorId=planner
        12:00 ? activeOrchestrators=1
        12:01 orchestrator.busy orchestratorId=writer
        12:01 ? activeOrchestrators=2
        12:02 orchestrator.busy orchestratorId=planner
        12:02 ? activeOrchestrators=2
        12:03 orchestrator.offline orchestratorId=planner
        12:03 ? activeOrchestrators=1""",
    "orchestrator_is_offline_after_ten_silent_minutes": """
        12:00 orchestrator.online orchestratorId=planner
        12:09:59.999 ? activeOrchestrators=1
        12:10 ? activeOrchestrators=0
        12:20 orchestrator.busy orchestratorId=planner
        12:29 orchestrator.busy orchestratorId=planner
        12:38:59.999 ? activeOrchestrators=1
        12:39 ? activeOrchestrators=0""",
    "orchestrator_state_is_the_last_that_occurred": """
        12:05 orchestrator.offline orchestratorId=planner
        12:00 orchestrator.online orchestratorId=planner received=12:06
        12:06 ? activeOrchestrators=0""",
    "orchestrator_states_at_one_moment_go_by_number": """
        12:00 orchestrator.offline orchestratorId=planner
        12:00 orchestrator.online orchestratorId=planner
        12:00 ? activeOrchestrators=1
        12:01 orchestrator.busy orchestratorId=planner
        & 12:01 orchestrator.offline orchestratorId=planner
        12:01 ? activeOrchestrators=0""",
    "orchestrator_without_a_state_is_not_active": """
        12:00 vp.message.sent orchestratorId=planner
        12:00 ? activeOrchestrators=0""",
    "message_is_of_the_last_hour_for_an_hour": """
        11:00:30.500 message.sent
        11:00:30.500 ? messagesLastHour=1
        12:00:30.499 ? messagesLastHour=1
        12:00:30.500 ? messagesLastHour=0
        12:01 ? messagesLastHour=0""",
    "first_minute_of_the_hour_counts_in_part": """
        10:59:59.999 message.sent
        11:00 message.sent
        11:00:20 message.sent
        11:00:40 message.sent
        11:00:59.999 message.sent
        11:01 message.sent
        11:59:59.998 ? messagesLastHour=6
        11:59:59.999 ? messagesLastHour=5
        12:00 ? messagesLastHour=4
        12:00:19.999 ? messagesLastHour=4
        12:00:20 ? messagesLastHour=3
        12:00:40 ? messagesLastHour=2
        12:00:59.999 ? messagesLastHour=1
        12:01 ? messagesLastHour=0""",
    "only_sent_messages_count": """
        12:00 message.sent
        12:00 message.received
        12:00 message.edited
        12:00 vp.message.sent
        12:00 user.active
        12:30 ? messagesLastHour=1 messagesToday=1""",
    "last_hour_reaches_over_midnight": """
        23:30@-1 message.sent
        00:10 message.sent
        00:15 ? messagesLastHour=2 messagesToday=1""",
    "late_message_is_of_the_hour_it_occurred_in": """
        10:00 message.sent received=12:00
        11:30 message.sent received=12:00
        12:00 ? messagesLastHour=1""",
    "channel_is_active_for_an_hour_after_a_message": """
        12:00 message.sent channelId=general
        12:30 message.sent channelId=design
        12:30 ? activeChannels=2
        12:59:59.999 ? activeChannels=2
        13:00 ? activeChannels=1
        13:29:59.999 ? activeChannels=1
        13:30 ? activeChannels=0""",
    "only_messages_make_a_channel_active": """
        12:00 channel.created channelId=launch
        12:01 channel.joined channelId=launch
        12:02 call.started channelId=launch
        12:03 message.sent
        12:03 ? activeChannels=0
        12:04 message.sent channelId=launch
        12:04 ? activeChannels=1""",
    "archived_channel_is_inactive_until_created_again": """
        12:00 message.sent channelId=launch
        12:05 ? activeChannels=1
        12:10 channel.archived channelId=launch
        12:10 ? activeChannels=0
        12:20 message.sent channelId=launch
        12:20 ? activeChannels=0
        12:20 channel.created channelId=launch
        12:20 ? activeChannels=1
        12:30 channel.archived channelId=launch
        12:30 channel.created channelId=launch
        12:30 ? activeChannels=0""",
    "late_archiving_counts_by_when_it_occurred": """
        12:30 channel.created channelId=launch
        12:31 message.sent channelId=launch
        12:10 channel.archived channelId=launch received=12:32
        12:32 ? activeChannels=1""",
    "channel_without_standing_messages_is_inactive": """
        11:50 message.sent channelId=general messageId=m-0
        12:00 message.sent channelId=general messageId=m-1
        12:40 message.sent channelId=general messageId=m-2
        12:41 message.deleted messageId=m-2
        12:59:59.999 ? activeChannels=1
        13:00 ? activeChannels=0
        12:42 message.deleted messageId=m-1
        12:49:59.999 ? activeChannels=1
        12:50 ? activeChannels=0""",
    "late_deleted_message_makes_no_channel_active": """
        12:01 message.deleted messageId=m-1
        12:00 message.sent channelId=general messageId=m-1 received=12:02
        12:02 ? activeChannels=0""",
    "one_of_two_messages_at_one_moment_is_deleted": """
        12:00 message.sent channelId=general messageId=m-1
        12:00 message.sent channelId=general messageId=m-2
        12:01 message.deleted messageId=m-1
        12:01 ? activeChannels=1""",
    "task_may_begin_with_its_start_and_stays_open": """
        12:00@-30 task.created taskId=t-1
        12:00 task.started taskId=t-2
        12:00 ? tasksInProgress=2""",
    "late_start_does_not_reopen_task": """
        12:00 task.created taskId=t-1
        12:01 task.completed taskId=t-1
        12:02 task.started taskId=t-1
        12:02 ? tasksInProgress=0""",
    "task_taken_up_again_within_one_commit": """
        12:00 task.started taskId=t-1
        & 12:01 task.failed taskId=t-1
        & 12:02 task.started taskId=t-1
        12:02 task.started taskId=t-2
        & 12:01 task.failed taskId=t-2
        & 12:00 task.started taskId=t-2
        12:02 ? tasksInProgress=2""",
    "task_ended_twice_within_one_commit": """
        12:03 task.failed taskId=t-1
        & 12:01 task.completed taskId=t-1
        & 12:00 task.started taskId=t-1
        & 12:02 task.started taskId=t-1
        12:03 ? tasksInProgress=0""",
    "tasks_are_counted_not_events": """
        12:00 task.created taskId=t-1
        12:00 task.created taskId=t-2
        12:01 task.started taskId=t-1
        12:01 task.started taskId=t-2
        12:02 task.cancelled taskId=t-2
        12:03 vp.task.completed taskId=t-1
        12:03 ? tasksInProgress=1""",
    "message_counts_until_it_is_deleted": """
        12:00 message.sent messageId=m-1
        12:01 message.sent messageId=m-2
        12:01 ? messagesLastHour=2 messagesToday=2
        12:02 message.deleted messageId=m-1
        12:03 ? messagesLastHour=1 messagesToday=1""",
    "deletion_may_reach_the_log_before_its_message": """
        12:02 message.deleted messageId=m-1
        12:00 message.sent messageId=m-1 received=12:03
        12:03 ? messagesLastHour=0 messagesToday=0""",
    "message_and_deletion_in_one_commit": """
        12:00 message.sent messageId=m-1
        & 12:01 message.deleted messageId=m-1
        12:01 ? messagesLastHour=0 messagesToday=0""",
    "deletion_and_message_in_one_commit": """
        12:01 message.deleted messageId=m-1
        & 12:00 message.sent messageId=m-1
        12:01 ? messagesLastHour=0 messagesToday=0""",
    "second_deletion_takes_nothing_more_away": """
        12:00 message.sent messageId=m-1
        12:00 message.sent messageId=m-2
        12:01 message.deleted messageId=m-1
        12:02 message.deleted messageId=m-1
        12:03 message.deleted messageId=m-1
        & 12:03 message.deleted messageId=m-1
        12:04 ? messagesLastHour=1 messagesToday=1""",
    "messages_of_one_id_are_deleted_together": """
        12:00 message.sent messageId=m-1
        12:05 message.sent messageId=m-1
        12:06 message.deleted messageId=m-1
        12:06 ? messagesLastHour=0 messagesToday=0
        12:07 message.sent messageId=m-1
        12:07 ? messagesLastHour=0 messagesToday=0""",
    "message_without_id_cannot_be_deleted": """
        12:00 message.sent
        12:01 message.deleted messageId=m-1
        12:01 ? messagesLastHour=1 messagesToday=1""",
    "message_deleted_the_next_day_is_taken_from_its_day": """
        23:50@-1 message.sent messageId=m-1
        23:55@-1 message.sent messageId=m-2
        00:05 message.deleted messageId=m-1
        00:05 ? messagesLastHour=1 messagesToday=0
        00:06 message.sent messageId=m-3
        00:06 ? messagesLastHour=2 messagesToday=1""",
    "deletion_in_the_first_minute_of_the_hour": """
        11:00:10 message.sent messageId=m-1
        11:00:50 message.sent messageId=m-2
        12:00:30 ? messagesLastHour=1 messagesToday=2
        11:30 message.deleted messageId=m-2
        12:00:30 ? messagesLastHour=0 messagesToday=1""",
}


def moment(line, clock):
    time, _, day = clock.partition("@")
    return line.moment(time, day=int(day or 0))


def play(line, timeline):
    """Commit the timeline's events, and compare the metrics where it says what they are."""
    commits = timeline.replace("\n        &", " &").strip().splitlines()
    for commit in commits:
        clock, *said = commit.split(maxsplit=2)
        if said[0] == "?":
            figures = line.figures(moment(line, clock))
            expected = dict(pair.split("=") for pair in said[1].split())
            assert {name: str(figures[name]) for name in expected} == expected, commit
        else:
            draw(line, commit.split(" & "))


def draw(line, texts):
    events, received = [], None
    for text in texts:
        clock, event_type, *pairs = text.split()
        data = dict(pair.split("=") for pair in pairs)
        user, session = PEOPLE[data.pop("by", "mika")], data.pop("session", None)
        if "received" in data:
            received = moment(line, data.pop("received"))
        events.append(line.event(moment(line, clock), event_type, user, session, **data))
    line.draw(*events, received=received)


@pytest.mark.parametrize(("name", "zone"), list(zip(TIMELINES, itertools.cycle(ZONES), strict=False)))
def test_metric_is_as_defined(timeline, name, zone):
    play(timeline(zone), TIMELINES[name])


@pytest.mark.parametrize("end", ["task.completed", "task.failed", "task.cancelled"])
def test_task_is_open_until_its_end(timeline, end):
    play(
        timeline(),
        f"""
        12:00 task.created taskId=t-1
        12:00 ? tasksInProgress=1
        12:01 task.started taskId=t-1
        12:01 ? tasksInProgress=1
        12:02 {end} taskId=t-1
        12:02 ? tasksInProgress=0""",
    )


@pytest.mark.parametrize("last", ["task.completed", "task.started"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_arrival_order_does_not_matter(timeline, order, last):
    line = timeline()
    types = ("task.created", "task.started", "task.failed", last)
    events = [line.event(f"12:0{minute}", type_, taskId="t-1") for minute, type_ in enumerate(types)]
    for number in order:
        line.draw(events[number], received=line.moment("12:05"))
    assert line.figures("12:05")["tasksInProgress"] == (last == "task.started")


def test_deletion_is_per_workspace(timeline):
    here, there = timeline(), timeline()
    for line in (here, there):
        play(line, "12:00 message.sent messageId=m-1")
    play(here, "12:01 message.deleted messageId=m-1")
    play(here, "12:01 ? messagesToday=0")
    play(there, "12:01 ? messagesToday=1")
