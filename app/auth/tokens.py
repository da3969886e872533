"""API tokens: a random secret that is shown once, and its SHA-256 in a row that we can delete."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from app.audit import audit_log, security_log
from app.auth import signals
from app.domain.instants import iso
from app.domain.scopes import REQUIRED_ROLE, scopes_above_role
from app.errors import InvalidInput, InvalidToken, NotFound
from app.extensions import db
from app.models import Membership, Token, User
from app.postgres.statements import AnyRow, AnySelect

PREFIX = "pulse_"  # recognised by people and secret scanners
SECRET = 32  # random bytes, as hex digits: a double click selects all of it
SHOWN = len(PREFIX) + 8  # characters that lists show; 224 of the 256 bits stay secret
FORM = re.compile(rf"{PREFIX}[0-9a-f]{{{2 * SECRET}}}")


def issue(
    workspace_id: UUID,
    user_id: UUID,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    made_by: UUID | None = None,
) -> tuple[str, AnyRow]:
    """Make a token of a member; returns it, which is stored nowhere, and its entry as `tokens_of` lists it.

    `made_by` is the token that makes it, which the new one cannot outlive. Raises NotFound for no member,
    InvalidInput for scopes beyond the member's role, or for an expiry that is too late.
    """
    token = PREFIX + secrets.token_hex(SECRET)
    values = {
        "workspace_id": workspace_id,
        "user_id": user_id,
        "name": name,
        "token_hash": _hash_of(token),
        "prefix": token[:SHOWN],
        "scopes": list(scopes),
        "expires_at": expires_at,
    }
    with db.engine.begin() as connection:
        # Locked, so that a demotion or removal comes before the check or after the token.
        role = connection.execute(
            _role(workspace_id, user_id).with_for_update(read=True)
        ).scalar_one_or_none()
        _check_scopes(role, scopes)
        values["expires_at"] = _bounded(connection, made_by, expires_at)
        token_id = connection.execute(insert(Token).values(values).returning(Token.id)).scalar_one()
        audit_log.record(
            connection, workspace_id, "token.created", user_id, **_audit_details(token_id, values)
        )
        row = connection.execute(_entries().where(Token.id == token_id)).one()
    security_log.note(
        "token made", user=user_id, workspace=workspace_id, made=token_id, scopes=" ".join(scopes)
    )
    return token, row


def tokens_of(workspace_id: UUID) -> Sequence[AnyRow]:
    """The entry of each token of the workspace, the newest first: see `_entries`."""
    query = _entries().where(Token.workspace_id == workspace_id)
    with db.engine.connect() as connection:
        return connection.execute(query).all()


def revoke(workspace_id: UUID, token_id: UUID) -> None:
    """Delete the token: no worker accepts it for longer than `credential_cache.TTL`. Raises NotFound."""
    query = delete(Token).where(Token.workspace_id == workspace_id, Token.id == token_id)
    with db.engine.begin() as connection:
        row = connection.execute(query.returning(Token.user_id, Token.name, Token.scopes)).one_or_none()
        if row is None:
            raise NotFound
        audit_log.record(
            connection, workspace_id, "token.revoked", row.user_id, **_audit_details(token_id, row._asdict())
        )
    security_log.note("token revoked", user=row.user_id, workspace=workspace_id, revoked=token_id)
    signals.announce(signals.RevocationCause.TOKEN, credential=token_id.bytes)


def revoke_all(connection: Connection, user_id: UUID) -> list[bytes]:
    """Delete all of a user's tokens, with audit entries in each workspace; returns keys. Does not commit."""
    # By both columns of the index, which begins with the workspace.
    theirs = select(Membership.workspace_id).where(Membership.user_id == user_id)
    query = delete(Token).where(Token.workspace_id.in_(theirs), Token.user_id == user_id)
    rows = connection.execute(query.returning(Token.id, Token.workspace_id, Token.name, Token.scopes)).all()
    for row in rows:
        details = _audit_details(row.id, row._asdict())
        audit_log.record(connection, row.workspace_id, "token.revoked", user_id, **details)
    return [row.id.bytes for row in rows]


def key_of(token: str) -> bytes | None:
    """The stored key of a token; None for text that has not a token's form."""
    return _hash_of(token) if FORM.fullmatch(token) else None


def is_live(key: ColumnElement[bytes] | bytes) -> ColumnElement[bool]:
    """SQL: the token row of this key, not expired. By the database's clock, which all workers share."""
    return (Token.token_hash == key) & (Token.expires_at.is_(None) | (Token.expires_at > func.now()))


def _audit_details(token_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"token": str(token_id), "name": values["name"], "scopes": values["scopes"]}


def _hash_of(token: str) -> bytes:
    # A fast hash is right here: a slow one protects secrets that people choose, not 256 random bits, and a script
    # presents its token a thousand times a second. No salt: tokens are unique, and an index must find the hash.
    return hashlib.sha256(token.encode()).digest()


def _role(workspace_id: UUID, user_id: UUID) -> Select[str]:
    return select(Membership.role).where(
        Membership.workspace_id == workspace_id, Membership.user_id == user_id
    )


def _check_scopes(role: str | None, scopes: Sequence[str]) -> None:
    if role is None:
        raise NotFound
    if excess := scopes_above_role(role, scopes):
        faults = [
            f"{scope} takes the role {REQUIRED_ROLE[scope]}; this member is {role}." for scope in excess
        ]
        raise InvalidInput(errors={"scopes": faults})


def _bounded(connection: Connection, maker: UUID | None, wanted: datetime | None) -> datetime | None:
    """The expiry of a token that the token `maker` makes: a stolen one of an hour makes no permanent one."""
    if maker is None:
        return wanted
    # Locked, so that a revocation comes before the new token or meets a maker that has gone already.
    query = select(Token.expires_at).where(Token.id == maker).with_for_update(read=True)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise InvalidToken("There is no such token: it is mistyped, expired or revoked.")
    if found.expires_at is None or (wanted and wanted <= found.expires_at):
        return wanted
    if wanted is None:
        expiry: datetime = found.expires_at
        return expiry
    raise InvalidInput(
        errors={"expiresAt": [f"Must be at most {iso(found.expires_at)}, when this token ends."]}
    )


def _entries() -> AnySelect:
    """SQL: tokens without what is secret, and their users."""
    return (
        select(
            Token.id,
            Token.name,
            Token.prefix,
            Token.scopes,
            Token.created_at,
            Token.last_used_at,
            Token.expires_at,
            Token.user_id,
            User.email.label("user_email"),
            User.name.label("user_name"),
        )
        .join(User, User.id == Token.user_id)
        .order_by(Token.created_at.desc(), Token.id)
    )
