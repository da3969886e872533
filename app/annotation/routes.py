"""The API of annotations: for all who see figures; members write them, and tokens that may post events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from sqlalchemy import Connection

from app.annotation import derived_marks, editing, store
from app.annotation.responses import AnnotationList, OneAnnotation
from app.annotation.schema import AnnotationBody, AnnotationPatch, AnnotationRange
from app.annotation.store import Entry
from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.scopes import READ, WRITE
from app.domain.time_range import TimeRange
from app.errors import InvalidParameter, TooCostly, TooManyAnnotations
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import loaded
from app.http.response_schema import respond

blueprint = Blueprint("annotations", __name__)
PATH = f"{ANALYTICS}/annotations"
BODY_LIMIT = 16 * 1024  # bytes
LOOKBACK = timedelta(days=30)
MAX_RANGE = timedelta(days=400)


@blueprint.get(PATH)
@described(answers=AnnotationList, parameters=AnnotationRange, refuses=(TooCostly, *heavy_reads.REFUSES))
@for_members(scope=READ)
def list_annotations(access: Access) -> Response:
    """Notes, and the marks derived from events and changes, in a stretch of time; with `tag`, notes alone."""
    query = loaded(AnnotationRange(zone=access.timezone))
    time_range, tag = _time_range(query["since"], query["until"]), query["tag"]
    found, is_complete = heavy_reads.run(
        access, lambda connection: _read(connection, access.workspace_id, time_range, tag), (time_range, tag)
    )
    meta = {"since": time_range.since, "until": time_range.until, "timezone": access.timezone}
    return respond(
        AnnotationList,
        data=[_shown(access, entry) for entry in found],
        meta=meta | {"is_complete": is_complete},
    )


@blueprint.post(PATH)
@described(answers=OneAnnotation, status=201, body=AnnotationBody, refuses=(TooManyAnnotations,))
@for_members("member", scope=WRITE)
def make_annotation(access: Access) -> tuple[Response, int]:
    """Note something, at a moment or over a stretch of time; open streams are told."""
    entry = editing.create_annotation(access, read_json(BODY_LIMIT))
    return respond(OneAnnotation, data=_shown(access, entry)), 201


@blueprint.patch(f"{PATH}/<uuid:annotation_id>")
@described(answers=OneAnnotation, body=AnnotationPatch(partial=True))
@for_members("member", scope=WRITE)
def change_annotation(access: Access, annotation_id: UUID) -> Response:
    """Change what is named of a note: its author may, and admins."""
    entry = editing.change_annotation(access, annotation_id, read_json(BODY_LIMIT))
    return respond(OneAnnotation, data=_shown(access, entry))


@blueprint.delete(f"{PATH}/<uuid:annotation_id>")
@described()
@for_members("member", scope=WRITE)
def remove_annotation(access: Access, annotation_id: UUID) -> tuple[str, int]:
    """Delete a note: its author may, and admins."""
    editing.remove_annotation(access, annotation_id)
    return "", 204


def _time_range(since: datetime | None, until: datetime | None) -> TimeRange:
    end = until or datetime.now(UTC)
    since = since or end - LOOKBACK
    if end - since > MAX_RANGE:
        message = f"Must lie at most {MAX_RANGE.days} days before until."
        raise InvalidParameter(f"since: {message}", errors={"since": [message]})
    return TimeRange(since, until)


def _read(
    connection: Connection, workspace: UUID, time_range: TimeRange, tag: str | None
) -> tuple[list[Entry], bool]:
    """All of it by time, and whether it is all."""
    parts = [store.entries(connection, workspace, time_range, tag)]
    if tag is None:
        parts.append(derived_marks.changes(connection, workspace, time_range))
        parts.append(derived_marks.events(connection, workspace, time_range))
    found = [entry for entries, _ in parts for entry in reversed(entries)]  # they came the latest first
    return sorted(found, key=lambda entry: entry["at"]), not any(has_more for _, has_more in parts)


def _shown(access: Access, entry: Entry) -> dict[str, Any]:
    return entry if entry["id"] is None else entry | {"may_change": editing.may_change(access, entry)}
