"""When each token was last used: to the minute, and written behind the request's back."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from gevent.pool import Group
from sqlalchemy import Engine, bindparam, func, or_, update

from app.errors import DATABASE_AWAY
from app.models import Token
from app.postgres.trouble_log import report_database_away

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)


def is_due():
    """SQL: has the last use not been noted for a minute?"""
    return or_(Token.last_used_at.is_(None), Token.last_used_at < func.now() - EVERY)


# Asks again, because other workers write too.
_WRITE = update(Token).where(Token.id == bindparam("token_id"), is_due()).values(last_used_at=func.now())


class LastUse:
    """Writes uses in greenlets of its own: a post waits neither for the disk nor for a row's lock."""

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
        """Wait until what was noted is written; `timeout` is seconds."""
        self._greenlets.join(timeout)

    def _write(self, token_id: UUID) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(_WRITE, {"token_id": token_id})
        except DATABASE_AWAY as error:
            report_database_away(error)
        finally:
            self._writing.discard(token_id)
