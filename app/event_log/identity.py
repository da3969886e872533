"""Log identity: which database, at which point of its history, gives the numbers of the event log.

A promoted standby that lagged, a point-in-time recovery and a restored dump give numbers again that clients have
seen already, and would drop as repeats. So every head keeps the identity of the database that numbered it: system
identifier, database, timeline and the oid of the table. Where a head is found in another one, all logs of that
other one get a new epoch, once, and every stream hears `reset`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from uuid import UUID

import psycopg2
from sqlalchemy import Connection, Engine

from app.background import signals
from app.postgres.advisory_locks import AdvisoryLock, lock_until_commit

log = logging.getLogger(__name__)

SERVER = "server and database, as far as the role may read them"
NEW_EPOCH = "left(replace(gen_random_uuid()::text, '-', ''), 8)"
# Read when a connection is made: pg_control_system() reads a file. The timeline is only tried here.
READ_SERVER = """
    SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()),
           CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_lsn()) END
    FROM pg_control_system()
"""
# Read with each lock of heads and each look at them: a server that changes behind a pooler keeps the connection,
# and a standby that is promoted keeps its sessions. NULL where nothing can be numbered. The timeline is that of
# the current WAL position, for the last checkpoint's lags behind a promotion.
PLACE = """CASE WHEN current_setting('transaction_read_only') = 'off' THEN
    left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || event_heads.tableoid END"""
SQL_REFUSES = ("42", "0A", "55", "P0")  # SQLSTATE classes: no right, no such function, not supported, not now


class IdentityChanged(Exception):
    """Heads were numbered by another database than the one at hand: `renew` gives them a new epoch."""


def identity(parameter: str, *, readable: bool) -> str:
    """SQL for the identity of a row of event_heads; `parameter` is where the server goes.

    NULL where the role may not read it. A text of its own then: a right is missing also where the function that
    needs it would not be called.
    """
    return f"({parameter}::text || '/' || {PLACE})" if readable else f"{parameter}::text"


def is_foreign(numbered_by: str | None, current: str | None) -> bool:
    """Whether another database than the one at hand has numbered a log."""
    # Not known yet: a log without events, or one from before heads kept it. The next append settles that.
    return numbered_by is not None and current is not None and numbered_by != current


def server_of(connection: Connection) -> str | None:
    """System identifier and database of this connection; None where the role may not read all of the identity.

    Asked once a connection, and before any transaction of the caller's: a refusal would end it.
    """
    if SERVER not in connection.info:
        connection.info[SERVER] = _read_server(connection)
    return connection.info[SERVER]


def is_readable(engine: Engine) -> bool:
    """Whether the role may read the identity of the log."""
    with engine.connect() as connection:
        return server_of(connection) is not None


def _read_server(connection: Connection) -> str | None:
    try:
        with connection.connection.cursor() as cursor:
            cursor.execute(READ_SERVER)
            server: str = cursor.fetchone()[0]
    except psycopg2.Error as error:
        if error.pgcode is None or not error.pgcode.startswith(SQL_REFUSES):
            raise
        connection.connection.rollback()
        log.warning(
            "the identity of the event log cannot be read: a failover is seen late (see flask doctor)"
        )
        return None
    return server


def renew(engine: Engine, broken: Mapping[UUID, str] | None = None) -> int:
    """Give a new epoch to all logs that another database has numbered; returns how many.

    Those that are `broken`, a log and the epoch it had when that was found, get one as well. A second caller finds
    nothing left to do.
    """
    with engine.connect() as connection:
        server = server_of(connection)
        with connection.begin():
            lock_until_commit(connection, AdvisoryLock.LOG_IDENTITY)
            foreign = _foreign(connection, server)
            repeated = _still(connection, broken or {})
            _begin_epochs(connection, server, [*foreign, *(repeated.keys() - foreign)])
    _tell(foreign, repeated.keys() - foreign, server)
    return len(foreign.keys() | repeated.keys())


def begin_anew(engine: Engine) -> int:
    """Give every log a new epoch: cursors of before are answered with `reset`. Returns how many."""
    # Numbers go on: ids that clients hold from before the restore stay apart from those to come by their epoch.
    with engine.connect() as connection:
        server = server_of(connection)
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
        SELECT workspace_id, identity FROM event_heads WHERE identity <> {identity("%s", readable=True)}
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
    current = identity("%s", readable=server is not None)
    return connection.exec_driver_sql(
        f"""
        UPDATE event_heads SET epoch = {NEW_EPOCH}, epoch_from = last_seq, identity = coalesce({current}, identity)
        WHERE workspace_id = ANY(%s::uuid[])
        """,  # noqa: S608
        (server, workspaces),
    ).rowcount


def _tell(foreign: Mapping[UUID, str], repeated: set[UUID], server: str | None) -> None:
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
