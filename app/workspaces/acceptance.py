"""Accepting an invitation: with the account that is signed in, or with a new one."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from app.audit import audit_log
from app.auth import passwords
from app.auth.login_manager import Person
from app.auth.sign_in import begin_session, sign_in
from app.extensions import db
from app.models import User
from app.workspaces import invitations
from app.workspaces.schema import NewUser, checked


def accept_as_user(token: str, person: Person) -> str:
    """Make the signed-in user a member; the workspace's slug. Raises NotFound."""
    slug = invitations.find(token).slug
    audit_log.act_as(person.id, "link")
    with db.engine.begin() as connection:
        invitations.accept(connection, token, person.id)
    return slug


def accept_as_new_user(token: str, name: str, password: str) -> str:
    """Make an account for the invited address and sign it in; the workspace's slug.

    An address that has an account signs in by its own password instead. Both are validated alike before, so that
    the form does not reveal whether there is an account. Raises NotFound, InvalidInput, BadCredentials
    or RateLimited.
    """
    invitation = invitations.find(token)  # before the slow hash: the form is open to visitors
    values = checked(NewUser, email=invitation.email, name=name, password=password)
    user_id = uuid4()
    user = {"id": user_id, "email": values["email"], "name": values["name"]}
    password_hash = passwords.make_hash(values["password"])
    query = insert(User).values(**user, password_hash=password_hash)
    unless_known = query.on_conflict_do_nothing(index_elements=["email"]).returning(User.id)
    with db.engine.begin() as connection:
        is_new = connection.execute(unless_known).one_or_none() is not None
        if is_new:
            audit_log.act_as(user_id, "link")
            invitations.accept(connection, token, user_id)
    if not is_new:
        return accept_as_user(token, sign_in(invitation.email, password))
    begin_session(user_id, values["email"], values["name"])
    return invitation.slug
