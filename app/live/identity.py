"""Whose stream it is: what limits, revocation and the list of connections ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.instants import iso

CREDENTIAL = "credential"  # in JSON


@dataclass(frozen=True, slots=True)
class Identity:
    """Fixed when a stream opens. `credential` tells by which session or token."""

    connection_id: str
    workspace_id: UUID
    user_id: UUID
    credential: bytes
    address: str
    opened_at: datetime

    def matches(self, **wanted: object) -> bool:
        """Whether every field given has the value given; None asks nothing."""
        return all(value is None or getattr(self, name) == value for name, value in wanted.items())

    def as_json(self) -> dict[str, str]:
        """What workers tell one another; admins see it with names instead of the credential: see listing.py."""
        return {
            "connectionId": self.connection_id,
            "userId": str(self.user_id),
            CREDENTIAL: self.credential.hex(),
            "address": self.address,
            "since": iso(self.opened_at),
        }
