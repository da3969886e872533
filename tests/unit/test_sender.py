"""What of an address and a client is kept with an event."""

import pytest

from app.domain.sender import FULL, NO_SENDER, OFF, TRUNCATED, Sender, stored_sender, truncated


@pytest.mark.parametrize(
    ("address", "shorter"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("fe80::1%eth0", "fe80::"),
        ("local", None),
        ("", None),
        (None, None),
    ],
)
def test_truncated_address_is_a_network(address, shorter):
    assert truncated(address) == shorter


def test_no_sender_by_default():
    assert stored_sender(OFF, "203.0.113.77", "curl/8.0") is NO_SENDER
    assert stored_sender(TRUNCATED, "203.0.113.77", "curl/8.0") == Sender("203.0.113.0", "curl/8.0")
    assert stored_sender(FULL, "203.0.113.77", "curl/8.0") == Sender("203.0.113.77", "curl/8.0")


def test_user_agent_is_bounded():
    assert stored_sender(FULL, None, "x" * 1000 + "\t").user_agent == "x" * 256
    assert stored_sender(FULL, None, "") == NO_SENDER
