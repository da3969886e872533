"""`flask demo`: the demo workspaces and their users."""

from __future__ import annotations

import click

from app.cli.commands import CommandGroup
from app.workspaces.demo import ensure_demo

demo = CommandGroup("demo", help="The demo workspaces and their users.")


@demo.command("create")
@click.option("--password", envvar="PULSE_DEMO_PASSWORD", required=True, show_envvar=True)
def demo_create(password: str) -> None:
    """Create the demo workspaces and their users, or bring them up to date."""
    ensure_demo(password)
    click.echo("The demo workspaces acme and elsewhere are there.")
