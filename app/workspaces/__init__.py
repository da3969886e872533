"""Workspaces, their members, and the people of this installation."""

from __future__ import annotations

from flask import Flask

from app.workspaces import audit_routes, invitation_routes, member_routes, settings_routes, token_routes


def init_app(app: Flask) -> None:
    """Add the routes of a workspace's settings, members, invitations, tokens and audit log."""
    for module in (settings_routes, member_routes, invitation_routes, token_routes, audit_routes):
        app.register_blueprint(module.blueprint)
