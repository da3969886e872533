"""What is kept of a sender: address, client, browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.browser import in_words
from app.domain.client_address import UNKNOWN, client_network, normal_address
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


SPELLINGS = [
    ("203.0.113.7", "203.0.113.7", "203.0.113.7"),
    (" 203.0.113.7 ", "203.0.113.7", "203.0.113.7"),
    ("203.0.113.7:51234", "203.0.113.7", "203.0.113.7"),
    ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"),
    ("::FFFF:cb00:7107", "203.0.113.7", "203.0.113.7"),
    ("[::ffff:203.0.113.7]:51234", "203.0.113.7", "203.0.113.7"),
    ("2001:DB8:0:0::1", "2001:db8::1", "2001:db8::/64"),
    ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64"),
    ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::/64"),
    ("2001:db8::ffff:0:0:1", "2001:db8::ffff:0:0:1", "2001:db8::/64"),
    ("fe80::1%eth0", "fe80::1", "fe80::/64"),
    ("[fe80::1%25eth0]:80", "fe80::1", "fe80::/64"),
    ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
    *(
        (text, None, UNKNOWN)
        for text in (None, "", "unix:", "unknown", "[]", "[::1", "1.2.3.4:x", "1.2.3", "_h")
    ),
]


@pytest.mark.parametrize(("text", "address", "network"), SPELLINGS)
def test_address_is_normalised(text, address, network):
    assert (normal_address(text), client_network(text)) == (address, network)


@given(st.ip_addresses())
def test_normalising_is_idempotent(address):
    normal = normal_address(str(address))
    assert normal_address(normal) == normal
    assert client_network(normal) == client_network(str(address))


CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/140.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME}", "Chrome on Android"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/19.0 Safari/605.1.15",
            "Safari on Mac",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/19.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.14.1", "curl"),
        ("python-httpx/0.28.1", "A Python script"),
        ("Something (Linux)", "A browser on Linux"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_common_browsers_are_recognised(user_agent, words):
    assert in_words(user_agent) == words
