"""`flask metrics`: the built-in metrics."""

from __future__ import annotations

import click

from app.cli.commands import Commands
from app.insights.metrics.metric_docs import document

metrics = Commands("metrics", help="The built-in metrics.")


@metrics.command("document")
def metrics_document() -> None:
    """Print docs/metrics.md, generated from the metric registry."""
    click.echo(document(), nl=False)
