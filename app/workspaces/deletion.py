"""Deleting a workspace: memberships first, then all rows in small transactions, the workspace last."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import gevent
from sqlalchemy import Connection, delete

from app.audit import audit_log
from app.auth import signals
from app.extensions import db
from app.models import EventHead, Membership, Workspace
from app.postgres.statements import autocommit

BATCH = 5_000  # rows a statement, so that posts of other workspaces do not wait for the disk
PAUSE = 0.05  # seconds between two statements

Progress = Callable[[str, int], None]  # table, rows deleted so far


def delete_workspace(workspace_id: UUID, slug: str, progress: Progress) -> None:
    """Delete the workspace; audit entries stay. Idempotent: after an interruption, call it again."""
    with db.engine.begin() as connection:
        # Without a head row no commit can append; a commit in progress holds its lock until it ends.
        connection.execute(delete(EventHead).where(EventHead.workspace_id == workspace_id))
        connection.execute(delete(Membership).where(Membership.workspace_id == workspace_id))
        audit_log.record(connection, workspace_id, "workspace.deleted", slug=slug)
    signals.announce(signals.RevocationCause.WORKSPACE, workspace_id=workspace_id)
    with autocommit(db.engine) as connection:
        for table in _tables_to_empty():
            _empty(connection, table, workspace_id, progress)
    with db.engine.begin() as connection:
        connection.execute(delete(Workspace).where(Workspace.id == workspace_id))


def _tables_to_empty() -> list[str]:
    kept = ("audit_entries", "event_heads", "memberships")  # append-only; the other two are deleted already
    tables = [table for table in db.metadata.sorted_tables if "workspace_id" in table.columns]
    return [table.name for table in reversed(tables) if table.name not in kept]


def _empty(connection: Connection, table: str, workspace_id: UUID, progress: Progress) -> None:
    # Row addresses repeat from partition to partition, so a statement may delete more than it looked for: all of
    # those are the workspace's as well.
    statement = (
        f"DELETE FROM {table} WHERE workspace_id = %(id)s AND ctid = ANY (ARRAY("  # noqa: S608
        f"SELECT ctid FROM {table} WHERE workspace_id = %(id)s LIMIT {BATCH}))"
    )
    total = 0
    while deleted := connection.exec_driver_sql(statement, {"id": workspace_id}).rowcount:
        total += deleted
        progress(table, total)
        gevent.sleep(PAUSE)
