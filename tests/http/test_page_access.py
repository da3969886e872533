"""Who gets to which page, and the settings that pages are given."""

import json
import re

import pytest
from conftest import PASSWORD, new_browser


def test_visitor_signs_in_and_returns(client, cast):
    answer = client.get("/w/acme?x=1")
    assert (answer.status_code, answer.location) == (303, "/login?next=%2Fw%2Facme%3Fx%3D1")


def test_home_is_the_first_workspace(mika, oscar):
    assert (mika.get("/").status_code, mika.get("/").location) == (303, "/w/acme")
    assert oscar.get("/").location == "/w/elsewhere"


def test_home_of_a_visitor_is_the_sign_in(client):
    assert (client.get("/").status_code, client.get("/").location) == (303, "/login")


def test_home_without_a_workspace(mika, sql, cast):
    sql("DELETE FROM memberships WHERE user_id = :mika", mika=cast["mika"])
    page = mika.get("/")
    assert page.status_code == 200
    assert "You do not belong to a workspace yet" in page.text


def test_foreign_workspace_looks_unknown(oscar):
    theirs, nowhere, malformed = (
        oscar.get(f"/w/{slug}", headers={"Accept": "text/html"}) for slug in ("acme", "x", "%00")
    )
    assert theirs.status_code == nowhere.status_code == malformed.status_code == 404
    assert theirs.text == nowhere.text == malformed.text
    assert "Page not found" in theirs.text


def test_workspace_by_id(mika, sql):
    workspace = sql("SELECT id FROM workspaces WHERE slug = 'acme'")[0].id
    assert mika.get(f"/w/{workspace}").status_code == 200


def test_links_to_other_workspaces(mika, sql, cast):
    sql(
        """INSERT INTO memberships (workspace_id, user_id, role)
            SELECT id, :mika, 'viewer' FROM workspaces WHERE slug = 'elsewhere'""",
        mika=cast["mika"],
    )
    page = mika.get("/w/acme").text
    assert 'href="/w/elsewhere"' in page
    assert 'href="/w/acme" aria-current="page"' in page


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


PAGE = "/doctor"


def test_default_is_the_first_workspace(vera, oscar):
    assert "· Acme ·" in vera.get(PAGE).text
    assert "· Elsewhere ·" in oscar.get(PAGE).text


def test_foreign_workspace_is_not_found(oscar):
    assert oscar.get(f"{PAGE}?workspace=acme").status_code == 404


def test_without_a_workspace_goes_home(mika, sql, cast):
    sql("DELETE FROM memberships WHERE user_id = :mika", mika=cast["mika"])
    assert mika.get(PAGE).location == "/"


def test_shows_the_servers_own_address(mika):
    assert '"seenAs": "http://localhost"' in mika.get(PAGE).text
    assert '"seenAs": "https://localhost"' in mika.get(PAGE, base_url="https://localhost").text
