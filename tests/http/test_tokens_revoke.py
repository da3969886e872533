"""DELETE /api/workspaces/<ws>/tokens/<id>: the token is gone, and soon no worker takes it."""

import uuid

import pytest
from scripts import REALTIME, TOKENS, Clock, Script, keep_time


@pytest.fixture
def workers(make_app):
    """Two apps on one database, as two workers are, and the clock of their caches."""
    clock, apps = Clock(), [make_app(), make_app()]
    for app in apps:
        keep_time(app, clock)
    return clock, apps


def through(app, token: str) -> Script:
    return Script(app, app.response_class, use_cookies=False).show(token)


def test_the_row_is_deleted(olivia, script, sql):
    gone, kept = script("stats:read"), script("stats:read")
    answer = olivia.delete(f"{TOKENS}/{gone.token_id}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert [row.id for row in sql("SELECT id FROM tokens")] == [kept.token_id]


def test_half_a_second_later_no_worker_takes_it(workers, olivia, script):
    clock, apps = workers
    token = script("stats:read")
    clients = [through(app, token.token) for app in apps]
    assert [client.get(REALTIME).status_code for client in clients] == [200, 200]
    olivia.delete(f"{TOKENS}/{token.token_id}")
    clock.now += 0.5
    assert [client.get(REALTIME).status_code for client in clients] == [401, 401]


def test_a_worker_that_has_not_seen_it_lately_refuses_it_at_once(workers, olivia, script):
    _clock, [app, _other] = workers
    token = script("stats:read")
    olivia.delete(f"{TOKENS}/{token.token_id}")
    assert through(app, token.token).get(REALTIME).status_code == 401


def test_a_second_time_there_is_nothing_to_revoke(olivia, script):
    path = f"{TOKENS}/{script('stats:read').token_id}"
    assert [olivia.delete(path).status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize("token_id", [str(uuid.uuid4()), "1", "x" * 5_000, "%00"])
def test_what_is_no_token_is_not_found(olivia, token_id):
    answer = olivia.delete(f"{TOKENS}/{token_id}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "NOT_FOUND")


def test_another_workspaces_token_is_not_found(oscar, script, sql):
    token = script("stats:read")
    assert oscar.delete(f"/api/workspaces/elsewhere/tokens/{token.token_id}").status_code == 404
    assert len(sql("SELECT * FROM tokens")) == 1


@pytest.mark.parametrize(("name", "status"), [("mika", 403), ("vera", 403), ("oscar", 404), ("client", 401)])
def test_it_takes_an_admin(request, script, sql, name, status):
    path = f"{TOKENS}/{script('stats:read').token_id}"
    assert request.getfixturevalue(name).delete(path).status_code == status
    assert len(sql("SELECT * FROM tokens")) == 1


def test_a_token_may_end_itself(script, sql):
    admin = script("admin")
    assert admin.delete(f"{TOKENS}/{admin.token_id}").status_code == 204
    assert sql("SELECT * FROM tokens") == []
