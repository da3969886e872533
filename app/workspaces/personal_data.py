"""Personal data (GDPR): the export of all that is stored of a user, and its erasure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from app.audit import audit_log
from app.auth import passwords, signals
from app.auth.ended_access import end_access
from app.errors import LastOwner, Problem
from app.event_log import append
from app.extensions import db
from app.mail.queue import delete_mails_to
from app.models import Invitation, Membership, User, Workspace
from app.postgres import link
from app.workspaces.invitations import delete_invitations_by
from app.workspaces.members import lock_role

# The kinds of lines and their queries; never a hash of a password, session or token. A column called `kind` would
# take the place of the line's.
KINDS = {
    "user": "SELECT id, email, name, is_active, created_at FROM users WHERE id = %(user)s",
    "membership": """
        SELECT workspaces.slug AS workspace, role, memberships.created_at
        FROM memberships JOIN workspaces ON workspaces.id = workspace_id WHERE user_id = %(user)s
    """,
    "session": "SELECT browser, created_at, expires_at FROM sessions WHERE user_id = %(user)s",
    "token": """
        SELECT workspace_id, name, prefix, scopes, created_at, last_used_at, expires_at
        FROM tokens WHERE user_id = %(user)s
    """,
    "invitation": """
        SELECT workspace_id, invitations.email, role, invitations.created_at, expires_at
        FROM invitations LEFT JOIN users USING (email) WHERE users.id = %(user)s OR invited_by = %(user)s
    """,
    "mail": """
        SELECT kind AS mail_kind, workspace_id, state, outbound_mails.created_at, ended_at
        FROM outbound_mails JOIN users ON users.email = recipient WHERE users.id = %(user)s
    """,
    "annotation": """
        SELECT workspace_id, at, until, text, url, tags, kind AS note_kind, created_at
        FROM annotations WHERE made_by = %(user)s ORDER BY workspace_id, at
    """,
    "deed": """
        SELECT workspace_id, at, action, via, details FROM audit_entries
        WHERE actor_id = %(user)s OR subject_id = %(user)s ORDER BY id
    """,
    "event": """
        SELECT workspace_id, seq, event_id, event_type, event_data, session_id, occurred_at, received_at,
            address, user_agent
        FROM events WHERE user_id = %(user)s ORDER BY workspace_id, seq
    """,
}


def lines_of(user_id: UUID) -> Iterator[Mapping[str, Any]]:
    """The rows that are stored of a user, each with its `kind`."""
    with db.engine.connect() as connection:
        link.lift_timeouts(connection)  # the log has no index by user
        for kind, query in KINDS.items():
            result = connection.execution_options(yield_per=1_000).exec_driver_sql(query, {"user": user_id})
            for row in result.mappings():
                yield {"kind": kind, **row}


def erase(user_id: UUID) -> int:
    """Anonymise a user: their access ends at once, and no row that is left identifies them.

    Their events stay with the same user id, without session, and without data except for what is counted by
    (channels, tasks and the like), so that past figures stay as they were.
    Returns the number of events. Raises Problem for the only owner of a workspace.
    """
    with db.engine.connect() as connection:
        link.lift_timeouts(connection)
        _leave_workspaces(connection, user_id)
        ended = end_access(connection, user_id)
        _delete_by_address(connection, user_id)
        connection.execute(update(User).where(User.id == user_id).values(_erased_values(user_id)))
        count = append.anonymise(connection, user_id)
        connection.commit()
    ended.announce(signals.RevocationCause.ERASURE)
    signals.announce(signals.RevocationCause.ERASURE, user_id=user_id)
    return count


def _delete_by_address(connection: Connection, user_id: UUID) -> None:
    email = connection.execute(select(User.email).where(User.id == user_id)).scalar_one()
    delete_invitations_by(connection, user_id)
    connection.execute(delete(Invitation).where(Invitation.email == email))
    delete_mails_to(connection, email)


def _erased_values(user_id: UUID) -> dict[str, Any]:
    return {
        "email": f"{user_id}@erased.invalid",
        "name": "Erased",
        "password_hash": passwords.NO_PASSWORD,
        "is_active": False,
    }


def _leave_workspaces(connection: Connection, user_id: UUID) -> None:
    query = (
        select(Workspace.id, Workspace.slug)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id)
        .order_by(Workspace.id)
    )
    workspaces = connection.execute(query).all()
    if orphans := [slug for id, slug in workspaces if _is_last_owner(connection, id, user_id)]:
        raise Problem(f"This is the only owner of {', '.join(sorted(orphans))}: name another one first.")
    gone = delete(Membership).where(Membership.user_id == user_id)
    for workspace_id, role in connection.execute(gone.returning(Membership.workspace_id, Membership.role)):
        audit_log.record(connection, workspace_id, "member.removed", user_id, role=role)


def _is_last_owner(connection: Connection, workspace_id: UUID, user_id: UUID) -> bool:
    try:
        lock_role(connection, workspace_id, user_id)
    except LastOwner:
        return True
    return False
