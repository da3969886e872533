"""`flask workspace`: workspaces and their members."""

from __future__ import annotations

import click

from app.cli.commands import CommandGroup, print_rows, user_of, workspace_of
from app.domain.sender import ADDRESS_POLICIES, FULL, OFF, TRUNCATED
from app.models import ROLES
from app.workspaces.deletion import delete_workspace
from app.workspaces.directory import all_workspaces
from app.workspaces.members import add_member, members_of, remove_member, set_role
from app.workspaces.responses import Member
from app.workspaces.workspace import change_settings, create_workspace, rename_workspace

STORED_ADDRESSES = {
    OFF: "no addresses with events",
    TRUNCATED: "truncated addresses, and user agents, with events",
    FULL: "addresses and user agents with events",
}

workspace = CommandGroup("workspace", help="Workspaces and their members.")


@workspace.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def workspace_list(as_json: bool) -> None:
    """List all workspaces."""
    columns = ("slug", "name", "timezone", "members", "lastSeq", "lastEventAt", "id")
    print_rows(all_workspaces(), columns, as_json=as_json)


@workspace.command("members")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def workspace_members(slug: str, as_json: bool) -> None:
    """List a workspace's members with their roles."""
    columns = ("email", "name", "role", "active", "since", "lastSeen", "userId")
    print_rows(Member(many=True).dump(members_of(workspace_of(slug).id)), columns, as_json=as_json)


@workspace.command("rename")
@click.argument("slug")
@click.argument("new_slug", metavar="NEW-SLUG")
def workspace_rename(slug: str, new_slug: str) -> None:
    """Change the slug of a workspace: its old URLs end, open streams stay."""
    rename_workspace(workspace_of(slug).id, new_slug)
    click.echo(f"{slug} is {new_slug} now: /w/{new_slug}")


@workspace.command("delete")
@click.argument("slug")
@click.confirmation_option("--yes", prompt="This cannot be undone. Delete the workspace and all its events?")
def workspace_delete(slug: str) -> None:
    """Delete a workspace with all its events; its audit entries stay."""
    delete_workspace(workspace_of(slug).id, slug, _print_progress)
    click.echo(f"Deleted the workspace {slug}.")


def _print_progress(table: str, rows: int) -> None:
    click.echo(f"{table}: {rows} rows deleted", err=True)


@workspace.command("create")
@click.argument("slug")
@click.option("--name", help="The display name; by default the slug.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA name; decides when a day begins.")
@click.option("--owner", required=True, metavar="EMAIL", help="An existing user.")
def workspace_create(slug: str, name: str | None, timezone: str, owner: str) -> None:
    """Create a workspace."""
    create_workspace(slug, slug if name is None else name, timezone, user_of(owner).id)
    click.echo(f"Created the workspace {slug}: /w/{slug}")


@workspace.command("strict")
@click.argument("slug")
@click.argument("setting", type=click.Choice(["on", "off"]))
def workspace_strict(slug: str, setting: str) -> None:
    """Reject unknown event types (on), or accept them as custom events (off)."""
    change_settings(workspace_of(slug).id, {"strict": setting == "on"})
    accepted = "known event types only" if setting == "on" else "custom event types too"
    click.echo(f"{slug} takes {accepted}.")


@workspace.command("timezone")
@click.argument("slug")
@click.argument("zone")
def workspace_timezone(slug: str, zone: str) -> None:
    """Set the time zone (an IANA name) that determines when a workspace's days begin."""
    change_settings(workspace_of(slug).id, {"timezone": zone})
    click.echo(f"The days of {slug} begin at midnight in {zone}.")


@workspace.command("addresses")
@click.argument("slug")
@click.argument("wish", type=click.Choice(ADDRESS_POLICIES))
def workspace_addresses(slug: str, wish: str) -> None:
    """Store addresses and user agents with events: not at all (off), truncated to their network, or in full."""
    change_settings(workspace_of(slug).id, {"addresses": wish})
    click.echo(f"{slug} keeps {STORED_ADDRESSES[wish]}.")


@workspace.command("add-member")
@click.argument("slug")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
def workspace_add_member(slug: str, email: str, role: str) -> None:
    """Add an existing user to a workspace."""
    found, member = workspace_of(slug), user_of(email)
    add_member(found.id, member.id, role)
    click.echo(f"Added {member.email} to {slug} as {role}.")


@workspace.command("set-role")
@click.argument("slug")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
def workspace_set_role(slug: str, email: str, role: str) -> None:
    """Change a member's role."""
    found, member = workspace_of(slug), user_of(email)
    set_role(found.id, member.id, role)
    click.echo(f"{member.email} is {role} of {slug} now.")


@workspace.command("remove-member")
@click.argument("slug")
@click.argument("email")
def workspace_remove_member(slug: str, email: str) -> None:
    """Remove a member from a workspace, with their tokens; their streams end."""
    found, member = workspace_of(slug), user_of(email)
    remove_member(found.id, member.id)
    click.echo(f"Removed {member.email} from {slug}.")
