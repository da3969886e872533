"""Apply migrations, one process at a time: whoever comes second waits, then finds nothing to do."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from app.extensions import db
from app.postgres_link import lift_limits

ADVISORY_LOCK = 0x50756C7365  # "Pulse"


def include_object(_object, name, kind, _reflected, _compare_to):
    # Partitions are made and dropped by the service itself, not by migrations.
    return not (kind == "table" and name.startswith("events_"))


def run_migrations() -> None:
    """Take the lock for the whole run, then migrate in one transaction."""
    with db.engine.connect() as connection:
        lift_limits(connection)  # a migration takes the time it takes, and others wait for it
        # PostgreSQL frees the lock with the connection, so a killed migration blocks nobody.
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()
        try:
            _migrate(connection)
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()


def _migrate(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_object=include_object,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()


run_migrations()
