"""The API of one's own account: password, re-authentication, sessions."""

from __future__ import annotations

from flask import Blueprint, Response

from app.auth import account_sessions, reauthentication
from app.auth.authorization import for_people
from app.auth.login_manager import Person
from app.auth.password_change import change_password
from app.auth.responses import OwnSessions, PasswordChanged
from app.auth.schema import NewPassword, PasswordAgain
from app.auth.sign_in import sign_out
from app.errors import NotFound, RateLimited
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.response_schema import respond
from app.http.validation import load_body

BODY_LIMIT = 16 * 1024  # bytes; room for two long passwords

blueprint = Blueprint("own_api", __name__, url_prefix="/api/auth")


@blueprint.post("/password")
@described(answers=PasswordChanged, body=NewPassword, refuses=(RateLimited,))
@for_people
def password(person: Person) -> Response:
    """Change one's password; every other session ends, and one's API tokens unless `keepTokens`."""
    ended = change_password(person, **load_body(NewPassword, read_json(BODY_LIMIT)))
    return respond(
        PasswordChanged,
        success=True,
        message="Password changed",
        ended_sessions=len(ended.sessions),
        revoked_tokens=len(ended.tokens),
    )


@blueprint.post("/reauthenticate")
@described(body=PasswordAgain, refuses=(RateLimited,))
@for_people
def reauthenticate(person: Person) -> tuple[str, int]:
    """Show one's password again: for ten minutes this session may make tokens and owners."""
    reauthentication.confirm(person, **load_body(PasswordAgain, read_json(BODY_LIMIT)))
    return "", 204


@blueprint.get("/sessions")
@described(answers=OwnSessions)
@for_people
def list_sessions(person: Person) -> Response:
    """Where one is signed in."""
    return respond(OwnSessions, data=account_sessions.sessions_of(person))


@blueprint.delete("/sessions/<session_id>")
@described(refuses=(NotFound,))
@for_people
def end_session(person: Person, session_id: str) -> tuple[str, int]:
    """Sign one of one's browsers out; it may be this one."""
    account_sessions.end_one(person, session_id)
    return "", 204


@blueprint.delete("/sessions")
@described()
@for_people
def end_sessions(person: Person) -> tuple[str, int]:
    """Sign out everywhere, here too."""
    account_sessions.end_all(person.id)
    sign_out()
    return "", 204
