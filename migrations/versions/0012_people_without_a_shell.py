"""people without a shell: invitations, password resets, outbound mail, confirmed sessions

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-29 14:40:00.000000
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAYS = "via IN ('session', 'token', 'link', 'command-line')"
WAYS_BEFORE = "via IN ('session', 'token', 'command-line')"


def upgrade() -> None:
    # The default comes after the column: sessions of before have confirmed nothing, those of old workers have.
    op.add_column("sessions", sa.Column("confirmed_at", MOMENT, nullable=True))
    op.alter_column("sessions", "confirmed_at", server_default=sa.text("now()"))
    _create_invitations()
    _create_password_resets()
    _create_outbound_mails()
    op.drop_constraint(op.f("ck_audit_entries_known_way"), "audit_entries")
    op.create_check_constraint(op.f("ck_audit_entries_known_way"), "audit_entries", WAYS)


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("mail_token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitations_email_is_lower_case")),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'member', 'viewer')", name=op.f("ck_invitations_known_role")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.id"], name=op.f("fk_invitations_invited_by_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_invitations_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("workspace_id", "email", name=op.f("uq_invitations_workspace_id")),
    )
    for column in ("token_hash", "mail_token_hash", "invited_by"):
        op.create_index(f"ix_invitations_{column}", "invitations", [column])


def _create_password_resets() -> None:
    op.create_table(
        "password_resets",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_password_resets")),
    )
    op.create_index(op.f("ix_password_resets_user_id"), "password_resets", ["user_id"])


def _create_outbound_mails() -> None:
    op.create_table(
        "outbound_mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=True),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("state", sa.String(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'retrying', 'sent', 'dead')", name=op.f("ck_outbound_mails_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_outbound_mails_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_mails")),
    )
    is_open = sa.text("state IN ('waiting', 'retrying')")
    op.create_index("ix_outbound_mails_due", "outbound_mails", ["due_at"], postgresql_where=is_open)
    has_ended = sa.text("ended_at IS NOT NULL")
    op.create_index("ix_outbound_mails_ended", "outbound_mails", ["ended_at"], postgresql_where=has_ended)


def downgrade() -> None:
    # Not valid: rows that came by a link stay, for the audit log is append-only.
    op.drop_constraint(op.f("ck_audit_entries_known_way"), "audit_entries")
    add = "ALTER TABLE audit_entries ADD CONSTRAINT ck_audit_entries_known_way"
    op.execute(f"{add} CHECK ({WAYS_BEFORE}) NOT VALID")
    op.drop_table("outbound_mails")
    op.drop_table("password_resets")
    op.drop_table("invitations")
    op.drop_column("sessions", "confirmed_at")
