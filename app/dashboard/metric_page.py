"""The pages of a workspace's custom metrics, for its admins: list and forms. They need no JavaScript."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from flask import url_for
from werkzeug.wrappers import Response

from app.auth.access import Access
from app.dashboard.admin_page import (
    admin_blueprint,
    admin_page,
    confirmation,
    notice_text,
    redirect_to,
    require_admin,
)
from app.dashboard.forms import PageForm
from app.dashboard.metric_choices import AGGREGATES, OPERATORS, WINDOWS, seen_fields, seen_types
from app.dashboard.metric_form import (
    EMPTY,
    FIELDS,
    ConditionRow,
    definition_of,
    is_same_definition,
    rows_of,
    submitted_form,
    types_of,
    values_of_metric,
    with_rows,
)
from app.dashboard.metric_preview import (
    HEIGHT,
    WIDTH,
    ShownPreview,
    figure_text,
    shown_preview,
    unseen_words,
)
from app.dashboard.time_words import TimeWords
from app.domain.custom_metric import MAX_METRICS, PREFIX, MetricDefinition
from app.domain.stats import CUSTOM, STALE, StatsView
from app.errors import NotFound
from app.extensions import component, db
from app.insights.custom import store
from app.insights.custom.editing import change_metric, create_metric, delete_metric
from app.insights.custom.preview import preview_metric, unseen_of
from app.insights.custom.schema import MAX_CONDITIONS, load_change, load_new_metric
from app.live.state import Live

blueprint = admin_blueprint("metric_page")

NOTICES = {
    "created": "The metric is made. Its figure comes with the next ones; its past is being counted.",
    "changed": "The metric is changed. Its figure comes with the next ones; its past is counted again.",
    "renamed": "The metric is changed.",
    "paused": "The metric is paused.",
    "resumed": "The metric is computed again.",
    "removed": "The metric is removed.",
    "gone": "That metric was removed already.",
}
PREVIEW = "preview"  # the value of the button
OLD_FROM = 10  # seconds, two ticks: younger figures are as current as all others
LIST = "metric_page.metrics_of_workspace"


@blueprint.get("/w/<slug>/metrics")
def metrics_of_workspace(slug: str) -> Response:
    """All custom metrics with their current figures."""
    return _list(require_admin(slug), PageForm())


@blueprint.post("/w/<slug>/metrics")
def pause_or_resume(slug: str) -> Response:
    """Pause a metric of the list, or resume it."""
    access = require_admin(slug)
    form = PageForm.submitted("name", "paused")
    pauses = form.value("paused") == "yes"
    try:
        with form:
            change_metric(access, form.value("name"), {"paused": pauses})
            return redirect_to(LIST, access, "paused" if pauses else "resumed")
    except NotFound:
        return redirect_to(LIST, access, "gone")
    return _list(access, form)


@blueprint.get("/w/<slug>/metrics/new")
def new_metric_page(slug: str) -> Response:
    """The form for a new metric."""
    return _form(require_admin(slug), PageForm(*FIELDS, values=EMPTY))


@blueprint.post("/w/<slug>/metrics/new")
def make_metric(slug: str) -> Response:
    """Create a metric; or show the form with another condition or one less, a preview, or a question."""
    access = require_admin(slug)
    form = submitted_form()
    if edited := _edited_conditions(form):
        return _form(access, edited[0], focus=edited[1])
    if form.value("act") == PREVIEW:
        return _preview(access, form)
    with form:
        loaded = load_new_metric(definition_of(form))
        if question := _question(access, form, loaded):
            return _form(access, form, question=question)
        create_metric(access, definition_of(form))
        return redirect_to(LIST, access, "created")
    return _form(access, form)


@blueprint.get("/w/<slug>/metrics/<name>/change")
def metric_to_change(slug: str, name: str) -> Response:
    """The form of a metric."""
    access = require_admin(slug)
    metric = _find(access, name)
    return _form(access, PageForm(*FIELDS, values=values_of_metric(metric)), metric)


@blueprint.post("/w/<slug>/metrics/<name>/change")
def save_metric(slug: str, name: str) -> Response:
    """Change a metric; or show the form with another condition or one less, a preview, or a question."""
    access = require_admin(slug)
    metric = _find(access, name)
    form = submitted_form()
    if edited := _edited_conditions(form):
        return _form(access, edited[0], metric, focus=edited[1])
    if form.value("act") == PREVIEW:
        return _preview(access, form, metric)
    is_same = is_same_definition(form, metric)
    with form:
        loaded = load_change(definition_of(form), metric)
        if not is_same and (question := _question(access, form, loaded)):
            return _form(access, form, metric, question=question)
        change_metric(access, name, definition_of(form))
        return redirect_to(LIST, access, "renamed" if is_same else "changed")
    return _form(access, form, metric)


@blueprint.get("/w/<slug>/metrics/<name>/remove")
def removal_page(slug: str, name: str) -> Response:
    """What follows from removing a metric."""
    access = require_admin(slug)
    try:
        metric = _find(access, name)
    except NotFound:
        return redirect_to(LIST, access, "gone")
    return confirmation(
        access,
        PageForm(),
        title=f"Remove “{_label(metric)}”?",
        subject=f"custom.{metric['name']}",
        words="Dashboards stop showing it with the next figures. Its history stays until it expires.",
        yes="Remove",
        no="Keep it",
        back=url_for(LIST, slug=access.slug),
    )


@blueprint.post("/w/<slug>/metrics/<name>/remove")
def remove_metric(slug: str, name: str) -> Response:
    """Remove a metric; one that is gone already is what was wanted."""
    access = require_admin(slug)
    with contextlib.suppress(NotFound):
        delete_metric(access, name)
    return redirect_to(LIST, access, "removed")


def _list(access: Access, form: PageForm) -> Response:
    with db.engine.connect() as connection:
        metrics = store.entries(connection, access.workspace_id)
    figures = _current_figures(access)
    page = admin_page(
        "metrics.html",
        access,
        form=form,
        metrics=[metric | _figure(metric["name"], figures) for metric in metrics],
        most=MAX_METRICS,
        notice=notice_text(NOTICES),
    )
    return form.response(page)


def _preview(access: Access, form: PageForm, metric: Mapping[str, Any] | None = None) -> Response:
    """The form with what it would make: its value, the last day, its cost, and what was never seen."""
    shown: ShownPreview | None = None
    question = ""
    with form:
        found = preview_metric(access, definition_of(form))
        shown = shown_preview(found, TimeWords(access.timezone))
        question = unseen_words(found.unseen)
    return _form(access, form, metric, focus="preview" if shown else "", preview=shown, question=question)


def _question(access: Access, form: PageForm, loaded: Mapping[str, Any]) -> str:
    """What the definition names that was never seen, unless that was confirmed; raises TooBusy or RateLimited."""
    found = unseen_words(unseen_of(access, MetricDefinition.from_json(loaded["definition"])))
    return "" if found == form.value("confirmed") else found


def _form(
    access: Access,
    form: PageForm,
    metric: Mapping[str, Any] | None = None,
    *,
    focus: str = "",
    preview: ShownPreview | None = None,
    question: str = "",
) -> Response:
    """The page of the form; `question` names what was never seen and has to be confirmed."""
    rows = rows_of(form)
    page = admin_page(
        "metrics/form.html",
        access,
        form=form,
        metric=metric,
        label=_label(metric) if metric else "",
        rows=rows,
        may_add=len(rows) < MAX_CONDITIONS,
        focus=focus or ("question" if question else ""),
        aggregates=AGGREGATES,
        windows=WINDOWS,
        operators=OPERATORS,
        fields=seen_fields(access, types_of(form)),
        types=seen_types(access),
        preview=preview,
        drawing=(WIDTH, HEIGHT),
        question=question,
    )
    return form.response(page)


def _edited_conditions(form: PageForm) -> tuple[PageForm, str] | None:
    """The form after a button that adds or removes a condition, and the field to focus; None for other buttons."""
    action, _, index = form.value("edit").partition("-")
    rows = rows_of(form)
    if action == "add":
        return with_rows(form, [*rows, ConditionRow()]), f"where.{len(rows)}.field"
    if action == "remove" and index.isdecimal():
        return with_rows(form, [row for at, row in enumerate(rows) if at != int(index)]), "add"
    return None


def _find(access: Access, name: str) -> dict[str, Any]:
    with db.engine.connect() as connection:
        return store.entry(connection, access.workspace_id, name)


def _label(metric: Mapping[str, Any]) -> str:
    return str(metric["title"] or metric["name"])


def _current_figures(access: Access) -> Mapping[str, Any]:
    live = component(Live)
    return live.stats(access.workspace_id).payload_for(StatsView(frozenset({CUSTOM})))


def _figure(name: str, figures: Mapping[str, Any]) -> dict[str, str]:
    """A metric's figure and its age in words."""
    value, age = figures.get(CUSTOM, {}).get(name), figures.get(STALE, {}).get(f"{PREFIX}{name}") or 0
    return {
        "figure": figure_text(value),
        "age": f"as of {round(age)} s ago" if age >= OLD_FROM else "",
    }
