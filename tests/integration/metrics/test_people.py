"""Who is here: online for 5 minutes, in a session for 30, active until midnight."""

import pytest

from .timeline import MIKA, OLIVIA, VERA


@pytest.fixture
def line(timeline):
    return timeline("Asia/Kolkata")


def test_online_for_five_minutes_after_any_event(line):
    """
              12:00   12:01   12:04:59.999   12:05   12:06
    Mika      active          ─────────────│
    Vera              message ─────────────────────│
    online    1       2       2              1       0
    """
    line.at("12:00", "user.active", MIKA)
    line.at("12:01", "message.sent", VERA)
    online = line.read("onlineUsers")
    clocks = ("12:00", "12:01", "12:04:59.999", "12:05", "12:05:59.999", "12:06")
    assert [online(clock) for clock in clocks[1:]] == [2, 2, 1, 1, 0]


def test_each_event_keeps_its_user_online(line):
    """Mika does something every 4 minutes: he is one user, online all the while."""
    for minute in (0, 4, 8, 12):
        line.at(f"12:{minute:02}", "search.performed", MIKA)
        assert line.figures(f"12:{minute:02}")["onlineUsers"] == 1
    assert line.read("onlineUsers")("12:16:59.999") == 1
    assert line.read("onlineUsers")("12:17") == 0


def test_an_old_event_that_arrives_late_takes_nobody_offline(line):
    line.at("12:00", "user.active", MIKA, "s-1")
    line.draw(line.event("11:00", "user.active", MIKA, "s-1"), received=line.moment("12:01"))
    figures = line.figures("12:02")
    assert (figures["onlineUsers"], figures["activeSessions"]) == (1, 1)


def test_a_session_is_active_for_thirty_minutes(line):
    """
              12:00          12:10          12:29:59.999   12:30   12:40
    s-1       Mika           ────────────────────────────│
    s-2                      Mika, Vera     ─────────────────────│
    sessions  1              2              2              1       0
    """
    line.at("12:00", "user.active", MIKA, "s-1")
    assert line.figures("12:00")["activeSessions"] == 1
    line.at("12:10", "user.active", MIKA, "s-2")
    line.at("12:10", "user.active", VERA, "s-2")
    sessions = line.read("activeSessions")
    clocks = ("12:10", "12:29:59.999", "12:30", "12:39:59.999", "12:40")
    assert [sessions(clock) for clock in clocks] == [2, 2, 1, 1, 0]


def test_who_has_no_session_is_active_all_the_same(line):
    line.at("12:00", "user.active", OLIVIA)
    figures = line.figures("12:00")
    assert (figures["activeUsers"], figures["onlineUsers"], figures["activeSessions"]) == (1, 1, 0)


def test_a_user_is_active_once_a_day(line):
    """
    yesterday   │ 09:00   10:00   11:00
    Vera, Mika  │ Mika    Mika    Olivia
                │ 1       1       2
    """
    for user in (VERA, MIKA):
        line.at(line.moment("22:00", day=-1), "user.active", user)
    line.at("09:00", "user.login", MIKA)
    line.at("10:00", "user.logout", MIKA)
    assert line.figures("10:00")["activeUsers"] == 1
    line.at("11:00", "file.downloaded", OLIVIA)
    assert line.figures("11:00")["activeUsers"] == 2


def test_whoever_deletes_a_message_was_active_doing_so(line):
    line.at("12:00", "message.sent", MIKA, messageId="m-1")
    line.at("12:10", "message.deleted", VERA, messageId="m-1")
    figures = line.figures("12:10")
    assert (figures["activeUsers"], figures["onlineUsers"], figures["messagesToday"]) == (2, 1, 0)
