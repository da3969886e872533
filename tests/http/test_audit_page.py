"""The page of the audit log: filters, pages and CSV, for owners and without JavaScript; the API filters too."""

import csv
import io

import pytest
from scripts import TOKENS

PAGE = "/w/acme/audit"
API = "/api/workspaces/acme/audit"
SETTINGS = "/api/workspaces/acme/settings"


@pytest.fixture
def deeds(olivia, cast):
    """Something of each kind."""
    olivia.patch(SETTINGS, json={"name": "=1+1;<b>Acme</b>"})
    olivia.patch(f"/api/workspaces/acme/members/{cast['mika']}", json={"role": "admin"})
    olivia.post(TOKENS, json={"name": "Build", "scopes": ["events:write"]})


def rows(text: str) -> list[str]:
    return [part.split("</th>")[0].rpartition(">")[2] for part in text.split('role="rowheader"')[1:]]


def test_entries_newest_first(olivia, deeds):
    page = olivia.get(PAGE)
    assert page.status_code == 200
    assert rows(page.text)[:3] == ["token.created", "member.role-changed", "settings.changed"]
    assert "role: admin; before: member" in page.text
    assert "<b>Acme</b>" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=member.role-changed", ["member.role-changed"]),
        ("since=2020-01-01&until=2020-01-02", []),
        ("since=2020-01-01&action=settings.changed", ["settings.changed"]),
        ("action=nonsense", None),
        ("until=tomorrow&person=nobody&before=0&since=9999-12-32", None),
    ],
)
def test_filters(olivia, deeds, query, found):
    page = olivia.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    if found is None:
        assert "is not understood, and filters nothing." in page.text
        assert len(rows(page.text)) > 3
    else:
        assert rows(page.text) == found


def test_person_filter_finds_actor_and_subject(olivia, deeds, cast):
    found = rows(olivia.get(f"{PAGE}?person={cast['mika']}").text)
    assert found == ["member.role-changed", "member.added"]


def test_days_in_the_workspace_timezone(olivia, sql):
    olivia.patch(SETTINGS, json={"timezone": "Pacific/Kiritimati"})
    [(today,)] = sql("SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date::text")
    assert "settings.changed" in rows(olivia.get(f"{PAGE}?since={today}&until={today}").text)


def test_older_entries_link(olivia, deeds, sql):
    sql("INSERT INTO audit_entries (workspace_id, action, via) SELECT id, 'streams.closed', 'session'"
        " FROM workspaces, generate_series(1, 120) WHERE slug = 'acme'")  # fmt: skip
    first = olivia.get(f"{PAGE}?action=streams.closed").text
    assert len(rows(first)) == 100
    older = first.split(">Older entries<")[0].rpartition('href="')[2].rstrip('"').replace("&amp;", "&")
    second = olivia.get(older).text
    assert (len(rows(second)), "Older entries" in second) == (20, False)


def test_csv_has_all_filtered_entries(olivia, deeds, sql):
    sql("INSERT INTO audit_entries (workspace_id, action, via) SELECT id, 'streams.closed', 'session'"
        " FROM workspaces, generate_series(1, 1100) WHERE slug = 'acme'")  # fmt: skip
    with olivia.get(f"{PAGE}.csv?action=streams.closed") as answer:
        table = list(csv.DictReader(io.StringIO(answer.text)))
    assert (answer.mimetype, "acme-audit.csv" in answer.headers["Content-Disposition"]) == ("text/csv", True)
    assert len({row["id"] for row in table}) == len(table) == 1100
    with olivia.get(f"{PAGE}.csv?action=token.created") as answer:
        one = next(csv.DictReader(io.StringIO(answer.text)))
    assert (one["actor"], one["actorEmail"], one["via"]) == ("Olivia", "olivia@acme.test", "session")


def test_api_has_the_same_filters(olivia, deeds, cast):
    def actions(**query):
        return [entry["action"] for entry in olivia.get(API, query_string=query).get_json()["data"]]

    assert actions(action="token.created") == ["token.created"]
    assert actions(person=str(cast["mika"])) == ["member.role-changed", "member.added"]
    assert actions(until="2020-01-01") == []
    assert len(actions(since="2020-01-01")) > 3
    assert olivia.get(f"{API}?action=nonsense").status_code == 400
    assert olivia.get(f"{API}?person=nobody").status_code == 400


def test_link_is_for_owners_only(olivia, ada):
    assert 'href="/w/acme/audit"' in olivia.get("/w/acme/members").text
    assert 'href="/w/acme/audit"' not in ada.get("/w/acme/members").text
    assert ada.get(PAGE).status_code == 403
