"""Access: who is asking, by session or by token, and what they may do in a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import g, request
from flask_login import current_user
from sqlalchemy import Row

from app.audit import audit_log
from app.auth import credentials, sessions, tokens
from app.auth.bearer import bearer_token
from app.auth.credentials import Claim
from app.auth.sessions import Person
from app.auth.state import auth
from app.domain import scopes
from app.domain.roles import is_at_least
from app.errors import AuthRequired, Forbidden, InvalidToken, MissingScope, NotFound


@dataclass(frozen=True, slots=True)
class Access:
    """A member's standing in a workspace for one request: plain values, safe to keep while streaming."""

    user_id: UUID
    user_name: str
    role: str
    workspace_id: UUID
    slug: str
    workspace_name: str
    timezone: str
    strict: bool
    addresses: str
    session_id: bytes | None  # the session row's key, or None if it is a token that asks
    token_id: UUID | None
    scopes: tuple[str, ...]  # with those that they include

    @property
    def credential(self) -> bytes:
        """What tells this session or token from all others."""
        return self.session_id or self.token_id.bytes

    def allows(self, at_least: str) -> bool:
        """Is the role this one or a higher one?"""
        return is_at_least(self.role, at_least)

    def require(self, at_least: str, scope: str) -> None:
        """Raises MissingScope without the scope, Forbidden when the role is below `at_least`."""
        if scope not in self.scopes:
            raise MissingScope(scope)
        if not self.allows(at_least):
            raise Forbidden(f"This takes the role {at_least}; yours is {self.role}.")

    def is_in(self, workspace_ref: str) -> bool:
        """Does the slug or id mean this workspace?"""
        return workspace_ref == self.slug or workspace_ref.lower() == str(self.workspace_id)


def require_member(workspace_ref: str, at_least: str = "viewer", scope: str = scopes.ADMIN) -> Access:
    """The asker's standing in the workspace (slug or id), by the request's token or else its session.

    `scope` is what a token needs beside its user's role; what names none is for `admin` tokens alone. One
    query for a session (shared by a herd), none for a token in steady use; no connection kept.

    Raises AuthRequired, then NotFound (the same for no such workspace and for one that is not theirs,
    so that nobody can probe), then MissingScope, then Forbidden when the role is below `at_least`.
    """
    token = bearer_token(request)
    if token is None:
        access = _by_session(sessions.current_token(), workspace_ref)
    else:
        access = _by_token(token, workspace_ref)
    access.require(at_least, scope)
    g.asker = access  # what is done from here on is done by them: see app/audit/audit_log.py
    return access


def signed_in() -> Person | None:
    """Whoever is signed in, for pages; None for a visitor."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def require_person() -> Person:
    """Whoever is signed in; raises AuthRequired for a visitor."""
    person = signed_in()
    if person is None:
        raise AuthRequired
    audit_log.act_as(person.id, "session")
    return person


def _by_session(token: object, workspace_ref: str) -> Access:
    if not isinstance(token, str):
        raise AuthRequired
    session_id = sessions.hash_of(token)
    row = auth().of_session.ask(Claim(session_id, workspace_ref))
    if row is None:
        raise AuthRequired
    if row.role is None:
        raise NotFound
    columns = row[: len(credentials.COLUMNS)]
    return Access(*columns, session_id=session_id, token_id=None, scopes=scopes.SESSION_SCOPES)


def _by_token(token: str, workspace_ref: str) -> Access:
    key = tokens.key_of(token)
    access = key and auth().tokens.get(key, lambda: _look_up(key))
    if not access:
        raise InvalidToken("There is no such token: it is mistyped, expired or revoked.")
    if not access.is_in(workspace_ref):
        raise NotFound
    return access


def _look_up(key: bytes) -> Access | None:
    row = auth().of_token.ask(key)
    if row is None:
        return None
    if row.use_is_due:
        auth().last_use.note(row.token_id)
    return _of_token(row)


def _of_token(row: Row) -> Access:
    columns = row[: len(credentials.COLUMNS)]
    return Access(*columns, session_id=None, token_id=row.token_id, scopes=scopes.expand(row.scopes))
