"""Workspaces with an empty log, as many as a test wants."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from sqlalchemy import Row


def new_workspace(sql: Callable[..., list[Row]], timezone: str = "UTC") -> UUID:
    """A workspace without members, and the head of its log."""
    workspace = uuid4()
    sql(
        "INSERT INTO workspaces (id, slug, name, timezone) VALUES (:id, :slug, 'Empty', :zone)",
        id=workspace,
        slug=f"w{workspace.hex[:20]}",
        zone=timezone,
    )
    sql("INSERT INTO event_heads (workspace_id, epoch) VALUES (:id, 'a1b2c3d4')", id=workspace)
    return workspace
