"""Write probe: can PostgreSQL store anything, or only answer queries, as with a full disk?

It runs after a commit that failed: a service that was taken out of rotation for it gets no more posts that could
show that it has recovered.
"""

from __future__ import annotations

from sqlalchemy import Connection

# Incompressible, so that the table's file has to grow, which a full disk refuses.
WRITE = """
    INSERT INTO service_state (name, value)
    SELECT 'probe-' || gen_random_uuid(), jsonb_build_object('filler', string_agg(gen_random_uuid()::text, ''))
    FROM generate_series(1, 4000)
"""
REMEDIES = {
    "53100": "make room on its disk; a lower PULSE_EVENT_RETENTION_DAYS and `flask events prune` help",
    "25006": "it is read-only: name the primary in DATABASE_URL",
    "42501": "the role lacks a right: connect as the owner of the tables",
}
REMEDY = "see PostgreSQL's log"


def try_write(connection: Connection) -> None:
    """Insert a row of about 100 KB and roll it back; raises PostgreSQL's error."""
    try:
        connection.exec_driver_sql(WRITE)
    finally:
        connection.rollback()


def remedy_of(error: BaseException) -> str:
    """The remedy for a refused write."""
    return REMEDIES.get(getattr(getattr(error, "orig", error), "pgcode", None) or "", REMEDY)
