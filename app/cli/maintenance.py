"""`flask maintenance`: the maintenance mode, for example during a restore of the database."""

from __future__ import annotations

import click

from app.cli.commands import CommandGroup
from app.domain.instants import iso
from app.extensions import db
from app.maintenance import mode

maintenance = CommandGroup("maintenance", help="Switch the maintenance mode of every worker on and off.")


@maintenance.command("on")
@click.option("--reason", default="", help="Shown on the maintenance page.")
def maintenance_on(reason: str) -> None:
    """Switch it on: within 2 seconds every request gets 503, and streams end."""
    _switch(on=True, reason=reason)
    click.echo("Maintenance is on.")


@maintenance.command("off")
def maintenance_off() -> None:
    """Switch it off."""
    _switch(on=False)
    click.echo("Maintenance is off.")


@maintenance.command("status")
def maintenance_status() -> None:
    """Print whether it is on."""
    with db.engine.connect() as connection:
        switch = mode.read_switch(connection)
    if not switch.is_complete:
        click.echo(f"on: {mode.NO_TABLES}")
    else:
        since = f" since {iso(switch.changed_at)}" if switch.changed_at else ""
        click.echo(f"{'on' if switch.on else 'off'}{since}{f': {switch.reason}' if switch.reason else ''}")


def _switch(*, on: bool, reason: str = "") -> None:
    with db.engine.begin() as connection:
        mode.set_switch(connection, on=on, reason=reason)
