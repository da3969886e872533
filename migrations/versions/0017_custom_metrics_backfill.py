"""custom metrics' backfill

How far a custom metric has been counted backwards over the kept events. All columns are nullable or have a
constant default: workers of the version before leave them out, and metrics from before are not counted backwards.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-29 20:50:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "custom_metrics"
INDEX = "ix_custom_metrics_backfill"
COLUMNS = ("defined_at", "redefined", "backfill_state", "backfill_from", "backfill_to", "backfill_error")


def upgrade() -> None:
    for name in ("defined_at", "backfill_from", "backfill_to"):
        op.add_column(TABLE, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in ("backfill_state", "backfill_error"):
        op.add_column(TABLE, sa.Column(name, sa.String(), nullable=True))
    op.add_column(
        TABLE, sa.Column("redefined", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index(INDEX, TABLE, ["backfill_to"], postgresql_where=sa.text("backfill_state = 'running'"))


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    for name in COLUMNS:
        op.drop_column(TABLE, name)
