"""A new password in place of the old one, and an end to whatever was opened with the old."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from app.audit import security_log
from app.auth import passwords
from app.auth.ended_access import EndedAccess, end_access
from app.auth.login_manager import Person
from app.auth.signals import RevocationCause
from app.errors import InvalidInput
from app.extensions import db
from app.models import User
from app.redis.rate_limits import rate_limits


def change_password(person: Person, current: str, new: str, keep_tokens: bool = False) -> EndedAccess:
    """Store the new password; end the person's other sessions and, unless kept, their API tokens.

    Raises InvalidInput or RateLimited.
    """
    stored = confirmed_hash(person.id, current)
    if new == current:
        raise InvalidInput(errors={"newPassword": ["This is your password already: choose another one."]})
    new_hash = passwords.make_hash(new)
    # Only over the hash that was checked: of two changes at once, the second must know what the first set.
    same = (User.id == person.id) & (User.password_hash == stored)
    with db.engine.begin() as connection:
        if connection.execute(update(User).where(same).values(password_hash=new_hash)).rowcount == 0:
            raise InvalidInput(errors={"currentPassword": ["The password was changed a moment ago."]})
        ended = end_access(connection, person.id, but=person.token, keep_tokens=keep_tokens)
    security_log.note("password changed", user=person.id)
    ended.announce(RevocationCause.PASSWORD)
    return ended


def confirmed_hash(user_id: UUID, password: str, field: str = "currentPassword") -> str:
    """The stored hash of this password of the user's; raises RateLimited, InvalidInput (naming `field`)."""
    login = rate_limits().login
    attempt = login.charge(own=[f"user:{user_id}"])
    with db.engine.connect() as connection:  # given back before the slow hash
        stored = connection.execute(select(User.password_hash).where(User.id == user_id)).scalar_one_or_none()
    if stored is None or not passwords.matches(stored, password):
        security_log.note("password refused", user=user_id)
        raise InvalidInput(errors={field: ["This is not your password."]})
    login.refund(attempt)
    return stored
