"""The identity of a stream: its user, credential and address, by which it is counted, revoked and listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


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
