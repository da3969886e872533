"""identity of the event log

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-29 14:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Logs that exist belong to the database at hand. A role that may not read its identity leaves them without one:
# the first event that is appended settles it.
ADOPT = """
DO $$ BEGIN
    PERFORM FROM event_heads ORDER BY workspace_id FOR UPDATE;
    UPDATE event_heads SET identity = concat_ws(
        '/', (SELECT system_identifier FROM pg_control_system()),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        left(pg_walfile_name(pg_current_wal_lsn()), 8), event_heads.tableoid
    );
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_function THEN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column(
        "event_heads", sa.Column("epoch_from", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("event_heads", sa.Column("identity", sa.String(), nullable=True))
    op.execute(ADOPT)


def downgrade() -> None:
    op.drop_column("event_heads", "identity")
    op.drop_column("event_heads", "epoch_from")
