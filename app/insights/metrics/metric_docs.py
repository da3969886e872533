"""Descriptions of the built-in metrics, for the API and for docs/metrics.md."""

from __future__ import annotations

from typing import Any

from app.insights.metrics.registry import METRICS, Metric
from app.insights.metrics.series_catalogue import built_in_series


def metric_doc(metric: Metric) -> dict[str, Any]:
    """One metric as `GET …/analytics/metrics` lists it."""
    return {
        "name": metric.name,
        "unit": metric.unit,
        "meaning": metric.meaning,
        "window": metric.window.name,
        "by_key": metric.by_key,
        "kind": metric.kind,
        "over_time": built_in_series(metric).over_time,
        "trend": built_in_series(metric).trend,
    }


def document() -> str:
    """The text of docs/metrics.md."""
    return HEAD + "".join(map(_section, METRICS.values()))


HEAD = """\
# Metrics

Generated from the registry, `app/insights/metrics/registry.py`. A new metric is one more entry of `METRICS` there:
its name, unit, meaning, window and query. The payload of `stats`, history, the API's description and this page
follow from it. After a change run `flask --app wsgi metrics document > docs/metrics.md`; a test compares the two.
`GET /api/workspaces/<ws>/analytics/metrics` returns the same data as JSON.

All figures of a tick are of one moment and one snapshot of the database, and a day begins at midnight in the
workspace's timezone. A window has no end: an event stamped up to five minutes ahead of the server's clock counts
at once. In history by day, what has the sum for a day in trends has it too, in any timezone.

## Levels and amounts

A **level** is there at every moment: users online, tasks in progress. A step of history gives its lowest,
its highest, its last and its mean figure.

An **amount** counts, or adds up, what happened within a window or since midnight: messages of the last
hour, messages today. It has no mean: a trailing hour, averaged over 09:00 to 10:00, is the number of
nothing that happened between nine and ten. A step of history gives its lowest, its highest and its last
figure, and the last one stands for the step: of the last hour, seen at the end of a clock hour, that is the
messages of that hour.

How much there was **in a stretch of time**, and in each minute, hour or day of it, says
`GET /api/workspaces/<ws>/analytics/activity`: of messages, of events, of one type, of one person or channel. It
counts what happened instead of looking at figures, so that its bars add up to the total, a range can be cut into
parts and put together again, and all of it equals a recount of the events. An event counts at its `timestamp`,
however late it came. A message counts where it was sent, and no longer once it is deleted, whenever that was;
`message.sent` counts what was sent, deleted or not. The first and the last bar are cut off at the ends of the
range; they say `partial`, as do those that are not over yet, or begin before the first event. The sums by minute
and hour that this is read from outlive the events. For a person or a channel there are none: they are counted from
the events that are still stored.

The time of a step is where it begins, in the API, in CSV and on the page: `09:00` of a step of an hour is
what was seen from 09:00 to 10:00. The lowest and the highest figure were recorded as such, so that the
highest of a range is never above that of a longer one.

A **custom metric** has figures of before it was made: they are counted backwards over the events that are kept, as
ticks at those moments would have seen them. An event that came late counts from when it occurred, a message until
it was deleted. A change of its definition removes the figures of the old one and counts anew; history says since
when it means what it does (`definitionChangedAt`).

What is usual (`expected` in history, the baseline of alerts) is the median of the same local weekday and hour over
the last six weeks, from the figures that stand for hours: the mean of a level, the last of an amount. Its band is
four spreads to either side, where the spread is 1.4826 times the median absolute deviation of these figures, at
least the square root of the median for counts, and a tenth of the median. Three weeks are the least.

What an amount **is made of** says `GET /api/workspaces/<ws>/analytics/breakdown`, by type, person, channel or
hour, and what makes it differ from an earlier range `GET /api/workspaces/<ws>/analytics/changes`. Their parts add
up to the total and to the difference: with `other` for the smaller ones, `none` for what has no channel, and
`forgotten` for events of which only sums are left. A part is a **surprise** as far as it is from what it would be
had all parts changed alike, in units of the chance variation of such a count: the largest channel of a quiet day
has the largest share of the difference, and is no surprise.
"""

KIND = {
    "level": "a level: a stretch of history shows the mean, between the lowest and the highest figure",
    "amount": "an amount: a stretch of history shows the last figure, never a mean",
}
TREND = {
    "sum": "the sum, exactly, from the counts of each minute",
    "mean": "the mean of the figures in history",
    "max": "the highest figure in history",
}


def _section(metric: Metric) -> str:
    shape = (
        f"a number of {metric.unit} for each key; its history is their total"
        if metric.by_key
        else metric.unit
    )
    return f"""
## {metric.name}

{metric.meaning}

| | |
|---|---|
| unit | {shape} |
| window | {metric.window.words} (`{metric.window.name}`) |
| it is | {KIND[metric.kind]} |
| a day, week or month in trends is | {TREND[built_in_series(metric).trend]} |
"""
