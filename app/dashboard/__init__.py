"""The pages that people look at."""

from __future__ import annotations

from flask import Flask

from app.dashboard import (
    account_page,
    assets,
    audit_page,
    cards_routes,
    connection_page,
    doctor_page,
    error_pages,
    invite_page,
    leave_page,
    member_page,
    metric_page,
    routes,
    settings_page,
    setup_page,
    token_page,
)


def init_app(app: Flask) -> None:
    """Bind the pages to the app: their routes, their static files, and errors in the house style."""
    assets.init_app(app)
    error_pages.init_app(app)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(cards_routes.blueprint)
    for page in (connection_page, member_page, metric_page, token_page, settings_page, audit_page):
        app.register_blueprint(page.blueprint)
    app.register_blueprint(account_page.blueprint)
    app.register_blueprint(invite_page.blueprint)
    app.register_blueprint(leave_page.blueprint)
    app.register_blueprint(setup_page.blueprint)
    app.register_blueprint(doctor_page.blueprint)
