"""The audit log page, for owners: filters, pages and CSV export. It needs no JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, url_for

from app.audit import query
from app.audit.query import ACTIONS, AuditFilter
from app.auth.access import Access, require_member, require_person
from app.dashboard.admin_page import admin_blueprint
from app.domain.csv_text import PLAIN, STYLES, CsvStyle, csv_lines
from app.domain.instants import midnight_of
from app.events.download import download
from app.events.export_slots import SLOTS
from app.extensions import db
from app.postgres.statements import AnyRow
from app.workspaces.members import members_of

blueprint = admin_blueprint("audit_page")

PAGE_SIZE = 100  # entries
FIELDS = ("action", "person", "since", "until")
COLUMNS = (
    "id",
    "timestamp",
    "action",
    "via",
    "actor",
    "actorEmail",
    "token",
    "subject",
    "subjectEmail",
    "details",
)


@blueprint.get("/w/<slug>/audit")
def audit_of_workspace(slug: str) -> str:
    """The entries, the newest first."""
    access, person = require_member(slug, "owner"), require_person()
    which, chosen, faults = _parsed_filter(access, request.args)
    with db.engine.connect() as connection:
        entries, has_more = query.read(connection, access.workspace_id, which, PAGE_SIZE)
    return render_template(
        "audit.html",
        access=access,
        email=person.email,
        entries=[_shown(entry, access.timezone) for entry in entries],
        older=_link("audit_page.audit_of_workspace", access, chosen, entries[-1].id) if has_more else "",
        csv=_link("audit_page.audit_as_csv", access, chosen),
        actions=ACTIONS,
        members=members_of(access.workspace_id),
        chosen=chosen,
        faults=faults,
    )


@blueprint.get("/w/<slug>/audit.csv")
def audit_as_csv(slug: str) -> Response:
    """All entries that match the filter, as CSV."""
    access = require_member(slug, "owner")
    require_person()
    which, _chosen, _faults = _parsed_filter(access, request.args)
    style = STYLES.get(request.args.get("csv", ""), PLAIN)
    release = SLOTS.acquire(access.user_id)
    try:
        lines = _csv(query.read_all(db.engine, access.workspace_id, which), style, access.timezone)
        name, kind = f"{access.slug}-audit.csv", "text/csv; charset=utf-8"
        response = download((text.encode() for text in lines), name=name, content_type=kind)
    except BaseException:
        release()
        raise
    response.call_on_close(release)
    return response


def _link(endpoint: str, access: Access, chosen: Mapping[str, str], before: int | None = None) -> str:
    """The address with the same filter."""
    action, person, since, until = (chosen.get(name) for name in FIELDS)
    return url_for(
        endpoint, slug=access.slug, action=action, person=person, since=since, until=until, before=before
    )


def _parsed_filter(access: Access, given: Mapping[str, str]) -> tuple[AuditFilter, dict[str, str], list[str]]:
    """The filter, the valid fields, and the errors; an invalid field filters nothing."""
    chosen = {name: given[name] for name in FIELDS if given.get(name)}
    values: dict[str, Any] = {}
    faults = []
    for name, read in READERS.items():
        if text := given.get(name):
            try:
                values[name] = read(text, access.timezone)
            except (ValueError, OverflowError):
                faults.append(f"“{text[:40]}” is not understood, and filters nothing.")
                chosen.pop(name, None)
    return AuditFilter(**values), chosen, faults


def _id(text: str, _timezone: str) -> int:
    number = int(text)
    if not 0 < number < 2**63:
        raise ValueError(text)
    return number


def _action(text: str, _timezone: str) -> str:
    if text not in ACTIONS:
        raise ValueError(text)
    return text


def _day(text: str, timezone: str, days_after: int = 0) -> datetime:
    return midnight_of(date.fromisoformat(text) + timedelta(days=days_after), timezone)


READERS: dict[str, Callable[[str, str], Any]] = {
    "before": _id,
    "action": _action,
    "person": lambda text, _timezone: UUID(text),
    "since": _day,
    # "To" includes that day: it ends where the next one begins.
    "until": lambda text, timezone: _day(text, timezone, 1),
}


def _shown(entry: AnyRow, timezone: str) -> dict[str, Any]:
    moment = entry.timestamp.astimezone(ZoneInfo(timezone))
    words = [f"{name}: {_word(value)}" for name, value in entry.details.items()]
    return {**entry._asdict(), "local": f"{moment:%Y-%m-%d %H:%M:%S}", "words": "; ".join(words)}


def _word(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_word(one)}" for name, one in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv(pages: Iterator[Sequence[AnyRow]], style: CsvStyle, zone: str) -> Iterator[str]:
    yield style.mark + csv_lines([COLUMNS], style)
    for entries in pages:
        yield csv_lines((_row(entry, style, zone) for entry in entries), style)


def _row(entry: AnyRow, style: CsvStyle, zone: str) -> list[object]:
    return [
        entry.id,
        style.moment(entry.timestamp, zone),
        entry.action,
        entry.via,
        entry.actor_name or entry.actor_id,
        entry.actor_email,
        entry.token_id,
        entry.subject_name or entry.subject_id,
        entry.subject_email,
        json.dumps(entry.details, ensure_ascii=False) if entry.details else None,
    ]
