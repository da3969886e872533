"""Hour roll-up: sums up the minutes of final hours in `hour_counts`, from which long ranges are read.

An hour is final when no event can be added to it any more: HOUR_FINAL_AFTER its end, by the time at which the
log's last event was received, which never goes back. Later hours are read from minutes, and commits have nothing
to do for them. `event_heads.hours_until` says how far a log's hours are summed up. It is moved under the lock of
the head, as commits are, so that none comes between the sum and the mark.

- A deletion may retract a message of a final hour: the trigger of migration 0015 adjusts its sum.
- A commit that was delayed for an hour adds to a final hour all the same: it moves the mark back
  (`app/ingest/projections.py`), and the hours from there on are summed up again. So does `flask events redate`.

One worker does it, by a lease in Redis or else by an advisory lock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import gevent
from sqlalchemy import Connection, Engine

from app.domain.event import HOUR_FINAL_AFTER
from app.domain.resolution import HOUR, floor
from app.postgres.advisory_locks import AdvisoryLock, try_lock
from app.postgres.link import lift_timeouts
from app.postgres.statements import Script, Statement, autocommit

INTERVAL = 300.0  # seconds
LEASE_NAME = "hour-counts"
STEP = timedelta(days=1)  # summed up in one transaction: some 20 ms of a busy log, in which its commits wait
PAUSE = 0.05  # seconds between two of them, when the past is filled in

# The end of the last final hour of a log, by its head `h`.
FINAL_AFTER = f"interval '{HOUR_FINAL_AFTER.total_seconds():.0f} seconds'"
FINAL = f"date_trunc('hour', h.last_received_at - {FINAL_AFTER}, 'UTC')"
# The logs with minutes to sum up, and the first of these.
DUE = f"""
    SELECT h.workspace_id, due.minute FROM event_heads AS h CROSS JOIN LATERAL (
        SELECT m.minute FROM minute_counts AS m WHERE m.workspace_id = h.workspace_id
        AND m.minute >= coalesce(h.hours_until, '-infinity') AND m.minute < {FINAL}
        ORDER BY m.minute LIMIT 1
    ) AS due ORDER BY h.workspace_id
"""  # noqa: S608
LOCK = Statement("lock_head_of_hours", "SELECT FROM event_heads WHERE workspace_id = $1::uuid FOR UPDATE")
# A statement of its own: one that waits for the lock does not see what was committed meanwhile.
ROLL_UP = Statement(
    "roll_up_hours",
    f"""
    INSERT INTO hour_counts (workspace_id, hour, events, messages, by_type)
    SELECT workspace_id, hour, sum(events), coalesce(sum(events - retracted) FILTER (
        WHERE event_type = 'message.sent'), 0), jsonb_object_agg(event_type, events)
    FROM (
        SELECT m.workspace_id, date_trunc('hour', m.minute, 'UTC') AS hour, m.event_type,
            sum(m.count) AS events, sum(m.retracted) AS retracted
        FROM minute_counts AS m JOIN event_heads AS h USING (workspace_id)
        WHERE m.workspace_id = $1::uuid AND m.minute < least($2::timestamptz, {FINAL})
        AND m.minute >= coalesce(h.hours_until, '-infinity')
        GROUP BY 1, 2, 3
    ) AS by_type GROUP BY workspace_id, hour
    ON CONFLICT (workspace_id, hour) DO UPDATE
    SET events = excluded.events, messages = excluded.messages, by_type = excluded.by_type
    """,  # noqa: S608
)
MOVE_MARK = Statement(
    "move_mark_of_hours",
    f"""
    UPDATE event_heads AS h SET hours_until = least($2::timestamptz, {FINAL}) WHERE workspace_id = $1::uuid
    """,  # noqa: S608
)
SUMMED_UP = "SELECT hours_until FROM event_heads WHERE workspace_id = %s"


def summed_until(connection: Connection, workspace: UUID) -> datetime | None:
    """The hour up to which `hour_counts` has a log's hours; None where nothing has been summed up."""
    mark: datetime | None = connection.exec_driver_sql(SUMMED_UP, (workspace,)).scalar()
    return mark


def run(engine: Engine) -> None:
    """Sum up all final hours; returns at once while another process does it."""
    with autocommit(engine) as connection:
        lift_timeouts(connection)
        with try_lock(connection, AdvisoryLock.HOUR_COUNTS) as is_locked:
            if is_locked:
                roll_up(connection)


def roll_up(connection: Connection) -> None:
    """Sum up all final hours; takes a connection in autocommit."""
    while due := connection.exec_driver_sql(DUE).all():
        for workspace, minute in due:
            _roll_up_log(connection, workspace, floor(minute, HOUR) + STEP)
        gevent.sleep(PAUSE)


def _roll_up_log(connection: Connection, workspace: UUID, until: datetime) -> None:
    script = Script()
    script.begin()
    script.add(LOCK, workspace)
    script.add(ROLL_UP, workspace, until)
    script.add(MOVE_MARK, workspace, until)
    script.commit()
    script.run(connection)
