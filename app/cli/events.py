"""`flask events`: the event log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
from flask import current_app

from app import log_identity
from app.cli.commands import Commands
from app.extensions import db
from app.maintenance import upkeep

events = Commands("events", help="The event log.")


@events.command("restored")
def events_restored() -> None:
    """After a restore: begin new epochs, so that clients reload instead of missing what was lost."""
    count = log_identity.begin_anew(db.engine)
    click.echo(f"{count} workspaces have a new epoch: their clients will be told to reload.")


@events.command("prune")
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
def events_prune(dry_run: bool) -> None:
    """Drop events older than PULSE_EVENT_RETENTION_DAYS, and rows that nothing needs any more."""
    retention = timedelta(days=current_app.config["PULSE"].event_retention_days)
    work = upkeep.would_prune if dry_run else upkeep.keep_up
    pruned = work(db.engine, datetime.now(UTC), retention)
    if pruned is None:
        raise click.ClickException("Somebody else is pruning right now.")
    for partition in pruned.days:
        click.echo(f"events of {partition.day}: about {partition.events}, {partition.size / 2**20:.1f} MB")
    for table, count in pruned.rows.items():
        click.echo(f"{table}: {count}")
