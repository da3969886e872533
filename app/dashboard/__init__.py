"""Server-rendered pages: the dashboard, the admin pages, the account, and error pages."""

from __future__ import annotations

from flask import Flask

from app.dashboard import (
    account_page,
    assets,
    audit_page,
    cards_routes,
    connection_page,
    dashboard_page,
    doctor_page,
    error_pages,
    invite_page,
    leave_page,
    member_page,
    metric_page,
    settings_page,
    setup_page,
    token_page,
)
from app.domain.instants import iso

PAGES = (
    dashboard_page,
    cards_routes,
    connection_page,
    member_page,
    metric_page,
    token_page,
    settings_page,
    audit_page,
    account_page,
    invite_page,
    leave_page,
    setup_page,
    doctor_page,
)


def init_app(app: Flask) -> None:
    """Register the pages, their static files, and error pages."""
    app.add_template_filter(iso)
    assets.init_app(app)
    error_pages.init_app(app)
    for module in PAGES:
        app.register_blueprint(module.blueprint)
