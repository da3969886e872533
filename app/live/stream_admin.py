"""Administration of a workspace's open streams on all workers, for the JSON API and the admin page."""

from __future__ import annotations

from app.audit import audit_log
from app.auth.access import Access
from app.extensions import db
from app.live.connection_list import with_names
from app.live.state import Live
from app.live.worker_rpc import StreamEntry, closed_count, stream_entries


def list_streams(live: Live, access: Access) -> list[StreamEntry]:
    """The workspace's open streams with the names of their users, oldest first."""
    streams = stream_entries(live.rpc.call(access.workspace_id, "list"))
    with db.engine.connect() as connection:
        return with_names(connection, access.workspace_id, streams)


def close_streams(live: Live, access: Access, connection_id: str | None = None) -> int:
    """Close one stream of the workspace, or all of them; how many were closed."""
    which = {} if connection_id is None else {"connection_id": connection_id}
    parameters = {"reason": "closed-by-admin", "by": str(access.user_id), **which}
    count = closed_count(live.rpc.call(access.workspace_id, "close", **parameters))
    # Audited afterwards: a failure to do so does not undo the closing. Without a closed stream there is no entry:
    # it would bury the others, and the id is arbitrary text.
    if count:
        audited = {} if connection_id is None else {"connection": connection_id}
        with db.engine.begin() as connection:
            audit_log.record(connection, access.workspace_id, "streams.closed", count=count, **audited)
    return count
