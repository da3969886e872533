"""The users of this installation: creating, finding, deactivating, setting a password."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import security_log
from app.auth import passwords, signals
from app.auth.ended_access import EndedAccess, end_access
from app.auth.signals import RevocationCause
from app.domain.email_and_slug import normal_email
from app.errors import AlreadyExists
from app.extensions import db
from app.models import User
from app.workspaces.invitations import delete_invitations_by
from app.workspaces.schema import NewUser, Password, checked


def create_user(email: str, name: str, password: str) -> UUID:
    """Store a new user who may sign in at once; raises InvalidInput or AlreadyExists."""
    values = checked(NewUser, email=email, name=name, password=password)
    values["password_hash"] = passwords.make_hash(values.pop("password"))
    query = insert(User).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(User.id)
    with db.engine.begin() as connection:
        user_id = connection.execute(query).scalar_one_or_none()
    if user_id is None:
        raise AlreadyExists(f"There is a user {values['email']} already.")
    return user_id


def find_user(email: str) -> Row[UUID, str, str, str, bool] | None:
    """`(id, email, name, password_hash, is_active)` of the user with this address."""
    query = select(User.id, User.email, User.name, User.password_hash, User.is_active)
    with db.engine.connect() as connection:
        return connection.execute(query.where(User.email == (normal_email(email) or ""))).one_or_none()


def set_active(user_id: UUID, active: bool) -> None:
    """Activate or deactivate a user. Deactivation ends sessions, tokens and streams; activation restores none."""
    with db.engine.begin() as connection:
        connection.execute(update(User).where(User.id == user_id).values(is_active=active))
        ended = EndedAccess(user_id) if active else end_access(connection, user_id)
        if not active:
            delete_invitations_by(connection, user_id)
    security_log.note("user activated" if active else "user deactivated", user=user_id)
    ended.announce(RevocationCause.DEACTIVATION)
    if not active:
        signals.announce(RevocationCause.DEACTIVATION, user_id=user_id)


def reset_password(user_id: UUID, password: str, keep_tokens: bool = False) -> EndedAccess:
    """Give a user another password; sign them out everywhere and, unless kept, revoke their API tokens.

    Raises InvalidInput.
    """
    password_hash = passwords.make_hash(checked(Password, password=password)["password"])
    with db.engine.begin() as connection:
        connection.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
        ended = end_access(connection, user_id, keep_tokens=keep_tokens)
    security_log.note("password set", user=user_id)
    ended.announce(RevocationCause.PASSWORD)
    return ended


def set_password(user_id: UUID, password: str) -> None:
    """Replace a user's password; sessions that are open stay open."""
    password_hash = passwords.make_hash(password)
    with db.engine.begin() as connection:
        connection.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
