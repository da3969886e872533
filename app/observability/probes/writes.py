"""Write probe: can PostgreSQL store anything, or does it only answer? A full disk answers every question.

It is asked after a commit that failed: else a service that was taken out of rotation would get no post any more
that could show that it is well again.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

# What does not compress makes the table's file grow, which is what a full disk refuses. It is rolled back.
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
    """Write a row of about 100 KB and take it back; raises what PostgreSQL says against it."""
    try:
        connection.execute(text(WRITE))
    finally:
        connection.rollback()


def remedy_of(error: BaseException) -> str:
    """What to do about a write that was refused."""
    return REMEDIES.get(getattr(getattr(error, "orig", error), "pgcode", None) or "", REMEDY)
