"""`flask stream`: the open streams on all workers of all machines, by RPC over the bus."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from uuid import UUID

import click
from flask import current_app
from sqlalchemy import select

from app.audit import audit_log
from app.cli.commands import CommandGroup, print_rows, workspace_of
from app.extensions import component, db
from app.live.connection_list import with_names
from app.live.responses import Connection
from app.live.state import Live
from app.live.worker_rpc import closed_count, stream_entries
from app.models import Workspace
from app.redis.bus_messages import JsonValue
from app.redis.link import RedisLink

COLUMNS = ("workspace", "connectionId", "name", "via", "client", "address", "since", "worker", "lagEvents")


class WorkspaceRef(NamedTuple):
    """A workspace, as an RPC to its workers needs it."""

    id: UUID
    slug: str


stream = CommandGroup("stream", help="Open streams, on all workers of all machines.")


@stream.command("list")
@click.argument("slug", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def stream_list(slug: str | None, as_json: bool) -> None:
    """List the open streams of a workspace, or of all, oldest first."""
    _require_workers()
    found: list[dict[str, Any]] = []
    for workspace in [_find(slug)] if slug else _workspaces_with_streams():
        entries = stream_entries(_call_workers(workspace, "list"))
        with db.engine.connect() as connection:
            named = with_names(connection, workspace.id, entries)
        listed: list[dict[str, Any]] = Connection(many=True).dump(named)
        found += [{"workspace": workspace.slug, **entry} for entry in listed]
    print_rows(sorted(found, key=lambda entry: entry["since"]), COLUMNS, as_json=as_json)


@stream.command("close")
@click.argument("slug")
@click.argument("connection_id", metavar="[CONNECTION]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def stream_close(slug: str, connection_id: str | None, as_json: bool) -> None:
    """Close all streams of a workspace, or one of them; clients with access reconnect."""
    _require_workers()
    workspace = _find(slug)
    parameters = {"reason": "closed-by-admin", "by": "command-line", "connection_id": connection_id}
    closed = closed_count(_call_workers(workspace, "close", **parameters))
    if closed:
        which = {"connection": connection_id} if connection_id else {}
        with db.engine.begin() as connection:
            audit_log.record(connection, workspace.id, "streams.closed", count=closed, **which)
    click.echo(json.dumps({"closedCount": closed}) if as_json else f"Closed {closed} streams of {slug}.")


def _require_workers() -> None:
    alive = _live().registry.live_workers()
    if alive is None:
        reason = component(RedisLink).last_error or "it refuses"
        raise click.ClickException(f"Redis (REDIS_URL) is needed to ask the workers: {reason}")
    if not alive:
        prefix = current_app.config["PULSE"].redis_prefix
        raise click.ClickException(f"No worker runs with this REDIS_URL and the prefix {prefix}")


def _call_workers(workspace: WorkspaceRef, procedure: str, **parameters: str | None) -> list[JsonValue]:
    answers, called, silent = _live().rpc.call_others(workspace.id, procedure, **parameters)
    if silent:
        missing = f"{silent} of {called} workers with streams of {workspace.slug} did not answer"
        if silent == called:
            raise click.ClickException(f"{missing} within 2 seconds.")
        click.echo(f"{missing}: what follows is without theirs.", err=True)
    return answers


def _find(slug: str) -> WorkspaceRef:
    found = workspace_of(slug)
    return WorkspaceRef(found.id, found.slug)


def _workspaces_with_streams() -> list[WorkspaceRef]:
    with db.engine.connect() as connection:
        rows = connection.execute(select(Workspace.id, Workspace.slug).order_by(Workspace.slug)).all()
    counts = _live().registry.counts(row.id for row in rows)
    return [WorkspaceRef(row.id, row.slug) for row in rows if counts[row.id]]


def _live() -> Live:
    return component(Live)
