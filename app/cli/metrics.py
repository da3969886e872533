"""`flask metrics`: what is measured."""

from __future__ import annotations

import click

from app.cli.commands import Commands
from app.insights.described import document

metrics = Commands("metrics", help="What is measured.")


@metrics.command("document")
def metrics_document() -> None:
    """Print docs/metrics.md, made from the registry of metrics."""
    click.echo(document(), nl=False)
