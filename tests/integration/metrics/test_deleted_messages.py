"""A message that has been deleted is not counted, however sending and deleting reached the log."""

import pytest


@pytest.fixture
def line(timeline):
    return timeline("America/New_York")


def counted(line, clock) -> tuple[int, int]:
    figures = line.figures(clock)
    return figures["messagesLastHour"], figures["messagesToday"]


def test_a_message_counts_until_it_is_deleted(line):
    """
    12:00   12:01   12:02        12:03
    m-1     m-2     delete m-1
    1       2       1            1
    """
    line.at("12:00", "message.sent", messageId="m-1")
    line.at("12:01", "message.sent", messageId="m-2")
    assert counted(line, "12:01") == (2, 2)
    line.at("12:02", "message.deleted", messageId="m-1")
    assert counted(line, "12:03") == (1, 1)


def test_a_deletion_that_reaches_the_log_before_its_message(line):
    line.at("12:02", "message.deleted", messageId="m-1")
    assert counted(line, "12:02") == (0, 0)
    line.draw(line.event("12:00", "message.sent", messageId="m-1"), received=line.moment("12:03"))
    assert counted(line, "12:03") == (0, 0)


@pytest.mark.parametrize("order", [1, -1])
def test_both_in_one_commit(line, order):
    sent = line.event("12:00", "message.sent", messageId="m-1")
    deleted = line.event("12:01", "message.deleted", messageId="m-1")
    line.draw(*[sent, deleted][::order])
    assert counted(line, "12:01") == (0, 0)


def test_a_second_deletion_takes_nothing_more_away(line):
    """
    12:00   12:00   12:01        12:02        12:03 (both at once)
    m-1     m-2     delete m-1   delete m-1   delete m-1, delete m-1
    """
    line.at("12:00", "message.sent", messageId="m-1")
    line.at("12:00", "message.sent", messageId="m-2")
    line.at("12:01", "message.deleted", messageId="m-1")
    line.at("12:02", "message.deleted", messageId="m-1")
    line.draw(*(line.event("12:03", "message.deleted", messageId="m-1") for _ in range(2)))
    assert counted(line, "12:04") == (1, 1)


def test_two_messages_of_one_id_go_together(line):
    line.at("12:00", "message.sent", messageId="m-1")
    line.at("12:05", "message.sent", messageId="m-1")
    line.at("12:06", "message.deleted", messageId="m-1")
    assert counted(line, "12:06") == (0, 0)
    line.at("12:07", "message.sent", messageId="m-1")
    assert counted(line, "12:07") == (0, 0)


def test_a_message_without_an_id_cannot_be_deleted(line):
    line.at("12:00", "message.sent")
    line.at("12:01", "message.deleted", messageId="m-1")
    assert counted(line, "12:01") == (1, 1)


def test_a_message_deleted_the_next_day_is_taken_from_its_own_day(line):
    """
    yesterday 23:50   23:55   │ 00:05        00:06
    m-1               m-2     │ delete m-1   m-3
    last hour 1       2       │ 1            2
    today     1       2       │ 0            1
    """
    line.at(line.moment("23:50", day=-1), "message.sent", messageId="m-1")
    line.at(line.moment("23:55", day=-1), "message.sent", messageId="m-2")
    line.at("00:05", "message.deleted", messageId="m-1")
    assert counted(line, "00:05") == (1, 0)
    line.at("00:06", "message.sent", messageId="m-3")
    assert counted(line, "00:06") == (2, 1)


def test_a_deletion_within_the_edge_minute_of_the_hour(line):
    """
    11:00:10   11:00:50   11:30        12:00:30
    m-1        m-2        delete m-2   m-1 is too old, m-2 is gone
    """
    line.at("11:00:10", "message.sent", messageId="m-1")
    line.at("11:00:50", "message.sent", messageId="m-2")
    assert counted(line, "12:00:30") == (1, 2)
    line.at("11:30", "message.deleted", messageId="m-2")
    assert counted(line, "12:00:30") == (0, 1)


def test_a_deletion_in_one_workspace_leaves_the_other_alone(timeline):
    here, there = timeline(), timeline()
    for line in (here, there):
        line.at("12:00", "message.sent", messageId="m-1")
    here.at("12:01", "message.deleted", messageId="m-1")
    assert (counted(here, "12:01"), counted(there, "12:01")) == ((0, 0), (1, 1))
