"""when the timezone changed

Figures that begin anew at midnight say nothing of days that begin at another one, so it has to be known which were
kept before. Changes until now are in the audit log.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-29 15:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("timezone_since", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE workspaces AS w SET timezone_since = changed.at FROM (
            SELECT workspace_id, max(at) AS at FROM audit_entries
            WHERE action = 'settings.changed' AND details ? 'timezone' GROUP BY workspace_id
        ) AS changed WHERE changed.workspace_id = w.id
        """
    )


def downgrade() -> None:
    op.drop_column("workspaces", "timezone_since")
