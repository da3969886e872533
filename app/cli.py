"""The command line: `flask user`, `flask workspace`, `flask token`, `flask events` and `flask demo`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import Row
from sqlalchemy.exc import ProgrammingError

from app.auth import tokens
from app.domain.instants import iso
from app.domain.scopes import SCOPES
from app.errors import DATABASE_AWAY, NotFound, Problem
from app.extensions import db
from app.maintenance import upkeep
from app.models import ROLES
from app.workspaces.demo import ensure_demo
from app.workspaces.members import add_member, remove_member, set_role
from app.workspaces.token_schema import LONGEST_LIFE, new_token
from app.workspaces.users import create_user, find_user, set_active
from app.workspaces.workspace import create_workspace, find_workspace, set_strict

NO_SUCH_TABLE = "42P01"  # PostgreSQL's undefined_table


class Commands(AppGroup):
    """A group of commands that ends every expected failure with one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what is not expected keeps its stack trace."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise click.ClickException(_one_line(problem)) from None
        except DATABASE_AWAY as error:
            reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
            raise click.ClickException(f"The database (DATABASE_URL) is not answering: {reason}") from None
        except ProgrammingError as error:
            if getattr(error.orig, "pgcode", None) != NO_SUCH_TABLE:
                raise
            raise click.ClickException("The database has no tables yet: run `flask db upgrade`.") from None


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for group in (user, workspace, token, events, demo):
        app.cli.add_command(group)


user = Commands("user", help="People who may sign in.")
workspace = Commands("workspace", help="Workspaces and their members.")
token = Commands("token", help="API tokens, for servers and scripts.")
events = Commands("events", help="The event log.")
demo = Commands("demo", help="The demo workspaces and their people.")


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What the others see.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--password", envvar="PULSE_PASSWORD", hidden=True)
def user_create(email: str, name: str, password_stdin: bool, password: str | None) -> None:
    """Create a user. The password is asked for, unless it is in PULSE_PASSWORD or on stdin."""
    if password_stdin:
        password = sys.stdin.buffer.readline().decode("utf-8", "surrogateescape").rstrip("\r\n")
    elif password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    create_user(email, name, password)
    click.echo(f"Created the user {email.strip().lower()}.")


@user.command("deactivate")
@click.argument("email")
def user_deactivate(email: str) -> None:
    """Keep a user out; their sessions and tokens are worth nothing, and their streams end."""
    found = _user(email)
    set_active(found.id, False)
    click.echo(f"{found.email} is kept out now.")


@user.command("activate")
@click.argument("email")
def user_activate(email: str) -> None:
    """Let a user in again."""
    found = _user(email)
    set_active(found.id, True)
    click.echo(f"{found.email} may sign in again.")


@workspace.command("create")
@click.argument("slug")
@click.option("--name", help="What people see; the slug, if not given.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA name; decides when a day begins.")
@click.option("--owner", required=True, metavar="EMAIL", help="An existing user.")
def workspace_create(slug: str, name: str | None, timezone: str, owner: str) -> None:
    """Create a workspace."""
    create_workspace(slug, slug if name is None else name, timezone, _user(owner).id)
    click.echo(f"Created the workspace {slug}: /w/{slug}")


@workspace.command("strict")
@click.argument("slug")
@click.argument("setting", type=click.Choice(["on", "off"]))
def workspace_strict(slug: str, setting: str) -> None:
    """Refuse event types that Pulse does not know (on), or take them as custom events (off)."""
    set_strict(_workspace(slug).id, setting == "on")
    takes = "known event types only" if setting == "on" else "custom event types too"
    click.echo(f"{slug} takes {takes}.")


@workspace.command("add-member")
@click.argument("slug")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
def workspace_add_member(slug: str, email: str, role: str) -> None:
    """Give an existing user a role in a workspace."""
    found, member = _workspace(slug), _user(email)
    add_member(found.id, member.id, role)
    click.echo(f"Added {member.email} to {slug} as {role}.")


