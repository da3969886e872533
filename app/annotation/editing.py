"""Creating, changing and removing annotations: stored, audited, and told to open streams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.annotation import store
from app.annotation.offering import AnnotationChange, AnnotationOffering
from app.annotation.responses import AnnotationSchema
from app.annotation.schema import AnnotationBody, AnnotationPatch
from app.annotation.store import Entry
from app.audit import audit_log
from app.auth.access import Access
from app.domain.annotation import NOTE_KINDS
from app.domain.instants import iso, to_millisecond
from app.domain.scopes import ADMIN
from app.errors import Forbidden, InvalidInput
from app.extensions import component, db
from app.http.validation import json_object, load_values

MOMENTS = ("at", "until")


def create_annotation(access: Access, body: object) -> Entry:
    """Store a note; its entry. Raises InvalidInput or TooManyAnnotations."""
    now = {"at": to_millisecond(datetime.now(UTC)), "kind": NOTE_KINDS[0]}
    values = now | _loaded(AnnotationBody(), body)
    _check_end(values)
    values |= {"made_by": access.user_id, "token_id": access.token_id}
    with db.engine.begin() as connection:
        entry = store.insert_entry(connection, access.workspace_id, values)
        details = {"kind": entry["kind"], "at": iso(entry["at"])}
        audit_log.record(
            connection, access.workspace_id, "annotation.created", id=str(entry["id"]), **details
        )
    _offer(access, AnnotationChange.CREATED, entry)
    return entry


def change_annotation(access: Access, annotation_id: UUID, body: object) -> Entry:
    """Change what is named of a note; its new entry. Raises NotFound, Forbidden or InvalidInput."""
    values = _loaded(AnnotationPatch(partial=True), body)
    with db.engine.begin() as connection:
        before = _own_entry(access, store.entry(connection, access.workspace_id, annotation_id))
        _check_end(before | values)
        changed = [name for name, value in values.items() if before[name] != value]
        if not changed:
            return before
        entry = store.update_entry(connection, access.workspace_id, annotation_id, values)
        audit_log.record(
            connection, access.workspace_id, "annotation.changed", id=str(annotation_id), changed=changed
        )
    _offer(access, AnnotationChange.CHANGED, entry)
    return entry


def remove_annotation(access: Access, annotation_id: UUID) -> None:
    """Delete a note; raises NotFound or Forbidden."""
    with db.engine.begin() as connection:
        entry = _own_entry(access, store.entry(connection, access.workspace_id, annotation_id))
        store.delete_entry(connection, access.workspace_id, annotation_id)
        audit_log.record(connection, access.workspace_id, "annotation.removed", id=str(annotation_id))
    _offer(access, AnnotationChange.REMOVED, entry)


def may_change(access: Access, entry: Mapping[str, Any]) -> bool:
    """Whether a note may be changed: by its author, and by admins; by a token of theirs with the scope `admin`."""
    is_author: bool = entry["user_id"] == access.user_id and access.allows("member")
    return is_author or (access.allows("admin") and ADMIN in access.scopes)


def _own_entry(access: Access, entry: Entry) -> Entry:
    if not may_change(access, entry):
        raise Forbidden("A note is changed by its author and by admins.")
    return entry


def _loaded(schema: AnnotationBody, body: object) -> dict[str, Any]:
    values = load_values(schema, json_object(body))
    return values | {name: to_millisecond(values[name]) for name in MOMENTS if values.get(name)}


def _check_end(values: Mapping[str, Any]) -> None:
    if values.get("until") is not None and values["until"] <= values["at"]:
        raise InvalidInput(errors={"until": ["Must be later than at."]})


def _offer(access: Access, change: AnnotationChange, entry: Entry) -> None:
    component(AnnotationOffering).offer(access.workspace_id, change, AnnotationSchema().dump(entry))
