"""Last use of each token: to the minute, written asynchronously, so that no request waits for it."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from gevent.pool import Group
from sqlalchemy import ColumnElement, Engine, bindparam, func, or_, update

from app.errors import DATABASE_AWAY
from app.models import Token
from app.postgres.database_away import report_database_away

log = logging.getLogger(__name__)

INTERVAL = timedelta(minutes=1)


def is_due() -> ColumnElement[bool]:
    """SQL: true where the last use was not written for a minute."""
    return or_(Token.last_used_at.is_(None), Token.last_used_at < func.now() - INTERVAL)


# Checks again, because other workers write too.
_WRITE = update(Token).where(Token.id == bindparam("token_id"), is_due()).values(last_used_at=func.now())


class LastUse:
    """Writes in greenlets of its own: a post waits neither for the disk nor for a row's lock."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._writing: set[UUID] = set()
        self._greenlets = Group()

    def note(self, token_id: UUID) -> None:
        """The token is in use now; returns at once."""
        if token_id not in self._writing:
            self._writing.add(token_id)
            self._greenlets.spawn(self._write, token_id)

    def join(self, timeout: float | None = None) -> None:
        """Wait for pending writes; `timeout` is in seconds."""
        self._greenlets.join(timeout)

    def _write(self, token_id: UUID) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(_WRITE, {"token_id": token_id})
        except DATABASE_AWAY as error:
            report_database_away(error)
        finally:
            self._writing.discard(token_id)
