"""Password reset pages: request a link, and set a new password by it. They work without JavaScript."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.auth import password_reset
from app.auth.account_forms import keeps_tokens
from app.auth.schema import SHORTEST_PASSWORD, ChosenPassword
from app.domain.client_address import client_network
from app.domain.email_and_slug import normal_email
from app.errors import Errors, InvalidInput, NotFound, RateLimited
from app.http.json_body import read_form
from app.http.public_links import sends_mail
from app.http.validation import load_body
from app.redis.rate_limits import fingerprint, rate_limits

FORM_LIMIT = 16 * 1024  # bytes

blueprint = Blueprint("reset", __name__)

Page = tuple[str, int]


@blueprint.get("/forgot")
def forgot() -> str:
    """The form that requests a link by mail; without mail, a text about who hands one over."""
    return render_template("forgot.html", sends_mail=sends_mail(), asked=request.args.get("asked") == "1")


@blueprint.post("/forgot")
def request_link() -> Response | Page:
    """Queue the mail; the response is the same whether or not the address has an account."""
    email = normal_email(read_form(FORM_LIMIT).get("email", ""))
    if not sends_mail():
        return render_template("forgot.html", sends_mail=False), 422
    if email is None:
        return render_template("forgot.html", sends_mail=True, fault="Enter your e-mail address."), 422
    try:
        _count(email)
    except RateLimited as too_often:
        return render_template("forgot.html", sends_mail=True, fault=_retry_text(too_often)), 429
    password_reset.queue_mail(email)
    return redirect("/forgot?asked=1", 303)


@blueprint.get("/reset/<token>")
def show(token: str) -> Page:
    """The form; showing it does not use the link up, since mail programs fetch links too."""
    return _form(token)


@blueprint.post("/reset/<token>")
def submit(token: str) -> Response | Page:
    """Set the password and go on to the sign-in form."""
    form = read_form(FORM_LIMIT)
    try:
        wanted = load_body(ChosenPassword, {"newPassword": form.get("newPassword", "")})
        password_reset.reset(token, wanted["new"], keeps_tokens(form))
    except InvalidInput as wrong:
        return _form(token, 422, wrong.errors, tick=not keeps_tokens(form))
    except NotFound:
        return _link_over()
    return redirect("/login?done=reset", 303)


def _form(token: str, status: int = 200, faults: Errors | None = None, tick: bool = True) -> Page:
    try:
        account = password_reset.account_of(token)
    except NotFound:
        return _link_over()
    page = render_template(
        "reset.html", account=account, faults=faults or {}, shortest=SHORTEST_PASSWORD, tick=tick
    )
    return page, status


def _link_over() -> Page:
    text = "It was used already, or its hour is over. Ask for another one."
    return render_template("link_over.html", title="This link is over", text=text, again="/forgot"), 404


def _count(email: str) -> None:
    client = fingerprint(client_network(request.remote_addr))
    rate_limits().mail.charge(own=[f"to:{fingerprint(email)}"], shared=[f"client:{client}"])


def _retry_text(too_often: RateLimited) -> str:
    minutes = -(-(too_often.retry_after or 0) // 60)
    return f"That was too often. Try again in {'a minute' if minutes <= 1 else f'{minutes} minutes'}."
