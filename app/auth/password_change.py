"""A new password in place of the old one, and an end to whatever was opened with the old."""

from __future__ import annotations

from sqlalchemy import select, update

from app.auth import own_sessions, passwords
from app.auth.sessions import Person
from app.errors import InvalidInput
from app.extensions import db
from app.models import User
from app.rate_limits import rate_limits


def change_password(person: Person, current: str, new: str) -> int:
    """Store the new password and end the person's other sessions; returns how many.

    Raises InvalidInput or RateLimited.
    """
    login = rate_limits().login
    attempt = login.take(own=[f"user:{person.id}"])
    with db.engine.connect() as connection:  # given back before the slow hash
        stored = connection.execute(
            select(User.password_hash).where(User.id == person.id)
        ).scalar_one_or_none()
    if not passwords.matches(stored, current):
        raise InvalidInput(errors={"currentPassword": ["This is not your password."]})
    login.give_back(attempt)
    new_hash = passwords.make_hash(new)
    # Only over the hash that was checked: of two changes at once, the second must know what the first set.
    same = (User.id == person.id) & (User.password_hash == stored)
    with db.engine.begin() as connection:
        if connection.execute(update(User).where(same).values(password_hash=new_hash)).rowcount == 0:
            raise InvalidInput(errors={"currentPassword": ["The password was changed a moment ago."]})
    return own_sessions.end_all(person.id, but=person.token)
