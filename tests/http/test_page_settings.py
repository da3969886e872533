"""Pages receive the settings as data, so that no script has to copy a default."""

import json
import re

import pytest
from conftest import PASSWORD, new_browser


@pytest.fixture
def page(make_app, cast):
    """The data of a page of a service whose settings are not the usual ones."""
    app = make_app(
        PULSE_MINUTE_RETENTION_HOURS="6", PULSE_STATS_UPDATE_INTERVAL="60", PULSE_HEARTBEAT_INTERVAL="12"
    )
    visitor = new_browser(app)
    visitor.post("/api/auth/login", json={"email": "mika@acme.test", "password": PASSWORD})
    return lambda path: visitor.get(path).text


def data_of(text: str) -> dict:
    return json.loads(re.findall(r'id="page-data">(.*?)</script>', text, re.DOTALL)[0])


def test_dashboard_has_the_retention(page):
    assert data_of(page("/w/acme"))["history"] == {"minutesFor": 6 * 3600, "tick": 60}


def test_doctor_has_the_heartbeat(page):
    text = page("/doctor")
    assert data_of(text)["heartbeat"] == 12
    assert "heartbeat, 12 seconds, and" in text
