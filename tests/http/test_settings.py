"""`/api/workspaces/<ws>/settings`: read by admins, changed all at once or not at all, in force at once."""

import pytest
from posting import REALTIME, post_batch

SETTINGS = "/api/workspaces/acme/settings"
USUAL = {
    "slug": "acme",
    "name": "Acme",
    "timezone": "UTC",
    "strict": False,
    "addresses": "off",
    "markTypes": [],
}


def test_settings_are_read(olivia):
    assert olivia.get(SETTINGS).get_json() == USUAL


def test_named_settings_change(olivia):
    answer = olivia.patch(SETTINGS, json={"name": " Acme & Co ", "strict": True})
    assert (answer.status_code, answer.get_json()) == (200, USUAL | {"name": "Acme & Co", "strict": True})
    assert olivia.patch(SETTINGS, json={}).get_json()["name"] == "Acme & Co"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"timezone": "Berlin"}, {"timezone": ["Not an IANA time zone. Did you mean Europe/Berlin?"]}),
        ({"timezone": "../../etc/passwd"}, {"timezone": ["Not an IANA time zone, such as Europe/Berlin."]}),
        ({"timezone": None}, {"timezone": ["Field may not be null."]}),
        ({"name": ""}, {"name": ["Must be 1 to 100 visible characters."]}),
        ({"strict": "yes"}, {"strict": ["Must be true or false."]}),
        ({"strict": 1}, {"strict": ["Must be true or false."]}),
        ({"addresses": "some"}, {"addresses": ["Must be one of: off, truncated, full."]}),
        ({"slug": "other"}, {"slug": ["Unknown field."]}),
    ],
)
def test_errors_change_nothing(olivia, body, errors):
    body = {"name": "Half", **body} if isinstance(body, dict) and "name" not in body else body
    answer = olivia.patch(SETTINGS, json=body)
    assert (answer.status_code, answer.get_json()["errors"]) == (422, errors)
    assert olivia.get(SETTINGS).get_json() == USUAL


def test_today_follows_the_timezone(olivia, vera, mika, sql):
    """Kiritimati's day is never Pago Pago's: 25 hours lie between their midnights."""
    post_batch(mika, *[{"eventType": "message.sent"}] * 3)
    sql("""INSERT INTO minute_counts
        SELECT id, date_trunc('day', now(), 'Pacific/Pago_Pago') - interval '1 minute', 'message.sent', 40, 0
        FROM workspaces WHERE slug = 'acme'""")
    for zone in ("Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert olivia.patch(SETTINGS, json={"timezone": zone}).get_json()["timezone"] == zone
        [(expected,)] = sql(
            "SELECT sum(count) FROM minute_counts WHERE minute >= date_trunc('day', now(), :zone)", zone=zone
        )
        data = vera.get(f"{REALTIME}?compare=1").get_json()["data"]
        assert (data["messagesToday"], data["eventCounts"]["message.sent"]) == (expected, expected), zone


def test_yesterday_follows_the_timezone(olivia, vera, sql):
    sql("UPDATE workspaces SET created_at = now() - interval '9 days'")
    sql("""INSERT INTO minute_counts
        SELECT id, date_trunc('minute', now()) - n * interval '1 minute', 'message.sent', 1, 0
        FROM workspaces, generate_series(1, 4000) AS n WHERE slug = 'acme'""")
    yesterday = """
        SELECT count(*) FROM minute_counts WHERE minute < date_trunc('minute', now()) - interval '1 day'
        AND minute >= date_trunc('day', now() - interval '1 day', :zone)
    """
    for zone in ("UTC", "Asia/Kathmandu", "Pacific/Kiritimati"):
        olivia.patch(SETTINGS, json={"timezone": zone})
        before = sql(yesterday, zone=zone)[0][0]
        shown = vera.get(f"{REALTIME}?compare=1").get_json()["data"]["compare"]["messagesToday"]["yesterday"]
        assert shown["value"] in (before, sql(yesterday, zone=zone)[0][0]), zone


def test_same_value_is_no_change(olivia):
    settings = {"timezone": "UTC", "name": "Acme", "strict": False, "addresses": "off"}
    before = olivia.get("/api/workspaces/acme/audit").get_json()
    assert olivia.patch(SETTINGS, json=settings).get_json()["timezone"] == "UTC"
    olivia.patch(SETTINGS, json=settings | {"strict": True})
    [entry, *others] = olivia.get("/api/workspaces/acme/audit").get_json()["data"]
    assert entry["details"] == {"strict": True, "before": {"strict": False}}
    assert others == before["data"]
