"""event ids by day

`event_ids` is partitioned by UTC day of receipt, as `events` is, so that old days are dropped whole. The table of
before becomes the first partition, without a lower bound and without a copy: a CHECK that is validated beforehand,
while posts go on, spares ATTACH the scan under its lock. What follows is one short transaction.

Workers of the version before go on posting: their statements name the table and its columns, which stay. They make
no partitions of it, so there are partitions for two weeks to come.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-29 16:10:00.000000
"""

from datetime import UTC, datetime, timedelta

import click
import sqlalchemy as sa
from alembic import op

from app.postgres.link import lift_timeouts
from app.postgres.statements import autocommit

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DAY = timedelta(days=1)
# The end of the first partition. It is a CHECK from the beginning, so after an interruption there are two days to
# run the migration again (each try moves the end) before posts would be refused.
DAYS_IN_THE_FIRST = 3
DAYS_AHEAD = 14
LOCK_TIMEOUT = "2s"  # as in env.py
BOUND = "ck_event_ids_of_the_first_partition"
FROM_NOW_ON = f"ALTER TABLE event_ids ADD CONSTRAINT {BOUND} CHECK (received_at < '{{end}}') NOT VALID"
FROM_THE_FUTURE = "SELECT EXISTS (SELECT FROM event_ids WHERE received_at >= '{end}')"
OWNER = "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'event_ids'::regclass"
COLUMNS = """
    workspace_id uuid NOT NULL, event_id varchar NOT NULL, seq bigint NOT NULL, fingerprint bytea NOT NULL,
    occurred_at timestamptz NOT NULL, received_at timestamptz NOT NULL
"""
# The upkeep of earlier versions finds stale rows by `ctid` alone, which in a partitioned table meets rows at the
# same place in every partition: ids of today would vanish, and retries would be stored twice. The next release may
# drop this trigger. Ids from the future may go, for `flask events redate` moves them to another partition; so may
# those of a workspace that is being deleted, whose head goes first.
FUNCTION = """
    CREATE FUNCTION keep_recent_event_ids() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.received_at BETWEEN now() - interval '72 hours' AND now() + interval '5 minutes'
            AND coalesce(current_setting('pulse.delete_event_ids', true), '') <> 'on'
            AND EXISTS (SELECT FROM event_heads WHERE workspace_id = OLD.workspace_id)
        THEN
            RETURN NULL;
        END IF;
        RETURN OLD;
    END
    $$
"""
TRIGGER = """
    CREATE TRIGGER keep_recent BEFORE DELETE ON event_ids
    FOR EACH ROW EXECUTE FUNCTION keep_recent_event_ids()
"""


def upgrade() -> None:
    op.execute(
        "SET LOCAL idle_in_transaction_session_timeout = 0"
    )  # while the other connection reads the table
    today = op.get_bind().execute(sa.text("SELECT clock_timestamp()")).scalar_one().astimezone(UTC)
    today = today.replace(hour=0, minute=0, second=0, microsecond=0)
    end = today + DAYS_IN_THE_FIRST * DAY
    # On a connection of its own, on which each statement commits by itself: within the transaction of what
    # follows, the lock that the first takes would keep all posts waiting while the last reads the table.
    with autocommit(op.get_bind().engine) as beside:
        lift_timeouts(beside)
        beside.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        _bound(beside, end)
    _replace(today, end)


def _bound(beside: sa.Connection, end: datetime) -> None:
    beside.exec_driver_sql(f"ALTER TABLE event_ids DROP CONSTRAINT IF EXISTS {BOUND}")
    beside.exec_driver_sql(FROM_NOW_ON.format(end=end))
    if beside.exec_driver_sql(FROM_THE_FUTURE.format(end=end)).scalar_one():
        beside.exec_driver_sql(f"ALTER TABLE event_ids DROP CONSTRAINT {BOUND}")
        raise click.ClickException(
            "A wrong clock has filed events under days to come: run `flask events redate` first."
        )
    beside.exec_driver_sql(f"ALTER TABLE event_ids VALIDATE CONSTRAINT {BOUND}")


def _replace(today: datetime, end: datetime) -> None:
    # Both at first, in the order in which the deletion of a workspace locks them: the foreign key is on both.
    op.execute("LOCK TABLE workspaces, event_ids IN ACCESS EXCLUSIVE MODE")
    is_empty = op.get_bind().execute(sa.text("SELECT NOT EXISTS (SELECT FROM event_ids)")).scalar_one()
    owner = op.get_bind().execute(sa.text(OWNER)).scalar_one()
    first = f"event_ids_{end - DAY:%Y%m%d}"
    op.execute("ALTER TABLE event_ids DROP CONSTRAINT fk_event_ids_workspace_id")  # `events` has none either
    op.execute(f"ALTER TABLE event_ids RENAME TO {first}")
    op.execute(f"CREATE TABLE event_ids ({COLUMNS}) PARTITION BY RANGE (received_at)")
    # Not only after all migrations, as the rest (app/audit/protection.py): until then posts would be refused.
    op.execute(f"ALTER TABLE event_ids OWNER TO {owner}")
    op.execute(FUNCTION)
    op.execute(TRIGGER)
    if is_empty:
        op.drop_table(first)
    else:
        op.execute(f"ALTER TABLE event_ids ATTACH PARTITION {first} FOR VALUES FROM (MINVALUE) TO ('{end}')")
        op.execute(f"ALTER TABLE {first} DROP CONSTRAINT {BOUND}")
    day = today if is_empty else end
    while day < today + DAYS_AHEAD * DAY:
        name = f"event_ids_{day:%Y%m%d}"
        op.execute(
            f"CREATE TABLE {name} PARTITION OF event_ids (PRIMARY KEY (workspace_id, event_id)) "
            f"FOR VALUES FROM ('{day}') TO ('{day + DAY}')"
        )
        day += DAY


def downgrade() -> None:
    op.execute("LOCK TABLE workspaces, event_ids IN ACCESS EXCLUSIVE MODE")
    op.execute("ALTER TABLE event_ids RENAME TO event_ids_by_day")
    op.execute(f"CREATE TABLE event_ids ({COLUMNS})")
    op.execute(
        """
        INSERT INTO event_ids SELECT DISTINCT ON (workspace_id, event_id) days.*
        FROM event_ids_by_day AS days JOIN workspaces ON workspaces.id = workspace_id
        ORDER BY workspace_id, event_id, seq
        """
    )
    op.drop_table("event_ids_by_day")
    op.execute("DROP FUNCTION keep_recent_event_ids()")
    op.create_primary_key("pk_event_ids", "event_ids", ["workspace_id", "event_id"])
    op.create_foreign_key(
        "fk_event_ids_workspace_id", "event_ids", "workspaces", ["workspace_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("ix_event_ids_received_at", "event_ids", ["received_at"])
