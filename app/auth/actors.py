"""Actors: the user of a posted event, the poster or a member that a trusted server names as `actor`."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select

from app.auth.access import Access
from app.auth.credentials import UUID_FORM
from app.auth.state import auth
from app.domain.email_and_slug import normal_email
from app.domain.scopes import REQUIRED_ROLE, WRITE_AS
from app.extensions import db
from app.models import Membership, User

UNKNOWN = "Not a member of this workspace; give a user id or an e-mail address."

Actor = str | None


def users_behind(access: Access, actors: Collection[Actor]) -> dict[Actor, UUID]:
    """The user of each actor; None stands for the poster. Non-members and inactive users are left out.

    `actors` are user ids or e-mail addresses. Raises MissingScope or Forbidden if there are any and the
    poster lacks the scope for it. One query at most, whatever the number.
    """
    named = {actor for actor in actors if actor is not None}
    if named:
        access.require(REQUIRED_ROLE[WRITE_AS], WRITE_AS)
    find = _find_cached if len(named) == 1 else _find
    return {None: access.user_id, **(find(access.workspace_id, named) if named else {})}


def _find_cached(workspace_id: UUID, actors: Collection[str]) -> dict[Actor, UUID]:
    # Single posts come in thousands with the same few actors; a batch makes one query for all of its actors.
    (actor,) = actors
    user_id = auth().actors.get((workspace_id, actor), lambda: _find(workspace_id, {actor}).get(actor))
    return {actor: user_id} if user_id else {}


def _find(workspace_id: UUID, actors: Collection[str]) -> dict[Actor, UUID]:
    ids = {actor: UUID(actor) for actor in actors if UUID_FORM.fullmatch(actor)}
    emails = {actor: email for actor in actors if (email := normal_email(actor))}
    query = (
        select(User.id, User.email)
        .join(Membership, (Membership.user_id == User.id) & (Membership.workspace_id == workspace_id))
        .where(User.is_active, or_(User.id.in_(ids.values()), User.email.in_(emails.values())))
    )
    with db.engine.connect() as connection:
        found = {key: row.id for row in connection.execute(query) for key in (row.id, row.email)}
    wanted = ids | emails
    return {actor: found[key] for actor, key in wanted.items() if key in found}
