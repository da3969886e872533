"""Where an event came from, as far as its workspace wants that kept: nothing, unless it asks."""

from __future__ import annotations

from ipaddress import ip_network
from typing import NamedTuple

from app.domain.client_address import address_in, normal_address

OFF, TRUNCATED, FULL = ADDRESS_POLICIES = ("off", "truncated", "full")
PREFIXES = {4: 24, 6: 48}  # bits of a truncated address: a neighbourhood, not a household
LONGEST_AGENT = 256  # characters


class Sender(NamedTuple):
    """The address a request came from, and what its client called itself."""

    address: str | None
    user_agent: str | None


NO_SENDER = Sender(None, None)


def stored_sender(wish: str, address: str | None, user_agent: str) -> Sender:
    """What is stored with an event whose workspace wishes this."""
    if wish == OFF:
        return NO_SENDER
    agent = "".join(filter(str.isprintable, user_agent))[:LONGEST_AGENT] or None
    return Sender(truncated(address) if wish == TRUNCATED else normal_address(address), agent)


def truncated(address: str | None) -> str | None:
    """The address with its end made 0 (IPv4 /24, IPv6 /48); nothing of what is none."""
    found = address_in(address)
    if found is None:
        return None
    return str(ip_network((found, PREFIXES[found.version]), strict=False).network_address)
