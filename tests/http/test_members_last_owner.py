"""A workspace never loses its last owner: not one by one, not when two go at once, not when one is erased."""

import gevent
import pytest

from app.errors import Problem
from app.workspaces.personal_data import erase

MEMBERS = "/api/workspaces/acme/members"
OWNERS = """
    SELECT users.name FROM memberships
    JOIN users ON users.id = user_id JOIN workspaces ON workspaces.id = workspace_id
    WHERE slug = 'acme' AND role = 'owner' ORDER BY 1
"""


@pytest.fixture
def owners(sql):
    return lambda: [name for (name,) in sql(OWNERS)]


@pytest.fixture
def two_owners(sql):
    sql("UPDATE memberships SET role = 'owner' FROM users WHERE users.id = user_id AND name = 'Mika'")


def refusal(answer) -> str:
    return answer.status_code == 409 and answer.get_json()["code"]


def test_last_owner_stays(olivia, cast, owners):
    own = f"{MEMBERS}/{cast['olivia']}"
    assert refusal(olivia.patch(own, json={"role": "admin"})) == "LAST_OWNER"
    assert refusal(olivia.delete(own)) == "LAST_OWNER"
    assert olivia.patch(own, json={"role": "owner"}).status_code == 200
    assert owners() == ["Olivia"]


def test_one_of_two_owners_may_leave(olivia, cast, owners, two_owners):
    assert olivia.delete(f"{MEMBERS}/{cast['olivia']}").status_code == 204
    assert owners() == ["Mika"]


@pytest.mark.parametrize("leave", ["demote", "remove"])
def test_concurrent_demotions_leave_one(olivia, mika, cast, owners, two_owners, leave):
    def unmake(client, name):
        path = f"{MEMBERS}/{cast[name]}"
        return client.patch(path, json={"role": "viewer"}) if leave == "demote" else client.delete(path)

    both = [gevent.spawn(unmake, olivia, "mika"), gevent.spawn(unmake, mika, "olivia")]
    gevent.joinall(both, raise_error=True)
    assert sorted(one.value.status_code < 400 for one in both) == [False, True]
    assert len(owners()) == 1


def test_concurrent_erasures_leave_one(app, cast, owners, two_owners):
    def vanish(name):
        with app.app_context():
            try:
                erase(cast[name])
            except Problem as problem:
                return str(problem)
        return "erased"

    both = [gevent.spawn(vanish, name) for name in ("olivia", "mika")]
    gevent.joinall(both, raise_error=True)
    assert sorted(one.value for one in both) == [
        "This is the only owner of acme: name another one first.",
        "erased",
    ]
    assert len(owners()) == 1


def test_admin_learns_nothing_of_other_owners(ada, cast):
    path = f"{MEMBERS}/{cast['olivia']}"
    answers = [ada.patch(path, json={"role": "viewer"}), ada.delete(path)]
    assert [(answer.status_code, answer.get_json()["code"]) for answer in answers] == [(403, "FORBIDDEN")] * 2
