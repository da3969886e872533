"""API tokens over two workers: whatever one worker remembers, a revoked token is worth nothing a second later."""

import time

import pytest
from visitor import PATH

TOKENS = "/api/workspaces/acme/tokens"


@pytest.fixture
def made(olivia):
    """A token, as it is answered when it is made."""
    answer = olivia.post(TOKENS, json={"name": "Build server", "scopes": ["events:write", "stats:read"]})
    return answer.raise_for_status().json()


@pytest.fixture
def scripts(server, visit, made):
    """A script on each worker."""
    clients = [visit(worker=worker) for worker in server.worker_pids()]
    for client in clients:
        client.headers["Authorization"] = f"Bearer {made['token']}"
    return clients


def test_new_token_works_on_both_workers(scripts):
    numbers = [script.track()["seq"] for script in scripts]
    assert numbers == [numbers[0], numbers[0] + 1]


def test_revoked_token_is_refused(olivia, scripts, made):
    for script in scripts:
        script.track()
    assert olivia.delete(f"{TOKENS}/{made['id']}").status_code == 204
    time.sleep(1)  # what is promised; no worker may need longer
    assert [script.get(PATH).status_code for script in scripts] == [401, 401]
