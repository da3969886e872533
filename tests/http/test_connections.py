"""Who may see and close a workspace's streams: its admins; to others it says no more than elsewhere."""

from conftest import PASSWORD
from posting import REALTIME

CONNECTIONS = REALTIME.replace("realtime", "connections")


def test_no_streams_is_an_empty_list(olivia):
    body = olivia.get(CONNECTIONS).get_json()
    assert (body["data"], body["meta"]["count"]) == ([], 0)


def test_client_is_described(olivia, script, client, cast):
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
    answer = client.post(
        "/api/auth/login",
        json={"email": "mika@acme.test", "password": PASSWORD},
        headers={"User-Agent": chrome},
    )
    assert answer.status_code == 200
    wall = script("stats:read", of="vera", name="Wall screen")
    with (
        client.get(REALTIME, headers={"Accept": "text/event-stream"}) as mikas,
        wall.get(REALTIME, headers={"Accept": "text/event-stream"}) as walls,
    ):
        next(mikas.response)
        next(walls.response)
        entries = olivia.get(CONNECTIONS).get_json()["data"]
    listed = [tuple(entry[name] for name in ("name", "role", "via", "client")) for entry in entries]
    assert listed == [
        ("Mika", "member", "session", "Chrome on Linux"),
        ("Vera", "viewer", "token", "Wall screen"),
    ]
    assert not any("credential" in entry for entry in entries)


def test_stream_of_other_workspace_is_404(cast, olivia, oscar):
    stream = olivia.get(REALTIME, headers={"Accept": "text/event-stream"})
    with stream:
        next(stream.response)
        [entry] = olivia.get(CONNECTIONS).get_json()["data"]
        elsewhere = CONNECTIONS.replace("acme", "elsewhere")
        assert oscar.get(elsewhere).get_json()["data"] == []
        assert oscar.delete(f"{elsewhere}/{entry['connectionId']}").get_json()["closedCount"] == 0
        assert olivia.get(CONNECTIONS).get_json()["meta"]["count"] == 1
