"""The page at /w/<slug> as it leaves the server: useful before any script has run, and safe."""

import json
import re

import pytest

HOSTILE = "</script><script>alert(1)</script><!--\u2028&amp;"


def data_of(page) -> dict:
    (block,) = re.findall(
        r'<script type="application/json" id="page-data">(.*?)</script>', page.text, re.DOTALL
    )
    return json.loads(block)


def figures_of(page) -> dict[str, str]:
    return dict(
        re.findall(
            r'data-metric="([\w.]+)".*?<span class="figure"><span>([^<]*)</span>', page.text, re.DOTALL
        )
    )


@pytest.fixture
def tracked(mika):
    """Three events of Mika's, over the API."""
    for event_type in ("message.sent", "message.sent", "task.created"):
        data = {"taskId": "t-1"} if event_type == "task.created" else {"channelId": "general"}
        answer = mika.post(
            "/api/workspaces/acme/analytics/realtime", json={"eventType": event_type, "eventData": data}
        )
        assert answer.status_code == 200
    return mika


def test_shows_current_figures(tracked):
    assert figures_of(tracked.get("/w/acme")) == {
        "activeUsers": "1",
        "onlineUsers": "1",
        "activeSessions": "0",
        "messagesToday": "2",
        "messagesLastHour": "2",
        "activeChannels": "1",
        "activeOrchestrators": "0",
        "tasksInProgress": "1",
    }


def test_data_ends_at_its_cursor(tracked):
    data = data_of(tracked.get("/w/acme"))
    assert [event["eventType"] for event in data["events"]] == [
        "message.sent",
        "message.sent",
        "task.created",
    ]
    assert set(data["events"][0]) == {"eventType", "userId", "timestamp", "eventId", "channelId"}
    assert re.fullmatch(r"[0-9a-f]{8}-3", data["lastEventId"])


def test_data_names_members_only(mika, cast):
    assert data_of(mika.get("/w/acme"))["members"] == {
        str(cast[name]): name.capitalize() for name in ("olivia", "mika", "vera")
    }


def test_empty_workspace_shows_commands(mika):
    page = mika.get("/w/acme")
    assert "Nothing has happened here yet" in page.text
    assert "curl -b pulse.cookies http://localhost/api/workspaces/acme/analytics/realtime" in page.text


def test_viewer_sees_no_commands(vera):
    page = vera.get("/w/acme")
    assert "Viewers cannot send one" in page.text
    assert "curl" not in page.text
    assert 'id="track-dialog"' not in page.text


@pytest.mark.parametrize("statement", ["UPDATE users SET name = :name", "UPDATE workspaces SET name = :name"])
def test_names_are_escaped(mika, sql, statement):
    sql(statement, name=HOSTILE)
    page = mika.get("/w/acme")
    assert page.text.count("<script") == page.text.count("</script") == 3
    assert "<!--" not in page.text
    data = data_of(page)
    assert HOSTILE in [data["workspace"]["name"], *data["members"].values()]


def test_no_inline_code(mika):
    page = mika.get("/w/acme").text
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert all(
        "src=" in script or 'type="application/json"' in script
        for script in re.findall(r"<script[^>]*>", page)
    )


def test_old_log_differs_from_empty_log(tracked, sql):
    sql("DELETE FROM events")
    page = tracked.get("/w/acme")
    assert "Nothing recent to show" in page.text
    assert data_of(page)["lastEventId"].endswith("-3")


def test_links_to_admin_pages_for_admins(olivia, mika):
    link = 'href="/w/acme/tokens"'
    assert link in olivia.get("/w/acme").text
    assert link not in mika.get("/w/acme").text


def test_demotion_holds_for_the_next_page(olivia, sql):
    sql("UPDATE memberships SET role = 'member' FROM users WHERE users.id = user_id AND name = 'Olivia'")
    page = olivia.get("/w/acme/tokens", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype, "Access denied" in page.text) == (403, "text/html", True)


def test_menu_leads_to_the_doctor_and_the_api(vera):
    page = vera.get("/w/acme").text
    assert 'class="menu-item" href="/doctor?workspace=acme"' in page
    assert 'class="menu-item" href="/api/docs"' in page
