"""The identity of a stream: its user, credential and address, by which it is counted, revoked and listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.instants import iso

CREDENTIAL = "credential"  # in JSON


@dataclass(frozen=True, slots=True)
class Identity:
    """Fixed when a stream opens. `credential` is the key of the session or token that opened it."""

    connection_id: str
    workspace_id: UUID
    user_id: UUID
    credential: bytes
    address: str
    opened_at: datetime

    def matches(self, **wanted: object) -> bool:
        """Whether every field given has the value given; None matches all."""
        return all(value is None or getattr(self, name) == value for name, value in wanted.items())

    def to_json(self) -> dict[str, str]:
        """As workers send it to each other; connection_list.py replaces the credential by names for admins."""
        return {
            "connectionId": self.connection_id,
            "userId": str(self.user_id),
            CREDENTIAL: self.credential.hex(),
            "address": self.address,
            "since": iso(self.opened_at),
        }
