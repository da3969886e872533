"""`flask metrics`: the built-in metrics."""

from __future__ import annotations

import click

from app.cli.commands import CommandGroup
from app.insights.metrics.metric_docs import document

metrics = CommandGroup("metrics", help="The built-in metrics.")


@metrics.command("document")
def metrics_document() -> None:
    """Print docs/metrics.md, generated from the metric registry."""
    click.echo(document(), nl=False)
