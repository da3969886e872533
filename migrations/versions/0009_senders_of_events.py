"""senders of events

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-24 14:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("addresses", sa.String(), server_default=sa.text("'off'"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_workspaces_known_wish"), "workspaces", "addresses IN ('off', 'truncated', 'full')"
    )
    op.add_column("events", sa.Column("address", sa.String(), nullable=True))
    op.add_column("events", sa.Column("user_agent", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("events", "user_agent")
    op.drop_column("events", "address")
    op.drop_constraint(op.f("ck_workspaces_known_wish"), "workspaces")
    op.drop_column("workspaces", "addresses")
