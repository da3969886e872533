"""retention

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-23 19:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_heads", sa.Column("last_received_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "message_deletions",
        sa.Column("deleted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_index(
        "ix_minute_counts_retracted",
        "minute_counts",
        ["workspace_id", "minute"],
        unique=False,
        postgresql_where=sa.text("retracted > 0"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_minute_counts_retracted", table_name="minute_counts", postgresql_where=sa.text("retracted > 0")
    )
    op.drop_column("message_deletions", "deleted_at")
    op.drop_column("event_heads", "last_received_at")
