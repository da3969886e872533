"""The pages of a workspace's API tokens, for its admins. They work without JavaScript."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from app.auth import tokens
from app.auth.access import Access
from app.dashboard.admin_page import (
    admin_blueprint,
    admin_page,
    confirmation,
    notice_text,
    redirect_to,
    require_admin,
)
from app.dashboard.commands import try_token
from app.dashboard.forms import PageForm
from app.dashboard.scope_choices import scope_choices
from app.dashboard.time_words import TimeWords
from app.domain.instants import iso
from app.domain.scopes import WRITE
from app.errors import NotFound
from app.postgres.statements import AnyRow
from app.workspaces import token_creation

blueprint = admin_blueprint("token_page")

LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("never", "Never"))
FIELDS = ("name", "scopes", "lifetime")
NOTICES = {"revoked": "The token is revoked.", "gone": "That token was revoked already."}
LIST = "token_page.tokens_of_workspace"


@blueprint.get("/w/<slug>/tokens")
def tokens_of_workspace(slug: str) -> str:
    """All tokens of the workspace, without their secrets."""
    return _list(require_admin(slug))


@blueprint.get("/w/<slug>/tokens/new")
def new_token_page(slug: str) -> Response:
    """The form for a new token."""
    access = require_admin(slug)
    form = PageForm(*FIELDS, values={"scopes": [WRITE], "lifetime": ["90"]})
    form.ask_password_unless_recent(access)
    return _form(access, form)


@blueprint.post("/w/<slug>/tokens/new")
def make_token(slug: str) -> Response | tuple[str, int]:
    """Make a token. Only this response contains it; it is stored nowhere."""
    access = require_admin(slug)
    form = PageForm.submitted(*FIELDS, renamed={"expiresAt": "lifetime"})
    with form:
        form.confirm_password()
        made = token_creation.create(access, _body(form))
        command = try_token(_origin(), access.slug, made["scopes"], made["token"])
        return _list(access, made={"command": command, **made}), 201
    return _form(access, form)


@blueprint.get("/w/<slug>/tokens/<uuid:token_id>/revoke")
def revocation_page(slug: str, token_id: UUID) -> Response:
    """The confirmation page for revoking a token."""
    access = require_admin(slug)
    for entry in tokens.tokens_of(access.workspace_id):
        if entry.id == token_id:
            return _revocation(access, entry)
    return redirect_to(LIST, access, "gone")


@blueprint.post("/w/<slug>/tokens/<uuid:token_id>/revoke")
def revoke_token(slug: str, token_id: UUID) -> Response:
    """Revoke a token; idempotent: a token that was revoked already is no error."""
    access = require_admin(slug)
    with contextlib.suppress(NotFound):
        tokens.revoke(access.workspace_id, token_id)
    return redirect_to(LIST, access, "revoked")


def _list(access: Access, made: dict[str, Any] | None = None) -> str:
    return admin_page(
        "tokens.html",
        access,
        tokens=tokens.tokens_of(access.workspace_id),
        command=try_token(_origin(), access.slug, [WRITE]),
        made=made,
        notice=notice_text(NOTICES),
    )


def _form(access: Access, form: PageForm) -> Response:
    times = TimeWords(access.timezone)
    ends = [(name, times.day_in(int(days))) for days, name in LIFETIMES if days.isdigit()]
    page = admin_page(
        "tokens/new.html",
        access,
        form=form,
        scopes=scope_choices(access.role),
        lifetimes=LIFETIMES,
        ends=ends,
    )
    return form.response(page)


def _revocation(access: Access, entry: AnyRow) -> Response:
    used = TimeWords(access.timezone).ago(entry.last_used_at).lower()
    last_use = "It was never used." if entry.last_used_at is None else f"It was last used {used}."
    return confirmation(
        access,
        PageForm(),
        title=f"Revoke “{entry.name}”?",
        subject=f"{entry.prefix}…",
        words=f"{last_use} Anything that still uses it is refused within a second. This cannot be undone.",
        yes="Revoke",
        no="Keep it",
        back=url_for(LIST, slug=access.slug),
    )


def _body(form: PageForm) -> dict[str, object]:
    """The form as the API's JSON."""
    body = {**form.json("name"), "scopes": form.values("scopes")}
    lifetime = form.value("lifetime")
    if lifetime.isdecimal() and lifetime in dict(LIFETIMES):
        return {**body, "expiresAt": iso(datetime.now(UTC) + timedelta(days=int(lifetime)))}
    return body if lifetime == "never" else {**body, "expiresAt": lifetime}


def _origin() -> str:
    return request.host_url.rstrip("/")
