"""Database encoding: refuses a database that is not UTF-8, where every event beyond ASCII would be a 500."""

from __future__ import annotations

import click
from sqlalchemy import Connection, text

WANTED = "UTF8"
REMEDY = "make another one: `createdb --encoding UTF8 --locale C.UTF-8 --template template0 NAME`"


def read_encoding(connection: Connection) -> str:
    """The database's own encoding; it is fixed when the database is made."""
    return connection.execute(text("SHOW server_encoding")).scalar_one()


def refuse_unless_utf8(connection: Connection) -> None:
    """End the command with one line if the database cannot hold every text."""
    encoding = read_encoding(connection)
    connection.commit()
    if encoding != WANTED:
        raise click.ClickException(f"The database is encoded as {encoding}, not {WANTED}: {REMEDY}.")
