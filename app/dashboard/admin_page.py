"""The frame of a workspace's admin pages: who may see them, the page around a form, and confirmation pages."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.access import Access, require_member, require_person
from app.auth.bearer import bearer_token
from app.dashboard.dashboard_page import sign_in_first
from app.dashboard.forms import FORM_LIMIT, PASSWORD, PageForm
from app.dashboard.time_words import TimeWords
from app.errors import AuthRequired, Problem
from app.http.json_body import read_form


def admin_blueprint(name: str) -> Blueprint:
    """A blueprint for one such page: a visitor signs in and comes back.

    The address that a form is sent to also answers GET with that form, because signing in leads back to it.
    """
    blueprint = Blueprint(name, __name__)
    blueprint.register_error_handler(AuthRequired, _sign_in_again)
    return blueprint


def _sign_in_again(required: AuthRequired) -> Response:
    """Redirect to the sign-in page; what was typed into a form stays on a page of its own, to be sent again."""
    if bearer_token(request) is not None or request.method != "POST":
        return sign_in_first(required)
    with contextlib.suppress(Problem):
        read_form(FORM_LIMIT)
        if typed := [(name, value) for name, value in request.form.items(multi=True) if name != PASSWORD]:
            page = render_template("signed_out.html", typed=typed)
            return make_response(page, required.status, required.headers)
    return sign_in_first(required)


def require_admin(slug: str, at_least: str = "admin") -> Access:
    """The access of a signed-in person of this role; raises AuthRequired (for tokens too), NotFound, Forbidden."""
    access = require_member(slug, at_least)
    require_person()
    return access


def admin_page(template: str, access: Access, **more: object) -> str:
    """The page of `template`, with `more` for it."""
    person = require_person()
    return render_template(
        template, access=access, email=person.email, times=TimeWords(access.timezone), **more
    )


def confirmation(
    access: Access,
    form: PageForm,
    *,
    title: str,
    words: str,
    yes: str,
    no: str,
    back: str,
    subject: str = "",
) -> Response:
    """The page before something goes: what follows from it, a button that does it, and a way `back`.

    Links to it have `data-confirm`: with JavaScript they open its form in a dialog. `subject` tells apart what has
    the same name.
    """
    page = admin_page(
        "admin/confirm.html",
        access,
        form=form,
        name=title,
        words=words,
        yes=yes,
        no=no,
        back_to=back,
        subject=subject,
    )
    return form.response(page)


def redirect_to(
    endpoint: str, access: Access, notice: str, *, member: str | None = None, count: str | None = None
) -> Response:
    """Redirect to a page that says what was done, to which member or how often; `notice` is a key of its texts."""
    return redirect(url_for(endpoint, slug=access.slug, done=notice, member=member, count=count), 303)


def notice_text(texts: Mapping[str, str]) -> str:
    """What the request's `done` parameter stands for; nothing that is not one of our texts."""
    return texts.get(request.args.get("done", ""), "")
