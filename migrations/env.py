"""Apply migrations beside the running service: one process at a time, and no lock is waited for long.

Who waits for a lock on a table holds up everybody who comes after, readers too. So a migration that does not get
its locks within two seconds gives up, lets them pass, and tries again; each is a transaction of its own.
"""

import time

import click
from alembic import context
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.audit.protection import hand_over
from app.extensions import db
from app.observability.probes.database import refuse_unless_utf8
from app.observability.probes.revision import SchemaRevision, read_revision
from app.postgres.advisory_locks import AdvisoryLock
from app.postgres.link import lift_timeouts

LOCK_TIMEOUT = "2s"
TRIES = 60
LONGEST_PAUSE = 10.0  # seconds between two tries
LOST = ("55P03", "40P01")  # SQLSTATE: no lock in time, deadlock
OLDEST = """
    SELECT format('process %s (%s), in a transaction for %s s', pid,
        coalesce(nullif(application_name, ''), 'unnamed'), extract(epoch FROM now() - xact_start)::int)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY xact_start LIMIT 1
"""


def include_object(_object, name, kind, _reflected, _compare_to):
    # Partitions are made and dropped by the service itself, not by migrations.
    return not (kind == "table" and name.startswith(("events_", "event_ids_")))


def run_migrations() -> None:
    """Wait for one's turn, then migrate; a try that loses begins where the last migration ended."""
    with db.engine.connect() as connection:
        refuse_unless_utf8(connection)
        if _is_newer(connection):
            return
        lift_timeouts(connection)  # a migration takes the time it takes, but for locks
        _wait_for_turn(connection)
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        connection.commit()
        try:
            _migrate_in_tries(connection)
        finally:
            connection.rollback()
            connection.execute(
                text("SELECT pg_advisory_unlock(:key)"), {"key": AdvisoryLock.MIGRATIONS.value}
            )
            connection.commit()


def _is_newer(connection) -> bool:
    # Code that was rolled back: Alembic would only say that it cannot find the newer revision.
    revision = _revision(connection)
    if not revision.is_newer or not _is_move() or context.get_revision_argument() != revision.head:
        return False
    click.echo(f"{revision.words}: nothing to do")
    return True


def _is_move() -> bool:
    # `upgrade` and `downgrade` have a destination; `current`, `check` and `migrate` do not.
    try:
        context.get_revision_argument()
    except KeyError:
        return False
    return True


def _revision(connection) -> SchemaRevision:
    revision = read_revision(connection, current_app.extensions["migrate"].directory)
    connection.commit()
    return revision


def _wait_for_turn(connection) -> None:
    # PostgreSQL frees the lock with the connection, so a killed migration blocks nobody.
    told = False
    while not connection.scalar(
        text("SELECT pg_try_advisory_lock(:key)"), {"key": AdvisoryLock.MIGRATIONS.value}
    ):
        connection.commit()
        if not told:
            click.echo("Another process applies migrations; waiting for it to end.", err=True)
            told = True
        time.sleep(0.2)
    connection.commit()


def _migrate_in_tries(connection) -> None:
    for number in range(1, TRIES + 1):
        try:
            return _migrate(connection)
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) not in LOST or number == TRIES:
                raise
            connection.rollback()
            pause = min(float(number), LONGEST_PAUSE)
            _say_who_is_in_the_way(connection, pause, number)
            time.sleep(pause)


def _say_who_is_in_the_way(connection, pause, number) -> None:
    oldest = connection.scalar(text(OLDEST)) or "nobody any more"
    connection.commit()
    click.echo(
        f"A table is in use: trying again in {pause:.0f} s ({number} of {TRIES}). Perhaps waiting for {oldest}.",
        err=True,
    )


def _migrate(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_object=include_object,
        transaction_per_migration=True,
        on_version_apply=_say_applied,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
    hand_over(connection)
    connection.commit()
    if _is_move():
        click.echo(_revision(connection).words)


def _say_applied(step, **_more) -> None:
    doc = step.up_revision.doc.rstrip(".")
    click.echo(
        f"{step.up_revision_id}  {doc}" if step.is_upgrade else f"{step.up_revision_id}  undone: {doc}"
    )


run_migrations()
