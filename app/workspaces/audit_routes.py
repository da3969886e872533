"""The API of the audit log, for a workspace's owners."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app import audit
from app.auth.access import require_member
from app.extensions import db
from app.query_parameters import Parameters, Whole, loaded

blueprint = Blueprint("audit", __name__)
PATH = "/api/workspaces/<workspace>/audit"


class Paging(Parameters):
    """Which page."""

    before = Whole(1, 2**63 - 1, load_default=None)
    limit = Whole(1, 500, load_default=100)


PAGING = Paging()


@blueprint.get(PATH)
def read_audit(workspace: str) -> dict[str, Any]:
    """What was done to the workspace, by whom, and when: the newest first."""
    access = require_member(workspace, "owner")
    page = loaded(PAGING)
    with db.engine.connect() as connection:
        entries, has_more = audit.read(connection, access.workspace_id, **page)
    return {
        "data": entries,
        "meta": {"hasMore": has_more, "nextBefore": entries[-1]["id"] if has_more else None},
    }
