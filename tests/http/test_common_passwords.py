"""Common passwords are refused wherever one is chosen, with a hint and without rules of composition."""

import sys

import pytest
from conftest import PASSWORD

from app.auth.common_passwords import MOST, _common, is_common

COMMON = "trustno1"
HINT = "guessed first"


@pytest.mark.parametrize("password", ["password", "Password", "12345678", "TRUSTNO1", " iloveyou "])
def test_common_whatever_its_capitals(password):
    assert is_common(password)


@pytest.mark.parametrize("password", [PASSWORD, "mellowdromedary", "аbcdefgh", "密码密码密码密码"])
def test_no_rule_of_composition(password):
    assert not is_common(password)


def test_only_the_list_is_kept():
    assert 0.99 * MOST < len(_common()) <= MOST
    assert not [name for name in sys.modules if name.startswith("zxcvbn")]


def test_change_refuses_it(mika):
    answer = mika.post("/api/auth/password", json={"currentPassword": PASSWORD, "newPassword": COMMON})
    assert answer.status_code == 422
    assert HINT in answer.get_json()["errors"]["newPassword"][0]


def test_reset_and_invitation_refuse_it(app, client, olivia):
    link = app.test_cli_runner().invoke(args=["user", "reset-link", "mika@acme.test"]).stdout.strip()
    page = client.post(link, data={"newPassword": COMMON})
    assert (page.status_code, HINT in page.text) == (422, True)
    made = olivia.post("/api/workspaces/acme/invitations", json={"email": "nina@acme.test"}).get_json()
    page = client.post(f"{made['data']['url']}/create", data={"name": "Nina", "password": COMMON})
    assert (page.status_code, HINT in page.text) == (422, True)


@pytest.mark.parametrize(
    "command", [["create", "n@acme.test", "--name", "N"], ["set-password", "mika@acme.test"]]
)
def test_commands_refuse_it(app, cast, command):
    done = app.test_cli_runner().invoke(args=["user", *command], env={"PULSE_PASSWORD": COMMON})
    assert (done.exit_code, HINT in done.stderr) == (1, True)


def test_existing_common_password_works(client, cast, sql):
    from app.auth import passwords

    sql("UPDATE users SET password_hash = :hash WHERE name = 'Mika'", hash=passwords.make_hash(COMMON))
    answer = client.post("/api/auth/login", json={"email": "mika@acme.test", "password": COMMON})
    assert answer.status_code == 200
