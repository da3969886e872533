"""The end of all that a person signed in with: their sessions and API tokens, in the transaction that ends them.

What is ended in another transaction than its cause survives a crash between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete

from app.audit import security_log
from app.auth import sessions, signals, tokens
from app.auth.signals import RevocationCause
from app.models import LoginSession, PasswordReset


@dataclass(frozen=True, slots=True)
class EndedAccess:
    """The keys of the sessions and tokens that ended; call `announce` once that is committed."""

    user_id: UUID
    sessions: tuple[bytes, ...] = ()
    tokens: tuple[bytes, ...] = ()

    def announce(self, cause: RevocationCause) -> None:
        """Log it, and end the streams that were opened with them."""
        counts = {"sessions": len(self.sessions), "tokens": len(self.tokens)}
        if any(counts.values()):
            security_log.note("access ended", user=self.user_id, **counts)
        for key in (*self.sessions, *self.tokens):  # one by one, because streams opened by others go on
            signals.announce(cause, credential=key)


def end_access(
    connection: Connection, user_id: UUID, *, but: str | None = None, keep_tokens: bool = False
) -> EndedAccess:
    """Delete a user's sessions but the one with the token `but`, their links and API tokens. Does not commit."""
    ended = end_sessions(connection, user_id, but)
    connection.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    gone = () if keep_tokens else tuple(tokens.revoke_all(connection, user_id))
    return EndedAccess(user_id, ended.sessions, gone)


def end_sessions(connection: Connection, user_id: UUID, but: str | None = None) -> EndedAccess:
    """Delete a user's sessions, except for the one with the token `but`. Does not commit."""
    query = delete(LoginSession).where(LoginSession.user_id == user_id)
    if but is not None:
        query = query.where(LoginSession.token_hash != sessions.hash_of(but))
    keys = connection.execute(query.returning(LoginSession.token_hash)).scalars()
    return EndedAccess(user_id, tuple(bytes(key) for key in keys))
