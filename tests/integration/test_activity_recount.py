"""Activity equals a naive recount: any log, late events, deletions, hours summed up at any time, zone, filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import recount
import timelines
from empty_logs import new_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Row
from timelines import HOUR, MINUTE, MS, Commit, Post

from app.domain.calendar_periods import Period
from app.domain.comparison import COMPARISONS
from app.domain.event import HOUR_FINAL_AFTER
from app.domain.time_range import TimeRange
from app.ingest.transaction import commit
from app.insights.activity import hour_rollup
from app.insights.activity.reader import ActivityRequest, read_activity
from app.insights.event_selection import EVENTS, MESSAGES, EventSelection
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT
from app.postgres.statements import autocommit

Sql = Callable[..., list[Row]]
Log = list[tuple[Commit, bool, str]]
DAY = timedelta(days=1)
STEPS = {"1m": MINUTE, "5m": 5 * MINUTE, "15m": 15 * MINUTE, "1h": HOUR, "1d": DAY}
TYPES = ["message.sent", "message.deleted", "user.active", "deploy.done", "never.seen"]
# A commit, perhaps a day after the one before; then the job sums up hours, or an event is committed too late.
HAPPENINGS = st.sampled_from(["", "a round", "a round", "a delay"])
LOGS = st.lists(st.tuples(timelines.COMMITS, st.booleans(), HAPPENINGS), min_size=2, max_size=6)
# Past the moment at which an hour is final; of what is even later, partitions are not looked through.
DELAYS = [HOUR_FINAL_AFTER + minutes * MINUTE for minutes in (0, 5, 10)]
LENGTHS = [MS, 90 * MINUTE / 100, HOUR, 5 * HOUR + 7 * MINUTE, DAY, 3 * DAY, 8 * DAY]


def labels(step: str, moment: datetime, zone: ZoneInfo) -> tuple[Any, ...]:
    """What is the same for all minutes of a bucket, and differs in the next one."""
    local = moment.astimezone(zone)
    if step == "1d":
        return (local.date(),)
    minutes = STEPS[step] // MINUTE
    return local.date(), local.hour, local.minute // minutes, local.utcoffset()


def starts(step: str, since: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """Where buckets begin, by looking at every minute."""
    found, minute = [since], since.replace(second=0, microsecond=0) + MINUTE
    while minute < until:
        if labels(step, minute, zone) != labels(step, minute - MINUTE, zone):
            found.append(minute)
        minute += MINUTE
    return found


def days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The first moment whose clock shows the same time so many days earlier, or else the next one there was."""
    seconds = moment - moment.replace(second=0, microsecond=0)
    wanted = (moment - seconds).astimezone(zone).replace(tzinfo=None) - days * DAY
    candidate = wanted.replace(tzinfo=UTC) - 15 * HOUR
    while candidate.astimezone(zone).replace(tzinfo=None) < wanted:
        candidate += MINUTE
    return candidate + seconds


def compared(compare: str, since: datetime, until: datetime, zone: str) -> tuple[datetime, datetime]:
    days = {"yesterday": 1, "lastWeek": 7}.get(compare, 0)
    if compare == "previous" and all(recount.start_of_day(edge, zone) == edge for edge in (since, until)):
        first, last = (edge.astimezone(ZoneInfo(zone)).date() for edge in (since, until))
        days = (last - first).days
    if not days:
        return since - (until - since), since
    start, end = (days_before(edge, days, ZoneInfo(zone)) for edge in (since, until))
    return start, max(start, end)


def counted(events: recount.Events, selection: EventSelection) -> list[datetime]:
    """When what a selection counts occurred."""
    kept = recount.standing_messages(events) if selection.metric == MESSAGES else events
    return [
        event.occurred_at
        for event in kept
        if (not selection.types or event.event_type in selection.types)
        and selection.user_id in (None, event.user_id)
        and selection.channel in (None, event.event_data.get("channelId"))
    ]


def within(times: Sequence[datetime], edges: Sequence[datetime]) -> list[int]:
    return [sum(start <= at < end for at in times) for start, end in pairwise(edges)]


