"""`flask audit`: database privileges on the audit log."""

from __future__ import annotations

import click

from app.audit.protection import protect
from app.cli.commands import CommandGroup
from app.extensions import db

audit = CommandGroup("audit", help="Database privileges on the audit log.")


@audit.command("protect")
@click.argument("service")
def audit_protect(service: str) -> None:
    """Let the role SERVICE only add to the audit log and read it; DATABASE_URL is that of the log's owner."""
    with db.engine.begin() as connection:
        protect(connection, service)
    click.echo(f"{service} may add to the audit log and read it; only this role may change or remove it.")
