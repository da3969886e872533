"""The first-run setup page: it makes the first owner and workspace, once. It needs no JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.schema import SHORTEST_PASSWORD
from app.auth.sign_in import begin_session
from app.domain.client_address import client_network
from app.errors import Errors, InvalidInput, NotFound, RateLimited
from app.extensions import db
from app.http.json_body import read_form
from app.redis.rate_limits import fingerprint, rate_limits
from app.workspaces.first_run import is_first_run, set_up
from app.workspaces.schema import timezones

FORM_LIMIT = 16 * 1024  # bytes

blueprint = Blueprint("setup", __name__, url_prefix="/setup")

Page = tuple[str, int]


@blueprint.get("")
def show() -> Page:
    """The form; not found once there is a user."""
    return _page({}, {})


@blueprint.post("")
def submit() -> Response | Page:
    """Make the first owner and workspace, and sign the owner in."""
    form = read_form(FORM_LIMIT)
    try:
        # Limited by client address: these are guesses at the code, not at an account.
        client = fingerprint(client_network(request.remote_addr))
        attempt = rate_limits().login.charge(own=[f"setup:{client}"])
        owner = set_up(current_app.config["PULSE"], form)
        rate_limits().login.refund(attempt)
    except InvalidInput as wrong:
        return _page(form, wrong.errors or {}, 422)
    except RateLimited as too_often:
        return _page(form, {"code": [f"Too many tries. {too_often.detail}"]}, 429)
    begin_session(*owner)
    return redirect(url_for("dashboard.home"), 303)


def _page(form: Mapping[str, str], faults: Errors, status: int = 200) -> Page:
    with db.engine.connect() as connection:
        if not is_first_run(connection):
            raise NotFound
    zones, shortest = timezones(), SHORTEST_PASSWORD
    page = render_template("setup.html", form=form, faults=faults, timezones=zones, shortest=shortest)
    return page, status
