"""`flask settings`: the settings that are read from the environment."""

from __future__ import annotations

import re
from pathlib import Path

import click

from app.cli.commands import CommandGroup
from app.settings.names import document

settings = CommandGroup("settings", help="The settings of the service.")

# The whole table in a document.
TABLE = re.compile(r"\| setting \| default \| what it is \|\n(\|.*\n)+")


@settings.command("document")
@click.option("--into", "files", type=click.Path(path_type=Path, exists=True, dir_okay=False), multiple=True)
def settings_document(files: tuple[Path, ...]) -> None:
    """Print the table of all settings, generated from config.py; or replace it in files."""
    for file in files:
        file.write_text(TABLE.sub(lambda _: document(), file.read_text()))
    if not files:
        click.echo(document(), nl=False)
