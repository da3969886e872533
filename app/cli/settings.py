"""`flask settings`: what the service can be told through the environment."""

from __future__ import annotations

import re
from pathlib import Path

import click

from app.cli.commands import Commands
from app.setting_names import document

settings = Commands("settings", help="What the service can be told.")


# The whole table as it stands in a document.
TABLE = re.compile(r"\| setting \| default \| what it is \|\n(\|.*\n)+")


@settings.command("document")
@click.option("--into", "files", type=click.Path(path_type=Path, exists=True, dir_okay=False), multiple=True)
def settings_document(files: tuple[Path, ...]) -> None:
    """Print the table of all settings, made from config.py; or put it into files in place of the one there."""
    for file in files:
        file.write_text(TABLE.sub(lambda _: document(), file.read_text()))
    if not files:
        click.echo(document(), nl=False)
