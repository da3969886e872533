"""Re-authentication: actions that a stolen session must not take need the password again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from app.audit import security_log
from app.auth import sessions
from app.auth.access import Access
from app.auth.login_manager import Person
from app.auth.password_change import confirmed_hash
from app.errors import ReauthRequired
from app.extensions import db
from app.models import LoginSession

WINDOW = timedelta(minutes=10)  # after a sign-in too


def require_recent(access: Access) -> None:
    """Raise ReauthRequired unless this session has shown its password lately. API tokens have none to show."""
    if access.session_id is None:
        return
    query = select(LoginSession.token_hash).where(
        LoginSession.token_hash == access.session_id, LoginSession.confirmed_at > func.now() - WINDOW
    )
    with db.engine.connect() as connection:
        if connection.execute(query).one_or_none() is None:
            raise ReauthRequired


def confirm(person: Person, password: str) -> None:
    """Note that this session's person knows the password; raises InvalidInput or RateLimited."""
    confirmed_hash(person.id, password, field="password")
    this = LoginSession.token_hash == sessions.hash_of(person.token)
    with db.engine.begin() as connection:
        connection.execute(update(LoginSession).where(this).values(confirmed_at=func.now()))
    security_log.note("re-authenticated", user=person.id)
