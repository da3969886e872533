"""Which of the rights that streams were opened with still hold, in one query for all streams of a worker."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine

# A credential is the SHA-256 of a session's token (32 bytes), or the id of an API token (16).
STILL_HELD = """
    SELECT held.credential, held.user_id, held.workspace_id
    FROM unnest(%s::bytea[], %s::uuid[], %s::uuid[]) AS held (credential, user_id, workspace_id)
    JOIN users ON users.id = held.user_id AND users.is_active
    JOIN memberships USING (user_id, workspace_id)
    WHERE CASE length(held.credential) WHEN 16 THEN EXISTS (
        SELECT FROM tokens
        WHERE id = encode(held.credential, 'hex')::uuid AND coalesce(expires_at > now(), true)
    ) ELSE EXISTS (
        SELECT FROM sessions WHERE token_hash = held.credential AND expires_at > now()
    ) END
"""


class Right(NamedTuple):
    """By which session or token a user reads a workspace."""

    credential: bytes
    user_id: UUID
    workspace_id: UUID


def still_held(engine: Engine, rights: Collection[Right]) -> set[Right]:
    """Those of the rights that would let a new stream in now."""
    if not rights:
        return set()
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(STILL_HELD, tuple(map(list, zip(*rights, strict=True))))
        return {Right(bytes(credential), user, workspace) for credential, user, workspace in rows}
