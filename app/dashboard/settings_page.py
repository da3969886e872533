"""The page of a workspace's settings and its recent event types, for its admins. It needs no JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Response

from app.auth.access import Access
from app.dashboard.admin_page import admin_blueprint, admin_page, notice_text, redirect_to, require_admin
from app.dashboard.forms import PageForm
from app.dashboard.type_hue import type_hue
from app.domain.sender import FULL, OFF, TRUNCATED
from app.errors import RateLimited, TooBusy
from app.events.types import recent_types
from app.workspaces.schema import timezones
from app.workspaces.workspace import change_settings, settings_of

blueprint = admin_blueprint("settings_page")

MARK_TYPES = "markTypes"

FIELDS = ("name", "timezone", "strict", "addresses", MARK_TYPES)
NOTICES = {"saved": "Saved."}
ADDRESSES = (
    (OFF, "Are not kept"),
    (TRUNCATED, "Kept with events, addresses without their last part"),
    (FULL, "Kept with events"),
)
NAMED_TYPES = 3  # custom types that the warning about strict mode names


class ShownEventTypes(NamedTuple):
    """The event types of the last seven days, as the page shows them; `refusal` says why they are not known."""

    seen: Sequence[Mapping[str, object]] = ()  # the most frequent first
    unseen: Sequence[str] = ()  # known types that were not used
    rejected: str = ""  # the custom types that strict mode would reject, in words
    refusal: str = ""


@blueprint.get("/w/<slug>/settings")
def settings_of_workspace(slug: str) -> Response:
    """What the workspace is set to, and which types of events it has seen."""
    access = require_admin(slug)
    settings = settings_of(access.workspace_id)
    values = {name: [str(settings[name])] for name in ("name", "timezone", "addresses")}
    values[MARK_TYPES] = [", ".join(settings["mark_types"])]
    return _page(access, PageForm(*FIELDS, values=values | {"strict": ["on"] if settings["strict"] else []}))


@blueprint.post("/w/<slug>/settings")
def save_settings(slug: str) -> Response:
    """Save all settings or none, as the API does."""
    access = require_admin(slug)
    form = PageForm.submitted(*FIELDS)
    with form:
        changes = {**form.json("name", "timezone", "addresses"), "strict": bool(form.value("strict"))}
        if form.values(MARK_TYPES):
            changes[MARK_TYPES] = form.value(MARK_TYPES).replace(",", " ").split()
        change_settings(access.workspace_id, changes)
        return redirect_to("settings_page.settings_of_workspace", access, "saved")
    return _page(access, form)


def _page(access: Access, form: PageForm) -> Response:
    page = admin_page(
        "settings.html",
        access,
        form=form,
        timezones=timezones(),
        addresses=ADDRESSES,
        zone_hint=zone_hint(form.value("timezone"), datetime.now(UTC)),
        types=_event_types(access),
        notice=notice_text(NOTICES),
    )
    return form.response(page)


def _event_types(access: Access) -> ShownEventTypes:
    try:
        types, _since = recent_types(access)
    except (TooBusy, RateLimited) as refusal:
        return ShownEventTypes(refusal=refusal.detail or f"{refusal.title}.")
    seen = [entry for entry in (*types["known"], *types["custom"]) if entry["count"]]
    seen.sort(key=lambda entry: (-entry["count"], entry["event_type"]))
    return ShownEventTypes(
        seen=[entry | {"hue": type_hue(entry["event_type"])} for entry in seen],
        unseen=[entry["event_type"] for entry in types["known"] if not entry["count"]],
        rejected=summary([entry["event_type"] for entry in types["custom"]]),
    )


def zone_hint(timezone: str, now: datetime) -> str:
    """What the time zone is for, and the time there; an example for one that does not exist."""
    purpose = "Decides when “today” begins."
    if timezone not in timezones():
        return f"{purpose} A name such as Europe/Berlin."
    return f"{purpose} There it is {now.astimezone(ZoneInfo(timezone)):%H:%M now, %A}."


def summary(names: Sequence[str]) -> str:
    """The first of these names, and how many more there are: `a.a, b.b, c.c and 1 more`."""
    shown = ", ".join(names[:NAMED_TYPES])
    more = len(names) - NAMED_TYPES
    return f"{shown} and {more} more" if more > 0 else shown
