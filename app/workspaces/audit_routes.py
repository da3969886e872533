"""The API of the audit log, for a workspace's owners."""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import fields, validate

from app.audit import query
from app.audit.query import ACTIONS, AuditFilter
from app.auth.access import Access
from app.auth.authorization import for_members
from app.extensions import db
from app.http.openapi_decorator import described
from app.http.paths import WORKSPACE
from app.http.query_parameters import Moment, Parameters, Whole, loaded
from app.http.response_schema import respond
from app.workspaces.responses import AuditPage

blueprint = Blueprint("audit", __name__)
PATH = f"{WORKSPACE}/audit"


class AuditParameters(Parameters):
    """Which entries, and which page of them."""

    action = fields.String(
        load_default=None,
        validate=validate.OneOf(ACTIONS, error="No such action."),
        metadata={"description": "What was done."},
    )
    person = fields.UUID(
        load_default=None,
        metadata={"description": "The id of a user: what they did, or what concerned them."},
    )
    since = Moment(load_default=None, metadata={"description": "At or after this moment."})
    until = Moment(load_default=None, metadata={"description": "Before this moment."})

    before = Whole(1, 2**63 - 1, load_default=None, metadata={"description": "Entries with ids below."})
    limit = Whole(1, 500, load_default=100, metadata={"description": "How many at most; 100 unless given."})


@blueprint.get(PATH)
@described(answers=AuditPage, parameters=AuditParameters)
@for_members("owner")
def read_audit(access: Access) -> Response:
    """What was done to the workspace, by whom, and when: the newest first."""
    asked = loaded(AuditParameters(zone=access.timezone))
    limit = asked.pop("limit")
    with db.engine.connect() as connection:
        entries, has_more = query.read(connection, access.workspace_id, AuditFilter(**asked), limit)
    next_before = entries[-1].id if has_more else None
    return respond(AuditPage, data=entries, meta={"has_more": has_more, "next_before": next_before})
