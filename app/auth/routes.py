"""The sign-in API: log in, log out, who am I."""

from __future__ import annotations

from flask import Blueprint, Response

from app.auth.authorization import for_people
from app.auth.login_manager import Person
from app.auth.memberships import workspaces_of
from app.auth.responses import Profile
from app.auth.schema import Credentials
from app.auth.sign_in import sign_in, sign_out
from app.errors import BadCredentials, RateLimited
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.response_schema import respond
from app.http.validation import load_body

BODY_LIMIT = 16 * 1024  # bytes; room for the longest password with every character escaped

blueprint = Blueprint("auth_api", __name__, url_prefix="/api/auth")


@blueprint.post("/login")
@described(
    answers=Profile,
    sends={"Set-Cookie": "The cookie of the session, and one that knows this browser again."},
    body=Credentials,
    refuses=(BadCredentials, RateLimited),
)
def login() -> Response:
    """Sign in; answers as `me` does and sets the cookie."""
    return _profile(sign_in(**load_body(Credentials, read_json(BODY_LIMIT))))


@blueprint.post("/logout")
@described()
def logout() -> tuple[str, int]:
    """Sign out. Idempotent: succeeds without a session too."""
    sign_out()
    return "", 204


@blueprint.get("/me")
@described(answers=Profile)
@for_people
def me(person: Person) -> Response:
    """Who is signed in, and their workspaces."""
    return _profile(person)


def _profile(person: Person) -> Response:
    return respond(Profile, user=person, workspaces=workspaces_of(person.id))
