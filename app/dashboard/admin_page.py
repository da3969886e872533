"""The frame of the pages for a workspace's admins: who looks, at which workspace, what its script begins with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from app.auth.access import Access, require_person
from app.dashboard.routes import sign_in_first
from app.errors import AuthRequired


def admin_blueprint(name: str) -> Blueprint:
    """A blueprint for one such page: a visitor signs in and comes back."""
    blueprint = Blueprint(name, __name__)
    blueprint.register_error_handler(AuthRequired, sign_in_first)
    return blueprint


def show(template: str, access: Access, data: dict[str, Any], **more: Any) -> str:
    """The page, with `data` for its script and `more` for its template. It takes somebody who is signed in."""
    workspace = {"slug": access.slug, "timezone": access.timezone}
    return render_template(
        template,
        access=access,
        email=require_person().email,
        page={"workspace": workspace, **data},
        **more,
    )
