"""`flask user`: the user accounts."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import click

from app.cli.commands import CommandGroup, print_rows, user_of
from app.domain.instants import iso
from app.workspaces import reset_links
from app.workspaces.directory import all_users
from app.workspaces.personal_data import erase, lines_of
from app.workspaces.users import create_user, reset_password, set_active

user = CommandGroup("user", help="The user accounts.")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def user_list(as_json: bool) -> None:
    """List all users, with their roles in workspaces."""
    print_rows(all_users(), ("email", "name", "active", "workspaces", "id"), as_json=as_json)


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Shown to other members.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--password", envvar="PULSE_PASSWORD", hidden=True)
def user_create(email: str, name: str, password_stdin: bool, password: str | None) -> None:
    """Create a user. Prompts for the password, unless it is in PULSE_PASSWORD or on stdin."""
    create_user(email, name, _password(password_stdin, password))
    click.echo(f"Created the user {email.strip().lower()}.")


@user.command("set-password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--password", envvar="PULSE_PASSWORD", hidden=True)
@click.option("--keep-tokens", is_flag=True, help="Do not revoke their API tokens.")
def user_set_password(email: str, password_stdin: bool, password: str | None, keep_tokens: bool) -> None:
    """Set a new password for a user; signs them out everywhere, and revokes their API tokens."""
    found = user_of(email)
    revoked = reset_password(found.id, _password(password_stdin, password), keep_tokens)
    tokens = "API tokens go on" if keep_tokens else f"{len(revoked.tokens)} API tokens are revoked"
    click.echo(f"{found.email} has another password, and is signed out everywhere. Their {tokens}.")


@user.command("reset-link")
@click.argument("email")
def user_reset_link(email: str) -> None:
    """Print a password-reset link: it works once, within an hour."""
    found = user_of(email)
    if not found.is_active:
        raise click.ClickException(f"{found.email} is kept out: run `flask user activate` first.")
    link = reset_links.make_for_user(found.id).url
    if link.startswith("/"):
        click.echo("PULSE_PUBLIC_URL is not set: put the server's address in front.", err=True)
    click.echo(link)


@user.command("deactivate")
@click.argument("email")
def user_deactivate(email: str) -> None:
    """Deactivate a user: their sessions, API tokens and streams end for good."""
    found = user_of(email)
    set_active(found.id, False)
    click.echo(f"{found.email} is kept out now.")


@user.command("activate")
@click.argument("email")
def user_activate(email: str) -> None:
    """Activate a user again; they sign in anew, and create new tokens."""
    found = user_of(email)
    set_active(found.id, True)
    click.echo(f"{found.email} may sign in again.")


@user.command("export")
@click.argument("email")
def user_export(email: str) -> None:
    """Print everything stored about a user, one JSON object a line: the account, and every event they sent."""
    for line in lines_of(user_of(email).id):
        click.echo(json.dumps(line, default=_plain, ensure_ascii=False))


@user.command("erase")
@click.argument("email")
@click.confirmation_option(prompt="This cannot be undone. Erase this user?")
def user_erase(email: str) -> None:
    """Anonymise a user. Their events stay, without a reference to the person."""
    count = erase(user_of(email).id)
    click.echo(f"Erased; {count} events stay without a name.")


def _plain(value: object) -> str:
    return iso(value) if isinstance(value, datetime) else str(value)


def _password(from_stdin: bool, given: str | None) -> str:
    if from_stdin:
        return sys.stdin.buffer.readline().decode("utf-8", "surrogateescape").rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True) if given is None else given
