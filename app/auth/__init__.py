"""Authentication and authorization: sign-in, sessions, tokens, and access to workspaces."""

from __future__ import annotations

from flask import Flask

from app.auth import account_routes, cookie, csrf, login_manager, pages, reset_pages, routes, sessions, state
from app.extensions import db


def init_app(app: Flask) -> None:
    """Bind sign-in to the app: the cookie, the cross-site check, the API and the pages."""
    cookie.init_app(app)
    with app.app_context():
        state.init_app(app, db.engine)
    login_manager.init_app(app, sessions.find)
    csrf.init_app(app)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(account_routes.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(reset_pages.blueprint)
