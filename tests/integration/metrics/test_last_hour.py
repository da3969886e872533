"""The last hour slides: exact to the millisecond at both ends, whole minutes or not."""

import pytest


@pytest.fixture
def line(timeline):
    return timeline("Europe/Berlin")


def test_a_message_is_of_the_last_hour_until_an_hour_has_passed(line):
    """
    11:00:30.500 ───────────────── 12:00:30.499 │ 12:00:30.500
    message        1                          1 │ 0
    """
    line.at("11:00:30.500", "message.sent")
    last_hour = line.read("messagesLastHour")
    assert [last_hour(clock) for clock in ("11:00:30.500", "11:30", "12:00:30.499")] == [1, 1, 1]
    assert [last_hour(clock) for clock in ("12:00:30.500", "12:00:31", "12:01", "13:00")] == [0, 0, 0, 0]


def test_the_minute_in_which_the_hour_begins_counts_in_part(line):
    """
            10:59:59.999   11:00:00   11:00:20   11:00:40   11:00:59.999   11:01:00
            a              b          c          d          e              f

    at 12:00:00            ^ the hour begins after this: c d e f
    at 12:00:20                       ^ after this: d e f
    at 12:00:59.999                                         ^ after this: f
    """
    for clock in ("10:59:59.999", "11:00:00", "11:00:20", "11:00:40", "11:00:59.999", "11:01:00"):
        line.at(clock, "message.sent")
    last_hour = line.read("messagesLastHour")
    assert last_hour("11:59:59.998") == 6
    assert last_hour("11:59:59.999") == 5
    assert last_hour("12:00:00") == 4
    assert last_hour("12:00:19.999") == 4
    assert last_hour("12:00:20") == 3
    assert last_hour("12:00:40") == 2
    assert last_hour("12:00:59.999") == 1
    assert last_hour("12:01:00") == 0


def test_only_messages_count(line):
    for event_type in (
        "message.sent",
        "message.received",
        "message.edited",
        "vp.message.sent",
        "user.active",
    ):
        line.at("12:00", event_type)
    assert line.read("messagesLastHour")("12:30") == 1


def test_the_hour_takes_no_notice_of_midnight(line):
    """
    23:30 yesterday   00:00   00:10
    message           │       message    at 00:15: 2 of the last hour, 1 of today
    """
    line.at(line.moment("23:30", day=-1), "message.sent")
    line.at("00:10", "message.sent")
    figures = line.figures("00:15")
    assert (figures["messagesLastHour"], figures["messagesToday"]) == (2, 1)


def test_an_old_message_that_arrives_late_is_of_the_hour_in_which_it_occurred(line):
    line.draw(line.event("10:00", "message.sent"), received=line.moment("12:00"))
    line.draw(line.event("11:30", "message.sent"), received=line.moment("12:00"))
    assert line.read("messagesLastHour")("12:00") == 1
