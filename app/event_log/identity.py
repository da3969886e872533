"""Log identity: which database, on which timeline, numbers the event log.

A promoted standby that lagged, a point-in-time recovery and a restored dump assign numbers again that clients have
seen already, and would drop as repeats. So every head stores the identity of the database that numbered it: system
identifier, database, timeline and the oid of the table. If a head is found in another one, all logs numbered by
the former get a new epoch, once, and every stream gets `reset`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing
from uuid import UUID

import psycopg2
from sqlalchemy import Connection, Engine

from app.background import signals
from app.postgres.advisory_locks import AdvisoryLock, lock_until_commit

log = logging.getLogger(__name__)

SERVER = "pulse: server and database"  # the key in a connection's info
NEW_EPOCH = "left(replace(gen_random_uuid()::text, '-', ''), 8)"
# Read once a connection, because pg_control_system() reads a file. The timeline is only tried here.
READ_SERVER = """
    SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()),
           CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_lsn()) END
    FROM pg_control_system()
"""
# Read with each lock and each read of heads: the server may change behind a pooler, which keeps the connection,
# and a standby that is promoted keeps its sessions. NULL where nothing can be numbered. The timeline is that of
# the current WAL position, because the last checkpoint's lags behind a promotion.
TIMELINE_AND_TABLE = """CASE WHEN current_setting('transaction_read_only') = 'off' THEN
    left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || event_heads.tableoid END"""
REFUSED = ("42", "0A", "55", "P0")  # SQLSTATE classes: no right, no such function, not supported, not now


class IdentityChanged(Exception):
    """Heads were numbered by another database than the current one; `renew_epochs` gives them a new epoch."""


def identity_sql(parameter: str, *, readable: bool) -> str:
    """SQL for the identity of a row of event_heads; `parameter` is the placeholder for the server.

    NULL if the role may not read it. That is another SQL text, because a missing right fails the statement even
    where the function is not called.
    """
    return f"({parameter}::text || '/' || {TIMELINE_AND_TABLE})" if readable else f"{parameter}::text"


def is_foreign(numbered_by: str | None, current: str | None) -> bool:
    """Whether another database than the current one has numbered a log."""
    # None for a log without events, or from before heads stored it, until the next append.
    return numbered_by is not None and current is not None and numbered_by != current


def read_server(connection: Connection) -> str | None:
    """System identifier and database of this connection, cached; None if the role may not read the identity.

    Call it before the caller's transaction: a refusal would abort that.
    """
    if SERVER not in connection.info:
        connection.info[SERVER] = _read_server(connection)
    server: str | None = connection.info[SERVER]
    return server


def is_readable(engine: Engine) -> bool:
    """Whether the role may read the identity of the log."""
    with engine.connect() as connection:
        return read_server(connection) is not None


def _read_server(connection: Connection) -> str | None:
    try:
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(READ_SERVER)
            server: str
            [(server, _timeline)] = cursor.fetchall()
    except psycopg2.Error as error:
        if error.pgcode is None or not error.pgcode.startswith(REFUSED):
            connection.invalidate()  # SQLAlchemy has not seen the error, and would log that it cannot roll back
            raise
        connection.connection.rollback()
        log.warning(
            "the identity of the event log cannot be read: a failover is seen late (see flask doctor)"
        )
        return None
    return server


def renew_epochs(engine: Engine, broken: Mapping[UUID, str] | None = None) -> int:
    """Give a new epoch to all logs that another database has numbered; returns their number.

    `broken` logs, by the epoch in which that was found, get one as well. A second caller finds nothing to do.
    """
    with engine.connect() as connection:
        server = read_server(connection)
        with connection.begin():
            lock_until_commit(connection, AdvisoryLock.LOG_IDENTITY)
            foreign = _foreign(connection, server)
            repeated = _still(connection, broken or {})
            _begin_epochs(connection, server, [*foreign, *(repeated.keys() - foreign)])
    _report(foreign, repeated.keys() - foreign, server)
    return len(foreign.keys() | repeated.keys())


def renew_all_epochs(engine: Engine) -> int:
    """Give every log a new epoch, so that earlier cursors are answered with `reset`; returns their number."""
    # Numbers continue: the epoch separates the ids that clients have from before a restore from later ones.
    with engine.connect() as connection:
        server = read_server(connection)
        connection.rollback()
        with connection.begin():
            rows = connection.exec_driver_sql("SELECT workspace_id FROM event_heads ORDER BY 1 FOR UPDATE")
            return _begin_epochs(connection, server, [workspace for (workspace,) in rows])


def _foreign(connection: Connection, server: str | None) -> dict[UUID, str]:
    # In id order, as commits lock them, so that neither waits for the other in a circle.
    if server is None:
        return {}
    found = connection.exec_driver_sql(
        f"""
        SELECT workspace_id, identity FROM event_heads WHERE identity <> {identity_sql("%s", readable=True)}
        ORDER BY workspace_id FOR UPDATE
        """,  # noqa: S608
        (server,),
    )
    return dict(found.all())


def _still(connection: Connection, broken: Mapping[UUID, str]) -> dict[UUID, str]:
    if not broken:
        return {}
    found = connection.exec_driver_sql(
        """
        SELECT workspace_id, epoch FROM event_heads
        JOIN unnest(%s::uuid[], %s::text[]) AS broken (id, was) ON workspace_id = id AND epoch = was
        ORDER BY workspace_id FOR UPDATE OF event_heads
        """,
        (list(broken), list(broken.values())),
    )
    return dict(found.all())


def _begin_epochs(connection: Connection, server: str | None, workspaces: list[UUID]) -> int:
    current = identity_sql("%s", readable=server is not None)
    return connection.exec_driver_sql(
        f"""
        UPDATE event_heads SET epoch = {NEW_EPOCH}, epoch_from = last_seq, identity = coalesce({current}, identity)
        WHERE workspace_id = ANY(%s::uuid[])
        """,  # noqa: S608
        (server, workspaces),
    ).rowcount


def _report(foreign: Mapping[UUID, str], repeated: set[UUID], server: str | None) -> None:
    if foreign:
        log.error(
            "the event log is that of another database: %d workspaces have a new epoch, their clients reload"
            " (numbered by %s, now %s)",
            len(foreign),
            ", ".join(sorted(set(foreign.values()))[:3]),
            server,
        )
        signals.epochs_renewed.send(None, cause="identity", number=len(foreign))
    for workspace in repeated:
        log.error(
            "numbers of workspace %s are given again: it has a new epoch, its clients reload", workspace
        )
    if repeated:
        signals.epochs_renewed.send(None, cause="repeated-numbers", number=len(repeated))
