"""`flask settings`: what the service can be told through the environment."""

from __future__ import annotations

import click

from app.cli.commands import Commands
from app.config import document

settings = Commands("settings", help="What the service can be told.")


@settings.command("document")
def settings_document() -> None:
    """Print the table of docs/operations.md, made from config.py."""
    click.echo(document(), nl=False)
