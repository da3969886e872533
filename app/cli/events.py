"""`flask events`: the event log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
from flask import current_app

from app.cli.commands import CommandGroup
from app.errors import JobRefused
from app.event_log import identity
from app.extensions import db
from app.maintenance import redate
from app.maintenance import retention as upkeep
from app.maintenance.retention import PruneResult
from app.postgres import clocks

events = CommandGroup("events", help="The event log.")


@events.command("restored")
def events_restored() -> None:
    """After a restore: begin new epochs, so that clients reload instead of missing events."""
    count = identity.renew_all_epochs(db.engine)
    click.echo(f"{count} workspaces have a new epoch: their clients will reload.")


@events.command("prune")
@click.option("--dry-run", is_flag=True, help="Print what would be deleted, and change nothing.")
@click.option("--many-days", is_flag=True, help="Also if more than three days of events would be deleted.")
def events_prune(dry_run: bool, many_days: bool) -> None:
    """Delete events older than PULSE_EVENT_RETENTION_DAYS, and rows that are no longer needed."""
    try:
        pruned = _prune(dry_run, many_days)
    except JobRefused as refusal:
        raise click.ClickException(f"Nothing was deleted: {refusal}") from None
    if pruned is None:
        raise click.ClickException("Another process is pruning right now.")
    for partition in (*pruned.days, *pruned.ids):
        size = f"{partition.size / 2**20:.1f} MB"
        click.echo(f"{partition.table} of {partition.day}: about {partition.rows}, {size}")
    for table, count in pruned.rows.items():
        click.echo(f"{table}: {count}")


def _prune(dry_run: bool, many_days: bool) -> PruneResult | None:
    retention = timedelta(days=current_app.config["PULSE"].event_retention_days)
    if not dry_run:
        return upkeep.run_upkeep(db.engine, datetime.now(UTC), retention, many_days=many_days)
    with db.engine.connect() as connection:
        now = clocks.database_now(connection)
    return upkeep.preview_prune(db.engine, now, retention)


@events.command("redate")
def events_redate() -> None:
    """After a clock was wrong: set reception times that lie in the future to now."""
    count = redate.redate(db.engine)
    click.echo(f"{count} workspaces had events from the future: their reception time is now.")
