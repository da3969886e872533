"""Revocation: ends the streams whose right to read has ended, at once by the bus, or by a recheck each minute."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine

from app.auth.still_authorized import Right, still_held
from app.live.closing import end_all, end_matching
from app.live.hub import Hub
from app.live.identity import Identity
from app.redis.bus import Bus
from app.redis.bus_messages import Revoked

REASON = "revoked"
RECHECK_EVERY = 60.0  # seconds


class Revocation:
    """Ends streams on a revocation here, publishes it to all other workers, and rechecks all streams in turn."""

    def __init__(self, hub: Hub, bus: Bus, engine: Engine):
        self._hub = hub
        self._bus = bus
        self._engine = engine

    def on_revoked(
        self,
        _sender: object,
        cause: str,
        credential: bytes | None,
        user_id: UUID | None,
        workspace_id: UUID | None,
    ) -> None:
        """A right was revoked here: end its streams, here and on all other workers."""
        message = Revoked(cause, credential, user_id, workspace_id)
        self.on_message(message)
        self._bus.publish(message)

    def on_message(self, message: Revoked) -> None:
        """A right was revoked by another process: end its streams on this worker."""
        end_matching(
            self._hub,
            REASON,
            message.cause,
            credential=message.credential,
            user_id=message.user_id,
            workspace_id=message.workspace_id,
        )

    def recheck(self) -> int:
        """End the streams whose rights do not hold any more; returns how many."""
        streams = list(self._hub.streams())  # not those that open during the query
        held = still_held(self._engine, {_right(stream.identity) for stream in streams})
        return end_all(
            (stream for stream in streams if _right(stream.identity) not in held), REASON, "recheck"
        )


def _right(identity: Identity) -> Right:
    return Right(identity.credential, identity.user_id, identity.workspace_id)
