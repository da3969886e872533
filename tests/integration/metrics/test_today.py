"""Counts since midnight begin with the workspace's own midnight; presence of a wrong clock is none."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from .timeline import MIKA, OLIVIA, VERA

TODAY = ("activeUsers", "messagesToday", "eventCounts")


def today(line, clock) -> tuple:
    figures = line.figures(clock)
    return tuple(figures[name] for name in TODAY)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati"])
def test_day_in_any_timezone(timeline, zone):
    """
    local   yesterday 23:59:59.999 │ 00:00:00.000   08:00   08:00   23:59:59.999 │ 00:00 tomorrow
            Vera: message          │ Mika: message  Mika:   Olivia: Mika:        │
                                   │                active  active  message      │
    users                          │ 1              1       2       2            │ 0
    messages                       │ 1              1       1       2            │ 0
    """
    line = timeline(zone)
    line.at(line.moment("23:59:59.999", day=-1), "message.sent", VERA)
    assert today(line, line.moment("23:59:59.999", day=-1)) == (1, 1, {"message.sent": 1})
    assert today(line, "00:00:00") == (0, 0, {})
    line.at("00:00:00", "message.sent", MIKA)
    assert today(line, "00:00:00") == (1, 1, {"message.sent": 1})
    line.at("08:00", "user.active", MIKA)
    line.at("08:00", "user.active", OLIVIA)
    assert today(line, "12:00") == (2, 1, {"user.active": 2, "message.sent": 1})
    line.at("23:59:59.999", "message.sent", MIKA)
    assert today(line, "23:59:59.999") == (2, 2, {"message.sent": 2, "user.active": 2})
    assert today(line, line.moment("00:00", day=1)) == (0, 0, {})


def test_day_of_23_hours(timeline):
    """
    Berlin, 30 March 2025: 2:00 becomes 3:00

    local   29th 23:59:59 │ 00:00   01:59:59 ┊ 03:00:00   23:59:59 │ 31st 00:00
    UTC     22:59:59      │ 23:00   00:59:59 ┊ 01:00:00   21:59:59 │ 22:00
    today   (1)           │ 1       2        ┊ 3          4        │ 0
    """
    line = timeline("Europe/Berlin", date(2025, 3, 30))
    line.at(line.moment("23:59:59", day=-1), "message.sent")
    # An hour is an hour: what was said at 1:59:59 is a second old at 3:00.
    expected = {"00:00:00": (1, 2), "01:59:59": (2, 1), "03:00:00": (3, 2), "23:59:59": (4, 1)}
    for clock, counts in expected.items():
        line.at(clock, "message.sent")
        figures = line.figures(clock)
        assert (figures["messagesToday"], figures["messagesLastHour"]) == counts, clock
    assert line.figures(line.moment("00:00", day=1))["messagesToday"] == 0


def test_day_of_25_hours(timeline):
    """
    Berlin, 26 October 2025: 3:00 becomes 2:00 again

    local   25th 23:59:59 │ 00:00   02:30 (summer) ┊ 02:30 (winter)   23:59:59 │ 27th 00:00
    UTC     21:59:59      │ 22:00   00:30          ┊ 01:30            22:59:59 │ 23:00
    today   (1)           │ 1       2              ┊ 3                4        │ 0
    """
    line = timeline("Europe/Berlin", date(2025, 10, 26))
    line.at(line.moment("23:59:59", day=-1), "message.sent")
    # An hour is an hour: from one half past two to the other a whole one has passed.
    expected = {
        line.moment("00:00"): (1, 2),
        line.moment("02:30", fold=0).astimezone(UTC): (2, 1),
        line.moment("02:30", fold=1).astimezone(UTC): (3, 1),
        line.moment("23:59:59"): (4, 1),
    }
    for moment, counts in expected.items():
        line.at(moment, "message.sent")
        figures = line.figures(moment)
        assert (figures["messagesToday"], figures["messagesLastHour"]) == counts, moment
    assert line.figures(line.moment("00:00", day=1))["messagesToday"] == 0


def test_day_without_midnight(timeline):
    """
    Santiago, 7 September 2025: 0:00 becomes 1:00, so the day begins at 1:00

    local   6th 23:59:59 ┊ 01:00:00   12:00
    UTC     03:59:59     ┊ 04:00:00   15:00
    today   (1)          ┊ 1          2
    """
    line = timeline("America/Santiago", date(2025, 9, 7))
    line.at(line.moment("23:59:59", day=-1), "message.sent")
    line.at("01:00:00", "message.sent")
    assert line.figures("01:00:00")["messagesToday"] == 1
    line.at("12:00", "message.sent")
    assert line.figures("12:00")["messagesToday"] == 2


def test_counts_by_type_are_ranked(timeline):
    """
    09:00   09:01   09:02           09:03        09:04        10:00
    m-1     m-2     delete m-1      deploy       deploy       message.sent 2, deploy.finished 2, deleted 1
    """
    line = timeline()
    line.at("09:00", "message.sent", messageId="m-1")
    line.at("09:01", "message.sent", messageId="m-2")
    line.at("09:02", "message.deleted", messageId="m-1")
    line.at("09:03", "deploy.finished")
    line.at("09:04", "deploy.finished")
    figures = line.figures("10:00")
    expected = [("deploy.finished", 2), ("message.sent", 2), ("message.deleted", 1)]
    assert list(figures["eventCounts"].items()) == expected
    assert figures["messagesToday"] == 1


def test_event_slightly_ahead_counts_now(timeline):
    """A client's clock may be 5 minutes ahead: its event of 12:05 is there at 12:00, and stays."""
    line = timeline()
    line.draw(line.event("12:05", "message.sent"), received=line.moment("12:00"))
    for clock in ("12:00", "12:05", "12:06"):
        assert today(line, clock) == (1, 1, {"message.sent": 1})
        assert line.figures(clock)["messagesLastHour"] == 1
        assert line.figures(clock)["onlineUsers"] == 1


AHEAD = {
    "user_presence": "last_seen",
    "session_presence": "last_seen",
    "channels": "last_message_at",
    "orchestrators": "state_at",
}
FIGURES = ("onlineUsers", "activeUsers", "activeSessions", "activeChannels", "activeOrchestrators")


@pytest.fixture
def line(timeline):
    """Mika writes in a channel and an orchestrator is online."""
    line = timeline()
    write(line, "12:00")
    return line


def write(line, clock):
    line.at(clock, "message.sent", session="s-1", channelId="general")
    line.at(clock, "orchestrator.online", session="s-1", orchestratorId="o-1")


def seen(line, clock):
    figures = line.figures(clock)
    return [figures[name] for name in FIGURES]


def test_far_future_presence_is_ignored(line, sql):
    assert seen(line, "12:01") == [1] * 5
    for table, column in AHEAD.items():
        sql(f"UPDATE {table} SET {column} = {column} + interval '3 days'")  # noqa: S608
    assert seen(line, "12:01") == [0] * 5
    write(line, "12:02")
    assert seen(line, "12:03") == [1] * 5
    for table, column in AHEAD.items():
        [row] = sql(f"SELECT max({column}) AS at FROM {table}")  # noqa: S608
        assert row.at == line.moment("12:02")


def test_future_timestamp_is_clamped(line, sql):
    """A worker whose clock is ahead lets it pass; the log goes by the database's."""
    event = line.event(line.moment("12:05", day=3), "user.active")
    line.draw(event, received=line.moment("12:05"))
    [row] = sql("SELECT max(occurred_at) AS at FROM events")
    assert row.at == line.moment("12:05") + timedelta(minutes=5)
