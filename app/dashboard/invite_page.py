"""The page behind an invitation's link: accept it signed in, or with a new account. It needs no JavaScript."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.auth.access import require_person, signed_in
from app.auth.schema import SHORTEST_PASSWORD
from app.auth.sign_in import sign_out
from app.errors import AuthRequired, BadCredentials, Errors, InvalidInput, NotFound, RateLimited
from app.http.json_body import read_form
from app.workspaces import acceptance, invitations

FORM_LIMIT = 16 * 1024  # bytes
WRONG = "Creating the account failed. If this address has one already, sign in to accept."

blueprint = Blueprint("invite", __name__, url_prefix="/invite/<token>")

Page = tuple[str, int]


@blueprint.errorhandler(NotFound)
def say_over(_: NotFound) -> Page:
    """The same page for used, revoked, expired and unknown links."""
    text = "It was used already, was revoked, or its seven days are over. Ask for another one."
    return render_template("link_over.html", title="This invitation is over", text=text), 404


@blueprint.get("")
def show(token: str) -> Page:
    """The invitation; GET does not consume the link."""
    return _page(token)


@blueprint.post("/accept")
def accept(token: str) -> Response:
    """Join as the signed-in user."""
    try:
        person = require_person()
    except AuthRequired:
        return redirect(url_for("invite.show", token=token), 303)
    return _redirect_to_workspace(acceptance.accept_as_user(token, person))


@blueprint.post("/create")
def create(token: str) -> Response | Page:
    """Join with a new account, which is signed in at once."""
    form = read_form(FORM_LIMIT)
    name, password = form.get("name", ""), form.get("password", "")
    try:
        return _redirect_to_workspace(acceptance.accept_as_new_user(token, name, password))
    except InvalidInput as wrong:
        return _page(token, 422, wrong.errors, name)
    except BadCredentials:
        return _page(token, 422, {"form": [WRONG]}, name)
    except RateLimited as too_often:
        return _page(token, 429, {"form": [f"Too many tries. {too_often.detail}"]}, name)


@blueprint.post("/switch")
def switch(token: str) -> Response:
    """Sign out and return to the invitation."""
    sign_out()
    return redirect(url_for("invite.show", token=token), 303)


def _redirect_to_workspace(slug: str) -> Response:
    return redirect(url_for("dashboard.workspace", slug=slug), 303)


def _page(token: str, status: int = 200, faults: Errors | None = None, name: str = "") -> Page:
    page = render_template(
        "invite.html",
        token=token,
        invitation=invitations.find(token),
        person=signed_in(),
        faults=faults or {},
        name=name,
        shortest=SHORTEST_PASSWORD,
    )
    return page, status
