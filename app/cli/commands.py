"""The base of all command groups: expected failures as one line, look-ups by slug and e-mail, tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import Row
from sqlalchemy.exc import ProgrammingError

from app.errors import DATABASE_AWAY, Problem
from app.postgres.database_away import reason_of
from app.workspaces.users import find_user
from app.workspaces.workspace import find_workspace

NO_SUCH_TABLE = "42P01"  # PostgreSQL's undefined_table


class CommandGroup(AppGroup):
    """A click group that turns expected exceptions into a one-line message and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an unexpected exception keeps its stack trace."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise click.ClickException(_one_line(problem)) from None
        except DATABASE_AWAY as error:
            reason = reason_of(error)
            raise click.ClickException(f"The database (DATABASE_URL) is not answering: {reason}") from None
        except ProgrammingError as error:
            if getattr(error.orig, "pgcode", None) != NO_SUCH_TABLE:
                raise
            raise click.ClickException("The database has no tables yet: run `flask db upgrade`.") from None


def print_rows(entries: Sequence[Mapping[str, Any]], names: Sequence[str], *, as_json: bool) -> None:
    """Print entries as one JSON array, or as a table with these columns."""
    if as_json:
        click.echo(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    rows = [[_cell(entry[name]) for name in names] for entry in entries]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    for row in (names, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {text}" for name, text in value.items()) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def user_of(email: str) -> Row[UUID, str, str, str, bool]:
    """The user with this e-mail address; raises ClickException without one."""
    found = find_user(email)
    if found is None:
        raise click.ClickException(f"There is no user {email}.")
    return found


def workspace_of(slug: str) -> Row[UUID, str, str, str]:
    """The workspace with this slug; raises ClickException without one."""
    found = find_workspace(slug)
    if found is None:
        raise click.ClickException(f"There is no workspace {slug}.")
    return found


def _one_line(problem: Problem) -> str:
    if problem.errors:
        return "; ".join(f"{field}: {' '.join(messages)}" for field, messages in problem.errors.items())
    return problem.detail or problem.title
