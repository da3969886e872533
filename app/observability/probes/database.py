"""Database probe: encoding, role, read-only state, time-outs and connection limit, in one statement.

A connection that answers `SELECT 1` may still be to a standby, be read-only, have the wrong encoding (every event
beyond ASCII would be a 500), lack its time-outs, or belong to a role that may not make tomorrow's partition.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import click
from sqlalchemy import Connection

from app.observability.probes.finding import Finding
from app.postgres.engines import CONNECTIONS_PER_WORKER

STATE = """
    SELECT current_setting('server_version_num')::int / 10000 AS version, clock_timestamp() AS clock,
           pg_is_in_recovery() AS is_standby, current_setting('transaction_read_only') = 'on' AS is_read_only,
           current_setting('server_encoding') AS encoding,
           current_setting('statement_timeout') <> '0' AS is_limited,
           current_setting('max_connections')::int
               - current_setting('superuser_reserved_connections')::int AS slots,
           current_user AS role, pg_get_userbyid(relowner) AS owner,
           pg_has_role(relowner, 'USAGE') AND has_schema_privilege(relnamespace, 'CREATE') AS may_partition
    FROM (SELECT to_regclass('events')::oid) AS events (oid) LEFT JOIN pg_class USING (oid)
"""
ENCODING = "UTF8"
OTHER_ENCODING = "make another one: `createdb --encoding UTF8 --locale C.UTF-8 --template template0 NAME`"
TIMEOUTS = "statement_timeout = '10s', lock_timeout = '8s', idle_in_transaction_session_timeout = '30s'"


class DatabaseState(NamedTuple):
    """State of the server and of this connection; the last two are None without tables."""

    version: int
    clock: datetime
    is_standby: bool
    is_read_only: bool
    encoding: str
    is_limited: bool  # by a statement_timeout
    slots: int  # connections for ordinary roles
    role: str
    owner: str | None
    may_partition: bool | None


def read_state(connection: Connection) -> DatabaseState:
    """Read it, in one round trip."""
    return DatabaseState(*connection.exec_driver_sql(STATE).one())


def faults(state: DatabaseState) -> Iterator[Finding]:
    """Everything that will not work, or not as documented, with remedies."""
    if state.is_standby:
        remedy = "name all hosts in DATABASE_URL, with ?target_session_attrs=read-write, or promote it"
        yield Finding("Writes", "the server is a standby, which takes no writes", remedy, True)
    elif state.is_read_only:
        remedy = "see why default_transaction_read_only is on: managed servers set it when a disk is full"
        yield Finding("Writes", "transactions are read-only", remedy, True)
    if state.encoding != ENCODING:
        yield Finding("Encoding", f"{state.encoding}, not {ENCODING}", OTHER_ENCODING, True)
    if state.may_partition is False:
        remedy = f"connect as {state.owner}, or `GRANT {state.owner} TO {state.role}`"
        words = f"{state.role} may not make partitions of events, which belongs to {state.owner}"
        yield Finding("Role", words, remedy, True)
    if not state.is_limited:
        remedy = (
            "a pooler drops what is in `options`, or they say so themselves: "
            f"ALTER ROLE {state.role} SET each of {TIMEOUTS}, timezone = 'UTC'"
        )
        yield Finding("Time limits", "statement_timeout is 0: a query may run for ever", remedy)


def examine_connections(slots: int, workers: int) -> Finding:
    """Compare the connections for ordinary roles with those that this machine's workers may open in a burst.

    Where they are too few, requests in a burst are refused as if the database were away.
    """
    wanted = workers * CONNECTIONS_PER_WORKER
    words = f"{slots} for ordinary roles, up to {wanted} wanted by {workers} workers"
    if slots >= wanted:
        return Finding("Connections", words)
    remedy = f"max_connections = {wanted + 10} or more for each machine, or fewer WEB_CONCURRENCY"
    return Finding("Connections", words, remedy)


def refuse_unless_utf8(connection: Connection) -> None:
    """End the command with one line if the database cannot store every text."""
    encoding: str = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    connection.commit()
    if encoding != ENCODING:
        raise click.ClickException(
            f"The database is encoded as {encoding}, not {ENCODING}: {OTHER_ENCODING}."
        )