def selections(workspace: UUID, random: Random) -> Iterator[EventSelection]:
    """All events, all messages, each type; and some filters together."""
    anywhen = TimeRange(datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
    yield EventSelection(workspace, anywhen, EVENTS, ())
    yield EventSelection(workspace, anywhen, MESSAGES, ())
    yield EventSelection(workspace, anywhen, EVENTS, tuple(random.sample(TYPES, 2)))
    user = random.choice([None, *timelines.USERS])
    channel = random.choice([None, "channel-1", "channel-2"])
    yield EventSelection(workspace, anywhen, random.choice([EVENTS, MESSAGES]), (), user, channel)


def ask(
    engine: Engine, selection: EventSelection, since: datetime, until: datetime, **how: Any
) -> tuple[str, list[Any]]:
    with engine.connect() as connection:
        connection.exec_driver_sql(READ_ONLY_SNAPSHOT)
        return read_activity(
            connection,
            ActivityRequest(
                selection, Period(since, until), how["step"], how["zone"], how.get("compare", "none")
            ),
            how["now"],
        )


def roll_up(engine: Engine) -> None:
    with autocommit(engine) as connection:
        hour_rollup.roll_up(connection)


def post_log(engine: Engine, workspaces: list[UUID], now: datetime, log: Log, random: Random) -> datetime:
    """Commit it, with what happens meanwhile; returns when the last commit was."""
    for step, is_next_day, happening in log:
        now += step.after + (26 * HOUR if is_next_day else 0 * HOUR)
        requests = [
            [post.event(workspaces[number], now) for post in posts] for number, posts in step.requests
        ]
        commit(engine, requests, now)
        if happening == "a delay":
            content = "message.sent", {"channelId": "channel-1"}, timelines.USERS[0], None
            late = Post(f"late-{random.random()}", *content, -random.choice(DELAYS))
            commit(engine, [[late.event(workspaces[0], now)]], now)
        elif happening:
            roll_up(engine)
    return now


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from(timelines.BEGINNINGS),
    LOGS,
    st.sampled_from(timelines.ZONES),
    st.sampled_from(list(STEPS)),
    st.sampled_from(LENGTHS),
    st.sampled_from(COMPARISONS),
    st.randoms(use_true_random=False),
)
def test_activity_equals_a_recount(
    engine: Engine,
    sql: Sql,
    begin: datetime,
    log: Log,
    zone: str,
    step: str,
    length: timedelta,
    compare: str,
    random: Random,
):
    workspaces = [new_workspace(sql), new_workspace(sql)]
    now = post_log(engine, workspaces, begin, log, random)
    workspace = workspaces[0]
    events = sql(recount.READ, workspace=workspace)
    ends = [event.occurred_at for event in events] or [now]
    until = random.choice([now, random.choice(ends) + random.choice([0 * MS, MS, MINUTE, DAY])])
    until = random.choice([until, until.replace(second=0, microsecond=0), recount.start_of_day(until, zone)])
    since = until - min(length, 1_400 * STEPS[step])
    since = random.choice([since, recount.start_of_day(since, zone)])
    if since >= until or (until - since) / STEPS[step] > 1_490:
        since = until - MINUTE
    expected = [*starts(step, since, until, ZoneInfo(zone)), until]
    for selection in selections(workspace, random):
        how = {"step": step, "zone": zone, "compare": compare, "now": now}
        name, [found, *earlier] = ask(engine, selection, since, until, **how)
        times = counted(events, selection)
        assert (name, list(found.edges)) == (step, expected)
        assert list(found.counts) == within(times, expected)
        assert len(earlier) == (compare != "none")
        for one in earlier:
            assert (one.edges[0], one.edges[-1]) == compared(compare, since, until, zone)
            assert len(one.edges) == len(expected)
            assert list(one.counts) == within(times, one.edges)
            assert one.total == sum(within(times, [one.edges[0], one.edges[-1]]))
    parts = Counter[int]()
    for kind in {event.event_type for event in events}:
        selection = EventSelection(workspace, TimeRange(since, until), EVENTS, (kind,))
        _, [found] = ask(engine, selection, since, until, step=step, zone=zone, now=now)
        parts.update(dict(enumerate(found.counts)))
    assert [parts[number] for number in range(len(expected) - 1)] == within(
        [event.occurred_at for event in events], expected
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(timelines.BEGINNINGS), LOGS, st.randoms(use_true_random=False))
def test_hours_equal_a_recount(engine: Engine, sql: Sql, begin: datetime, log: Log, random: Random):
    workspaces = [new_workspace(sql), new_workspace(sql)]
    now = post_log(engine, workspaces, begin, log, random) + 30 * HOUR
    later = Post("later", "user.active", {}, timelines.USERS[0], None, None)
    commit(engine, [[later.event(workspace, now)] for workspace in workspaces], now)
    roll_up(engine)
    for workspace in workspaces:
        *events, _ = sql(recount.READ, workspace=workspace)
        standing = {event.seq for event in recount.standing_messages(events)}
        hours: dict[datetime, Counter[str]] = {}
        messages = Counter[datetime]()
        for event in events:
            hour = event.occurred_at.replace(minute=0, second=0, microsecond=0)
            hours.setdefault(hour, Counter())[event.event_type] += 1
            messages[hour] += event.seq in standing
        rows = sql("SELECT * FROM hour_counts WHERE workspace_id = :id", id=workspace)
        assert {row.hour: (row.events, row.messages, row.by_type) for row in rows} == {
            hour: (types.total(), messages[hour], dict(types)) for hour, types in hours.items()
        }