@workspace.command("set-role")
@click.argument("slug")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
def workspace_set_role(slug: str, email: str, role: str) -> None:
    """Give a member another role."""
    found, member = _workspace(slug), _user(email)
    set_role(found.id, member.id, role)
    click.echo(f"{member.email} is {role} of {slug} now.")


@workspace.command("remove-member")
@click.argument("slug")
@click.argument("email")
def workspace_remove_member(slug: str, email: str) -> None:
    """Take a member out of a workspace; their tokens go too, and their streams end."""
    found, member = _workspace(slug), _user(email)
    remove_member(found.id, member.id)
    click.echo(f"Removed {member.email} from {slug}.")


@token.command("create")
@click.argument("slug")
@click.argument("email")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@click.option("--expires-in", "days", type=click.IntRange(1, LONGEST_LIFE.days), metavar="DAYS")
def token_create(slug: str, email: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a token of a member. Prints it, this once, and nothing else to stdout."""
    found, member = _workspace(slug), _user(email)
    now = datetime.now(UTC)
    expires_at = now + timedelta(days=days) if days else None
    wanted = new_token(
        {"name": name, "scopes": list(scopes), "expiresAt": expires_at and iso(expires_at)}, now
    )
    try:
        secret, entry = tokens.issue(found.id, member.id, **wanted)
    except NotFound:
        raise click.ClickException(f"{member.email} is no member of {slug}.") from None
    click.echo(f"Created the token {entry['id']}. It is not shown again:", err=True)
    click.echo(secret)


@token.command("list")
@click.argument("slug")
def token_list(slug: str) -> None:
    """List a workspace's tokens, the newest first."""
    for entry in tokens.tokens_of(_workspace(slug).id):
        click.echo("  ".join(_columns(entry)))


@token.command("revoke")
@click.argument("slug")
@click.argument("token_id", metavar="ID", type=click.UUID)
def token_revoke(slug: str, token_id: UUID) -> None:
    """End a token at once."""
    try:
        tokens.revoke(_workspace(slug).id, token_id)
    except NotFound:
        raise click.ClickException(f"There is no token {token_id} in {slug}.") from None
    click.echo(f"Revoked the token {token_id}.")


@events.command("prune")
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
def events_prune(dry_run: bool) -> None:
    """Drop events older than PULSE_EVENT_RETENTION_DAYS, and rows that nothing needs any more."""
    retention = timedelta(days=current_app.config["PULSE"].event_retention_days)
    work = upkeep.would_prune if dry_run else upkeep.keep_up
    pruned = work(db.engine, datetime.now(UTC), retention)
    if pruned is None:
        raise click.ClickException("Somebody else is pruning right now.")
    for partition in pruned.days:
        click.echo(f"events of {partition.day}: about {partition.events}, {partition.size / 2**20:.1f} MB")
    for table, count in pruned.rows.items():
        click.echo(f"{table}: {count}")


@demo.command("create")
@click.option("--password", envvar="PULSE_DEMO_PASSWORD", required=True, show_envvar=True)
def demo_create(password: str) -> None:
    """Create the demo workspaces and their people, or bring them up to date."""
    ensure_demo(password)
    click.echo("The demo workspaces acme and elsewhere are there.")


def _user(email: str) -> Row:
    found = find_user(email)
    if found is None:
        raise click.ClickException(f"There is no user {email}.")
    return found


def _workspace(slug: str) -> Row:
    found = find_workspace(slug)
    if found is None:
        raise click.ClickException(f"There is no workspace {slug}.")
    return found


def _columns(entry: dict[str, Any]) -> tuple[str, ...]:
    return (
        entry["id"],
        f"{entry['prefix']}…",
        entry["user"]["email"],
        ",".join(entry["scopes"]),
        f"used {entry['lastUsedAt'] or 'never'}",
        f"expires {entry['expiresAt'] or 'never'}",
        entry["name"],
    )


def _one_line(problem: Problem) -> str:
    if problem.errors:
        return "; ".join(f"{field}: {' '.join(messages)}" for field, messages in problem.errors.items())
    return problem.detail or problem.title
