"""PostgreSQL: engines and pools, time-outs of connections, statements, clocks."""

from __future__ import annotations

from flask import Flask

from app.extensions import db, migrate
from app.postgres import engines


def init_app(app: Flask) -> None:
    """Bind the database and its migrations to the app. Connects to nothing."""
    url = app.config["PULSE"].database_url
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engines.engine_options(url),
    )
    db.init_app(app)
    engines.init_app(app)
    migrate.init_app(app, db, directory=app.config["PULSE_MIGRATIONS"], render_as_batch=False)
