"""hour counts

Sums by hour of what `minute_counts` has, so that a year is read in milliseconds. Hours that are final are summed
up by a job of the workers (app/insights/activity/hour_rollup.py), which fills in the past too; until then they are
read from the minutes. So commits do nothing for it, and those of the version before cannot miss anything.

Only a deletion changes a final hour: a trigger takes the message back there too, whichever version has committed
the deletion. It does not fire for statements that add to `count` alone, as every commit does.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-29 21:10:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FUNCTION = """
    CREATE FUNCTION retract_from_hour_counts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE hour_counts SET messages = messages - (NEW.retracted - OLD.retracted)
        WHERE workspace_id = NEW.workspace_id AND hour = date_trunc('hour', NEW.minute, 'UTC');
        RETURN NULL;
    END
    $$
"""
TRIGGER = """
    CREATE TRIGGER retract_from_hours AFTER UPDATE OF retracted ON minute_counts
    FOR EACH ROW WHEN (NEW.retracted <> OLD.retracted) EXECUTE FUNCTION retract_from_hour_counts()
"""


def upgrade() -> None:
    # First, as commits lock the two tables in this order, too.
    op.add_column("event_heads", sa.Column("hours_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "hour_counts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("by_type", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "hour", name=op.f("pk_hour_counts")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_hour_counts_workspace_id"), ondelete="CASCADE"
        ),
    )
    op.execute(FUNCTION)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.drop_column("event_heads", "hours_until")
    op.execute("DROP TRIGGER retract_from_hours ON minute_counts")
    op.execute("DROP FUNCTION retract_from_hour_counts()")
    op.drop_table("hour_counts")
