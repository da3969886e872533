"""`flask token`: API tokens, for servers and scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import click

from app.auth import tokens
from app.cli.commands import CommandGroup, user_of, workspace_of
from app.domain.instants import iso
from app.domain.scopes import SCOPES
from app.errors import NotFound
from app.postgres.statements import AnyRow
from app.workspaces.token_creation import MAX_LIFETIME, new_token

token = CommandGroup("token", help="API tokens, for servers and scripts.")


@token.command("create")
@click.argument("slug")
@click.argument("email")
@click.option("--name", required=True, help="Its purpose.")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@click.option("--expires-in", "days", type=click.IntRange(1, MAX_LIFETIME.days), metavar="DAYS")
def token_create(slug: str, email: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Create a token of a member. Prints it to stdout, this once, and nothing else."""
    found, member = workspace_of(slug), user_of(email)
    now = datetime.now(UTC)
    expires_at = now + timedelta(days=days) if days else None
    wanted = new_token(
        {"name": name, "scopes": list(scopes), "expiresAt": expires_at and iso(expires_at)}, now
    )
    try:
        secret, entry = tokens.issue(found.id, member.id, **wanted)
    except NotFound:
        raise click.ClickException(f"{member.email} is no member of {slug}.") from None
    click.echo(f"Created the token {entry.id}. It is not shown again:", err=True)
    click.echo(secret)


@token.command("list")
@click.argument("slug")
def token_list(slug: str) -> None:
    """List a workspace's tokens, the newest first."""
    for entry in tokens.tokens_of(workspace_of(slug).id):
        click.echo("  ".join(_columns(entry)))


@token.command("revoke")
@click.argument("slug")
@click.argument("token_id", metavar="ID", type=click.UUID)
def token_revoke(slug: str, token_id: UUID) -> None:
    """Revoke a token at once."""
    try:
        tokens.revoke(workspace_of(slug).id, token_id)
    except NotFound:
        raise click.ClickException(f"There is no token {token_id} in {slug}.") from None
    click.echo(f"Revoked the token {token_id}.")


def _columns(entry: AnyRow) -> tuple[str, ...]:
    return (
        str(entry.id),
        f"{entry.prefix}…",
        entry.user_email,
        ",".join(entry.scopes),
        f"used {_moment(entry.last_used_at)}",
        f"expires {_moment(entry.expires_at)}",
        entry.name,
    )


def _moment(moment: datetime | None) -> str:
    return iso(moment) if moment else "never"
