"""Database probe: may this connection do what posts need, or does it only answer?

A connection that answers `SELECT 1` may still be to a standby, be read-only, have the wrong encoding, lack its
time limits, or belong to a role that may not make tomorrow's partition. All of that is asked in one statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from app.observability.probes.encoding import REMEDY as OTHER_ENCODING
from app.observability.probes.encoding import WANTED
from app.observability.probes.finding import Finding

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
LIMITS = "statement_timeout = '10s', lock_timeout = '8s', idle_in_transaction_session_timeout = '30s'"


class DatabaseState(NamedTuple):
    """What the server says of itself and of this connection; the last two are None without tables."""

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
    """Ask the server; one round trip."""
    return DatabaseState(*connection.execute(text(STATE)).one())


def faults(state: DatabaseState) -> Iterator[Finding]:
    """What will not work, or not as documented, with a remedy each."""
    if state.is_standby:
        remedy = "name all hosts in DATABASE_URL, with ?target_session_attrs=read-write, or promote it"
        yield Finding("Writes", "the server is a standby, which takes no writes", remedy, True)
    elif state.is_read_only:
        remedy = "see why default_transaction_read_only is on: managed servers set it when a disk is full"
        yield Finding("Writes", "transactions are read-only", remedy, True)
    if state.encoding != WANTED:
        yield Finding("Encoding", f"{state.encoding}, not {WANTED}", OTHER_ENCODING, True)
    if state.may_partition is False:
        remedy = f"connect as {state.owner}, or `GRANT {state.owner} TO {state.role}`"
        words = f"{state.role} may not make partitions of events, which belongs to {state.owner}"
        yield Finding("Role", words, remedy, True)
    if not state.is_limited:
        remedy = (
            "a pooler drops what is in `options`, or they say so themselves: "
            f"ALTER ROLE {state.role} SET each of {LIMITS}, timezone = 'UTC'"
        )
        yield Finding("Time limits", "statement_timeout is 0: a query may run for ever", remedy)
