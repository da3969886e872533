"""The client address and User-Agent stored with an event, by the workspace's policy; nothing by default."""

from __future__ import annotations

from ipaddress import ip_network
from typing import NamedTuple

from app.domain.client_address import address_in, normal_address

OFF, TRUNCATED, FULL = ADDRESS_POLICIES = ("off", "truncated", "full")
PREFIXES = {4: 24, 6: 48}  # bits kept of a truncated address: a neighbourhood, not a household
MAX_AGENT_LENGTH = 256  # characters


class Sender(NamedTuple):
    """The address a request came from, and what its client called itself."""

    address: str | None
    user_agent: str | None


NO_SENDER = Sender(None, None)


def stored_sender(policy: str, address: str | None, user_agent: str) -> Sender:
    """The sender to store under the workspace's policy."""
    if policy == OFF:
        return NO_SENDER
    agent = "".join(filter(str.isprintable, user_agent))[:MAX_AGENT_LENGTH] or None
    return Sender(truncated(address) if policy == TRUNCATED else normal_address(address), agent)


def truncated(address: str | None) -> str | None:
    """The address's network (IPv4 /24, IPv6 /48); None if it is not an address."""
    found = address_in(address)
    if found is None:
        return None
    return str(ip_network((found, PREFIXES[found.version]), strict=False).network_address)
