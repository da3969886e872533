"""Sign-in, sessions, tokens and access: who is asking, and may they?"""

from __future__ import annotations

from flask import Flask

from app.auth import account_routes, cookie, csrf, pages, reset_pages, routes, sessions, state
from app.extensions import db, login_manager


def init_app(app: Flask) -> None:
    """Bind sign-in to the app: the cookie, the cross-site check, the API and the pages."""
    cookie.init_app(app)
    with app.app_context():
        state.init_app(app, db.engine)
    # Off, because a session is a row of ours: a browser that changes its address stays signed in.
    login_manager.session_protection = None
    login_manager.user_loader(sessions.find)
    login_manager.init_app(app)
    # We give no remember cookie, and looking for one would open the session of every request.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    csrf.init_app(app)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(account_routes.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(reset_pages.blueprint)
