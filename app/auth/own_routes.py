"""The API of one's own account: another password, where one is signed in, and an end to that."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.auth import own_sessions
from app.auth.access import require_person
from app.auth.password_change import change_password
from app.auth.schema import NewPassword, loaded
from app.auth.sign_in import sign_out
from app.json_body import read_json

BODY_LIMIT = 16 * 1024  # bytes; room for two long passwords

blueprint = Blueprint("own_api", __name__, url_prefix="/api/auth")


@blueprint.post("/password")
def password() -> dict[str, Any]:
    """Change one's password; every other session ends."""
    person = require_person()
    ended = change_password(person, **loaded(NewPassword, read_json(BODY_LIMIT)))
    return {"success": True, "message": "Password changed", "endedSessions": ended}


@blueprint.get("/sessions")
def list_sessions() -> dict[str, Any]:
    """Where one is signed in."""
    return {"data": own_sessions.sessions_of(require_person())}


@blueprint.delete("/sessions/<session_id>")
def end_session(session_id: str) -> tuple[str, int]:
    """Sign one of one's browsers out; it may be this one."""
    own_sessions.end_one(require_person(), session_id)
    return "", 204


@blueprint.delete("/sessions")
def end_sessions() -> tuple[str, int]:
    """Sign out everywhere, here too."""
    own_sessions.end_all(require_person().id)
    sign_out()
    return "", 204
