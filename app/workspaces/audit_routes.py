"""The API of the audit log, for a workspace's owners."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app import audit
from app.auth.access import Access
from app.auth.doors import for_members
from app.described import described
from app.extensions import db
from app.query_parameters import Parameters, Whole, loaded
from app.workspaces.answers import AuditPage

blueprint = Blueprint("audit", __name__)
PATH = "/api/workspaces/<workspace>/audit"


class Paging(Parameters):
    """Which page."""

    before = Whole(1, 2**63 - 1, load_default=None, metadata={"description": "Entries with ids below."})
    limit = Whole(1, 500, load_default=100, metadata={"description": "How many at most; 100 unless given."})


PAGING = Paging()


@blueprint.get(PATH)
@described(answers=AuditPage, parameters=Paging)
@for_members("owner")
def read_audit(access: Access) -> dict[str, Any]:
    """What was done to the workspace, by whom, and when: the newest first."""
    page = loaded(PAGING)
    with db.engine.connect() as connection:
        entries, has_more = audit.read(connection, access.workspace_id, **page)
    return {
        "data": entries,
        "meta": {"hasMore": has_more, "nextBefore": entries[-1]["id"] if has_more else None},
    }
