"""Query parameters that a route refuses: 400 INVALID_PARAMETER, with the message at its name; nothing else is."""

from __future__ import annotations

import pytest
from posting import EVENTS, REALTIME

ANALYTICS = REALTIME.removesuffix("/realtime")
AUDIT = "/api/workspaces/acme/audit"
LIMIT = "Must be a whole number from 1 to 1000."
SEQ = "Must be a whole number from 0 to 9223372036854775807."
MOMENT = "Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."
TYPES = "Must be up to 50 event types, such as message.sent,task.created."
YEARS = "Must lie in the years 1970 to 2999."
USER = "Must be a user's id, or me."
ZONE = "Must be a timezone such as Europe/Berlin."
LATER = "Must be later than since, which is today's midnight unless given."
FAR = "Must lie at most 366 days before until."
UNKNOWN, ONCE = "Unknown parameter.", "Give it once."
# By route: query, and the name and message of each error; "…" where only the name is compared.
REFUSED = {
    EVENTS: {
        "limit=0": {"limit": LIMIT},
        "limit=1001": {"limit": LIMIT},
        "limit=": {"limit": LIMIT},
        "limit=1_0": {"limit": LIMIT},
        "limit=%D9%A3": {"limit": LIMIT},
        "after=-1": {"after": SEQ},
        "after=9223372036854775808": {"after": SEQ},
        "after=99999999999999999999999": {"after": SEQ},
        "before=0": {"before": SEQ.replace("from 0", "from 1")},
        "after=1&before=5": {"before": "Cannot be combined with after."},
        "type=": {"type": TYPES},
        "type=Message": {"type": TYPES},
        "type=message.sent,": {"type": TYPES},
        "type=" + ",".join(f"a.b{n}" for n in range(51)): {"type": TYPES},
        "user=mika": {"user": USER},
        "user=%00": {"user": USER},
        "since=yesterday": {"since": MOMENT},
        "since=2025-13-01": {"since": MOMENT},
        "until=1764978000": {"until": MOMENT},
        "since=2025-12-06T12:00:00+01:00": {"since": f"{MOMENT} (In a URL, + is written %2B.)"},
        "since=0001-01-01T00:00:00%2B23:59": {"since": MOMENT},
        "since=0001-01-02": {"since": YEARS},
        "until=9999-12-31T23:59:59": {"until": YEARS},
        "since=2025-12-06&until=2025-12-06": {"until": "Must be later than since."},
        "untill=2025-12-06": {"untill": UNKNOWN},
        "limit=5&limit=6": {"limit": ONCE},
        "limit=x&user=y": {"limit": LIMIT, "user": USER},
    },
    f"{EVENTS}/a": {"seq=0": {"seq": "…"}, "seq=x": {"seq": "…"}, "sequence=1": {"sequence": UNKNOWN}},
    f"{EVENTS}/export": {
        "format=xml": {"format": "…"},
        "csv=excel": {"csv": "…"},
        "format=csv&csv=x": {"csv": "…"},
        "since=x": {"since": MOMENT},
        "limit=5": {"limit": UNKNOWN},
        "after=1": {"after": UNKNOWN},
    },
    f"{ANALYTICS}/breakdown": {
        "": {"by": "Missing data for required field."},
        "by=day": {"by": "Must be one of: type, channel, user, hour."},
        "by=type&by=hour": {"by": ONCE},
        "by=type&limit=0": {"limit": LIMIT},
        "by=type&limit=1001": {"limit": LIMIT},
        "by=type&limit=ten": {"limit": LIMIT},
        "by=type&metric=users": {"metric": "Must be events or messages."},
        "by=type&metric=messages&type=a.b": {
            "type": "Cannot be combined with metric=messages, which is of one type."
        },
        "by=type&since=2025-12-06&until=2025-12-06": {"until": LATER},
        "by=type&until=2025-12-06": {"until": LATER},
        "by=type&since=2024-12-04&until=2025-12-06": {"since": FAR},
        "by=type&since=1970-01-01": {"since": FAR},
        "by=type&colour=red": {"colour": UNKNOWN},
        "by=type&compare=before": {"compare": "Must be one of: none, previous, yesterday, lastWeek."},
        "by=type&against=before": {"against": UNKNOWN},
        "by=type&user=mika": {"user": USER},
        "by=type&channel=": {"channel": "Must be a channel's id: 1 to 200 visible characters."},
    },
    f"{ANALYTICS}/activity": {
        "": {"of": "Say of what: messages, events, or an event type."},
        "of=Message": {"of": "Must be messages, events, or an event type such as message.sent."},
        "of=messages&type=message.sent": {
            "type": "Cannot be combined with of=messages, which is of one type."
        },
        "of=message.sent&type=a.b": {
            "type": "Cannot be combined with of=message.sent, which is of one type."
        },
        "of=events&step=5s": {"step": "Must be one of: auto, 1m, 5m, 15m, 1h, 1d."},
        "of=events&tz=Mars": {"tz": ZONE},
        "of=events&user=mika": {"user": USER},
        "of=events&channel=": {"channel": "…"},
        "of=events&compare=1": {"compare": "Must be one of: none, previous, yesterday, lastWeek."},
        "of=events&since=2999-01-01": {"since": "Must be earlier than now."},
        "of=events&since=2026-01-02&until=2026-01-02": {"until": "Must be later than since."},
        "of=events&csv=excel": {"csv": "…"},
        "metric=events": {"of": "Say of what: messages, events, or an event type.", "metric": UNKNOWN},
    },
    f"{ANALYTICS}/changes": {
        "compare=none": {"compare": "Must be one of: previous, yesterday, lastWeek."},
        "against=yesterday": {"against": UNKNOWN},
        "by=day": {"by": "Must be some of: type, channel, user, hour."},
        "by=": {"by": "Must be some of: type, channel, user, hour."},
        "metric=users": {"metric": "Must be events or messages."},
        "until=2025-12-06": {"until": LATER},
    },
    f"{ANALYTICS}/history": {
        "": {"metric": "Name a metric."},
        "metric=": {"metric": "Must be up to 20 metrics, such as onlineUsers,messagesToday."},
        "metric=onlineUsers&step=2m": {"step": "Must be one of: auto, 5s, 1m, 5m, 1h, 1d."},
        "metric=onlineUsers&tz=Mars": {"tz": ZONE},
        "metric=onlineUsers&tz=../etc": {"tz": ZONE},
        "metric=onlineUsers&tz=America": {"tz": ZONE},
        "metric=onlineUsers&expected=yes": {"expected": "Must be 0 or 1."},
        "metric=onlineUsers&format=xml": {"format": "Must be one of: json, csv."},
        "metric=onlineUsers&since=2999-01-01": {"since": "Must be earlier than now."},
        "metric=onlineUsers&since=2026-01-02&until=2026-01-02": {"until": "Must be later than since."},
        "metric=onlineUsers&form=csv": {"form": UNKNOWN},
    },
    f"{ANALYTICS}/trends": {
        "": {"metric": "Name a metric."},
        "metric=a,b": {"metric": "Must be one metric, such as onlineUsers."},
        "metric=onlineUsers&period=year": {"period": "Must be one of: day, week, month."},
        "metric=onlineUsers&count=61": {"count": "Must be a whole number from 1 to 60."},
        "metric=onlineUsers&tz=Mars": {"tz": ZONE},
    },
    f"{ANALYTICS}/forecast": {
        "": {"metric": "Name a metric."},
        "metric=a,b": {"metric": "Must be one metric, such as onlineUsers."},
        "metric=messagesToday&tz=UTC": {"tz": UNKNOWN},
    },
    f"{ANALYTICS}/explain": {
        "": {"metric": "…"},
        "metric=nothing": {"metric": "…"},
        "metric=custom.nothing": {"metric": "…"},
        "metric=custom.": {"metric": "…"},
    },
    AUDIT: {
        "limit=0": {"limit": "…"},
        "limit=501": {"limit": "…"},
        "before=x": {"before": "…"},
        "limit=1&limit=2": {"limit": ONCE},
        "nonsense=1": {"nonsense": UNKNOWN},
    },
}
CASES = [(path, query, errors) for path, queries in REFUSED.items() for query, errors in queries.items()]
ACCEPTED = [
    f"{EVENTS}?after=9223372036854775807&limit=1000",
    f"{EVENTS}?before=9223372036854775807&limit=1",
    f"{EVENTS}?since=1970-01-01&until=2999-12-31",
    f"{ANALYTICS}/breakdown?by=user&since=2024-12-05&until=2025-12-06&limit=1000",
    f"{ANALYTICS}/breakdown?by=hour&since=2999-12-31",
    f"{ANALYTICS}/breakdown?by=hour&since=2999-12-31&compare=previous&user=me",
    f"{ANALYTICS}/breakdown?by=hour&since=2025-01-01&until=2025-12-31&compare=lastWeek&channel=a",
    f"{ANALYTICS}/breakdown?by=user&since=1970-01-01&until=1970-12-31&compare=previous",
    f"{ANALYTICS}/breakdown?by=channel&since=1970-01-01&until=1970-01-02",
]


@pytest.mark.parametrize(("path", "query", "errors"), CASES)
def test_invalid_parameter_is_named(olivia, path, query, errors):
    answer = olivia.get(f"{path}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["code"] == "INVALID_PARAMETER"
    found = answer.get_json()["errors"]
    assert found.keys() == errors.keys()
    assert {name: [words] for name, words in errors.items() if words != "…"}.items() <= found.items()


@pytest.mark.parametrize("address", ACCEPTED)
def test_bounds_are_accepted(olivia, address):
    assert olivia.get(address).status_code == 200
