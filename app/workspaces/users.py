"""The people of this installation: creating, finding, giving a password."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from app.auth import own_sessions, passwords, revoked
from app.domain.identifiers import normal_email
from app.errors import AlreadyExists
from app.extensions import db
from app.models import User
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


def find_user(email: str) -> Row | None:
    """`(id, email, name, password_hash)` of the user with this address."""
    query = select(User.id, User.email, User.name, User.password_hash)
    with db.engine.connect() as connection:
        return connection.execute(query.where(User.email == (normal_email(email) or ""))).one_or_none()


def set_active(user_id: UUID, active: bool) -> None:
    """Let a user in, or keep them out: sessions and tokens are worth nothing meanwhile, open streams end."""
    with db.engine.begin() as connection:
        connection.execute(update(User).where(User.id == user_id).values(is_active=active))
    if not active:
        revoked.announce(user_id=user_id)


def reset_password(user_id: UUID, password: str) -> None:
    """Give a user another password and sign them out everywhere; raises InvalidInput."""
    set_password(user_id, checked(Password, password=password)["password"])
    own_sessions.end_all(user_id)


def set_password(user_id: UUID, password: str) -> None:
    """Replace a user's password; sessions that are open stay open."""
    password_hash = passwords.make_hash(password)
    with db.engine.begin() as connection:
        connection.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
