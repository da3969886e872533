"""Normalises client addresses: one spelling for each client, whatever socket or proxy reports it.

Without it, all of IPv4 is one client on a dual-stack socket (`::ffff:192.0.2.7`), and a proxy that adds ports
makes a new client of every connection, or one client of all.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

UNKNOWN = "local"  # a unix socket without a proxy, or no address at all: these count as one client
SUBNET = 64  # bits: a host with IPv6 may take any address within, so that is what counts as one client

_WITH_PORT = re.compile(r"\[(?P<inside>[^\]]*)\](?::\d{1,5})?|(?P<v4>[\d.]+):\d{1,5}")


@lru_cache(maxsize=1024)  # clients may send any number of different texts
def normal_address(text: str | None) -> str | None:
    """The address alone: no port, brackets, zone or IPv6 around an IPv4 address; None if it is no address."""
    address = address_in(text)
    return None if address is None else str(address)


@lru_cache(maxsize=1024)
def client_network(text: str | None) -> str:
    """The network within which one client can change its address: the address itself, or with IPv6 its /64."""
    address = address_in(text)
    if address is None:
        return UNKNOWN
    return str(address) if address.version == 4 else str(ip_network((address, SUBNET), strict=False))


def address_in(text: str | None) -> IPv4Address | IPv6Address | None:
    """Parse an address, with or without port, brackets and zone; None if it is not one."""
    text = (text or "").strip()
    if found := _WITH_PORT.fullmatch(text):
        text = found["inside"] or found["v4"] or ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
