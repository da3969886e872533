"""A channel is active while it is not archived and somebody wrote in it within the hour."""

import pytest


@pytest.fixture
def line(timeline):
    return timeline()


@pytest.fixture
def active(line):
    return line.read("activeChannels")


def test_a_channel_is_active_for_an_hour_after_a_message(line, active):
    """
              12:00     12:30     12:59:59.999   13:00   13:30
    general   message   ─────────────────────────│
    design              message   ───────────────────────│
              1         2         2              1       0
    """
    line.at("12:00", "message.sent", channelId="general")
    line.at("12:30", "message.sent", channelId="design")
    assert [active(clock) for clock in ("12:30", "12:59:59.999", "13:00", "13:29:59.999", "13:30")] == [
        2,
        2,
        1,
        1,
        0,
    ]


def test_only_messages_make_a_channel_active(line, active):
    line.at("12:00", "channel.created", channelId="launch")
    line.at("12:01", "channel.joined", channelId="launch")
    line.at("12:02", "call.started", channelId="launch")
    line.at("12:03", "message.sent")
    assert active("12:03") == 0
    line.at("12:04", "message.sent", channelId="launch")
    assert active("12:04") == 1


def test_an_archived_channel_is_not_active_until_it_is_created_again(line, active):
    """
    12:00     12:10      12:20                12:30     12:31
    message   archived   message (a straggler) created  message
    1         0          0                     1        1
    """
    line.at("12:00", "message.sent", channelId="launch")
    assert active("12:05") == 1
    line.at("12:10", "channel.archived", channelId="launch")
    assert active("12:10") == 0
    line.at("12:20", "message.sent", channelId="launch")
    assert active("12:20") == 0
    line.at("12:30", "channel.created", channelId="launch")
    assert active("12:30") == 1
    line.at("12:31", "message.sent", channelId="launch")
    assert active("12:31") == 1


def test_archived_and_created_again_count_by_when_they_occurred(line, active):
    line.at("12:30", "channel.created", channelId="launch")
    line.at("12:31", "message.sent", channelId="launch")
    line.draw(line.event("12:10", "channel.archived", channelId="launch"), received=line.moment("12:32"))
    assert active("12:32") == 1


def test_a_channel_whose_messages_were_all_deleted_is_not_active(line, active):
    """
    11:50   12:00   12:40   12:41        12:42        12:55
    m-0     m-1     m-2     delete m-2   delete m-1   m-0 alone is left, and too old at 12:50
    """
    for clock, message in (("11:50", "m-0"), ("12:00", "m-1"), ("12:40", "m-2")):
        line.at(clock, "message.sent", channelId="general", messageId=message)
    line.at("12:41", "message.deleted", messageId="m-2")
    assert active("12:59:59.999") == 1
    assert active("13:00") == 0
    line.at("12:42", "message.deleted", messageId="m-1")
    assert active("12:49:59.999") == 1
    assert active("12:50") == 0


def test_a_deleted_message_that_arrives_late_makes_no_channel_active(line, active):
    line.at("12:01", "message.deleted", messageId="m-1")
    line.draw(
        line.event("12:00", "message.sent", channelId="general", messageId="m-1"),
        received=line.moment("12:02"),
    )
    assert active("12:02") == 0


def test_two_messages_at_the_same_moment_one_of_them_deleted(line, active):
    for message in ("m-1", "m-2"):
        line.at("12:00", "message.sent", channelId="general", messageId=message)
    line.at("12:01", "message.deleted", messageId="m-1")
    assert active("12:01") == 1
