"""One spelling for each client address, and the network in which one client can change its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.client_address import UNKNOWN, client_network, normal_address

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
