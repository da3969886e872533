"""The sign-in page and the sign-out button; both work without JavaScript."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from app.auth import cookie
from app.auth.access import signed_in
from app.auth.next_page import HOME, local_or_home
from app.auth.sign_in import sign_in, sign_out
from app.errors import BadCredentials, RateLimited
from app.http.json_body import read_form

FORM_LIMIT = 16 * 1024  # bytes
NO_COOKIES = "Your browser did not send our cookie back. Allow cookies for this site, then sign in again."

DONE = {"reset": "Your password is changed. Sign in with the new one."}

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
def login() -> Response:
    """The form; a signed-in user is redirected at once."""
    target = local_or_home(request.args.get("next"))
    done = DONE.get(request.args.get("done", ""), "")
    return redirect(target, 303) if signed_in() else _form(target, done=done)


@blueprint.post("/login")
def submit_login() -> Response:
    """Sign in and go on to `next`, or show the form again with what was wrong."""
    form = read_form(FORM_LIMIT)
    email, password = form.get("email", ""), form.get("password", "")
    target = local_or_home(form.get("next"))
    # A form of ours came with a test cookie. A script that sends only the fields is no browser.
    if "cookies" in form and not cookie.sent_test_cookie(current_app, request):
        return _form(target, 422, email=email, error=NO_COOKIES)
    if not email.strip() or not password:
        return _form(target, 422, email=email, error="Enter your e-mail address and your password.")
    try:
        sign_in(email, password)
    except BadCredentials as wrong:
        return _form(target, 401, email=email, error=f"{wrong.title}.")
    except RateLimited as too_often:
        page = _form(target, 429, email=email, error=_retry_text(too_often))
        page.headers["Retry-After"] = str(too_often.retry_after)
        return page
    return redirect(target, 303)


@blueprint.post("/logout")
def logout() -> Response:
    """Sign out and offer to sign in again."""
    sign_out()
    return redirect("/login", 303)


def to_login() -> Response:
    """Redirect a visitor to the form, and from there back to the requested page."""
    wanted = local_or_home(request.full_path.removesuffix("?"))
    return redirect("/login" if wanted == HOME else f"/login?{urlencode({'next': wanted})}", 303)


def _retry_text(too_often: RateLimited) -> str:
    minutes = -(-(too_often.retry_after or 0) // 60)
    wait = "a minute" if minutes <= 1 else f"{minutes} minutes"
    return f"Too many wrong passwords in too short a time. Try again in {wait}."


def _form(target: str, status: int = 200, email: str = "", error: str = "", done: str = "") -> Response:
    words = {"next": target, "email": email, "error": error, "done": done}
    page = make_response(render_template("login.html", **words), status)
    cookie.set_test_cookie(current_app, page)
    return page
