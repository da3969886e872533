"""Access: authentication by session or bearer token, and what the user may do in a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import g, request

from app.audit import audit_log
from app.auth import login_manager, sessions, tokens
from app.auth.bearer import bearer_token
from app.auth.credentials import Claim
from app.auth.login_manager import Person
from app.auth.state import auth
from app.domain import scopes
from app.domain.roles import is_at_least
from app.errors import AuthRequired, Forbidden, InvalidToken, MissingScope, NotFound
from app.postgres.statements import AnyRow


@dataclass(frozen=True, slots=True)
class Access:
    """A member's identity, role and scopes in one workspace: plain values, safe to hold while streaming."""

    user_id: UUID
    user_name: str
    role: str
    workspace_id: UUID
    slug: str
    workspace_name: str
    timezone: str
    strict: bool
    addresses: str
    session_id: bytes | None  # the session row's key, None for a token
    token_id: UUID | None  # None for a session
    scopes: tuple[str, ...]  # with those that they include

    @property
    def credential(self) -> bytes:
        """The unique key of the session (32 bytes) or token (16 bytes)."""
        if self.session_id is not None:
            return self.session_id
        assert self.token_id is not None  # one of the two is set
        return self.token_id.bytes

    def allows(self, at_least: str) -> bool:
        """True if the role is `at_least` or a higher one."""
        return is_at_least(self.role, at_least)

    def require(self, at_least: str, scope: str) -> None:
        """Raises MissingScope without the scope, Forbidden when the role is below `at_least`."""
        if scope not in self.scopes:
            raise MissingScope(scope)
        if not self.allows(at_least):
            raise Forbidden(f"This takes the role {at_least}; yours is {self.role}.")

    def is_in(self, workspace_ref: str) -> bool:
        """True if the slug or id names this workspace."""
        return workspace_ref == self.slug or workspace_ref.lower() == str(self.workspace_id)


def require_member(workspace_ref: str, at_least: str = "viewer", scope: str = scopes.ADMIN) -> Access:
    """Authenticate the request by its bearer token, else its session; authorize it in the workspace (slug or id).

    A token needs `scope` beside its user's role; the default is the `admin` scope. Costs one query for a session
    (coalesced with concurrent ones), none for a cached token; holds no connection.

    Raises AuthRequired, then NotFound (the same for an unknown workspace and for one of other people, which
    therefore cannot be probed for), then MissingScope, then Forbidden when the role is below `at_least`.
    """
    token = bearer_token(request)
    if token is None:
        access = _by_session(login_manager.current_token(), workspace_ref)
    else:
        access = _by_token(token, workspace_ref)
    access.require(at_least, scope)
    g.asker = access  # the actor of audit entries: see app/audit/audit_log.py
    return access


def signed_in() -> Person | None:
    """The signed-in user, for pages; None for a visitor."""
    return login_manager.current_person()


def require_person() -> Person:
    """The signed-in user; raises AuthRequired for a visitor."""
    person = signed_in()
    if person is None:
        raise AuthRequired
    audit_log.act_as(person.id, "session")
    return person


def _by_session(token: object, workspace_ref: str) -> Access:
    if not isinstance(token, str):
        raise AuthRequired
    session_id = sessions.hash_of(token)
    row = auth().sessions_by_claim.get(Claim(session_id, workspace_ref))
    if row is None:
        raise AuthRequired
    if row.role is None:
        raise NotFound
    return _access(row, session_id=session_id, token_id=None, scopes=scopes.SESSION_SCOPES)


def _by_token(token: str, workspace_ref: str) -> Access:
    key = tokens.key_of(token)
    access = key and auth().tokens.get(key, lambda: _look_up(key))
    if not access:
        raise InvalidToken("There is no such token: it is mistyped, expired or revoked.")
    if not access.is_in(workspace_ref):
        raise NotFound
    return access


def _look_up(key: bytes) -> Access | None:
    row = auth().tokens_by_key.get(key)
    if row is None:
        return None
    if row.use_is_due:
        auth().last_use.note(row.token_id)
    return _access(row, session_id=None, token_id=row.token_id, scopes=scopes.expand(row.scopes))


def _access(
    row: AnyRow, *, session_id: bytes | None, token_id: UUID | None, scopes: tuple[str, ...]
) -> Access:
    return Access(
        user_id=row.user_id,
        user_name=row.user_name,
        role=row.role,
        workspace_id=row.workspace_id,
        slug=row.slug,
        workspace_name=row.workspace_name,
        timezone=row.timezone,
        strict=row.strict,
        addresses=row.addresses,
        session_id=session_id,
        token_id=token_id,
        scopes=scopes,
    )
