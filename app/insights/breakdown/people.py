"""The names of the users in a breakdown."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from app.models import User


def names_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names by id; a deleted user has none."""
    query = select(User.id, User.name).where(User.id.in_(ids))
    return {str(row.id): row.name for row in connection.execute(query)}
