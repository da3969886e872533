"""The account page: password, sessions, workspaces. It needs no JavaScript."""

from __future__ import annotations

import contextlib

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth import account_sessions
from app.auth.access import require_person
from app.auth.account_forms import keeps_tokens
from app.auth.memberships import workspaces_of
from app.auth.password_change import change_password
from app.auth.schema import SHORTEST_PASSWORD, NewPassword
from app.auth.sign_in import sign_out
from app.dashboard.dashboard_page import sign_in_first
from app.errors import AuthRequired, Errors, InvalidInput, NotFound, RateLimited
from app.http.json_body import read_form
from app.http.validation import load_body

blueprint = Blueprint("account", __name__, url_prefix="/account")
blueprint.register_error_handler(AuthRequired, sign_in_first)

FORM_LIMIT = 16 * 1024  # bytes
DONE = {
    "password": "Your password is changed, and every other browser is signed out.",
    "session": "That browser is signed out.",
    "left": "You have left the workspace.",
}


@blueprint.get("")
def show() -> str:
    """The user's own account."""
    return _page(done=DONE.get(request.args.get("done", ""), ""))


@blueprint.post("/password")
def password() -> Response | tuple[str, int]:
    """Change the password, or show the form again with its errors."""
    person, form = require_person(), read_form(FORM_LIMIT)
    wanted: dict[str, object] = {name: form.get(name, "") for name in ("currentPassword", "newPassword")}
    wanted["keepTokens"] = keeps_tokens(form)
    try:
        change_password(person, **load_body(NewPassword, wanted))
    except InvalidInput as wrong:
        return _page(faults=wrong.errors), 422
    except RateLimited as too_often:
        return _page(faults={"currentPassword": [f"Too many tries. {too_often.detail}"]}), 429
    return _back("password")


@blueprint.post("/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """End a session. Idempotent: a session that has ended already is no error."""
    with contextlib.suppress(NotFound):
        account_sessions.end_one(require_person(), session_id)
    return _back("session")


@blueprint.post("/sign-out-everywhere")
def end_sessions() -> Response:
    """End all sessions, this one too."""
    account_sessions.end_all(require_person().id)
    sign_out()
    return redirect("/login", 303)


def _back(done: str) -> Response:
    return redirect(url_for("account.show", done=done), 303)


def _page(done: str = "", faults: Errors | None = None) -> str:
    person = require_person()
    return render_template(
        "account.html",
        person=person,
        workspaces=workspaces_of(person.id),
        sessions=account_sessions.sessions_of(person),
        shortest=SHORTEST_PASSWORD,
        faults=faults or {},
        done=done,
    )
