"""`flask user create`: the password comes from a prompt, from the environment or from stdin."""

import pytest

PASSWORD = "a long password"
NEW = ["user", "create", "Nina@Acme.test", "--name", "Nina"]


@pytest.fixture
def flask(app, monkeypatch):
    monkeypatch.delenv("PULSE_PASSWORD", raising=False)
    return app.test_cli_runner().invoke


def can_sign_in(client):
    answer = client.post("/api/auth/login", json={"email": "nina@acme.test", "password": PASSWORD})
    return answer.status_code == 200


def test_password_prompt(flask, client):
    done = flask(args=NEW, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert (done.exit_code, done.output) == (
        0,
        "Password: \nRepeat for confirmation: \nCreated the user nina@acme.test.\n",
    )
    assert can_sign_in(client)


def test_prompt_repeats_on_mismatch(flask, client):
    done = flask(args=NEW, input=f"{PASSWORD}\ntypo\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert "Error: The two entered values do not match." in done.output
    assert can_sign_in(client)


def test_password_on_stdin(flask, client):
    done = flask(args=[*NEW, "--password-stdin"], input=f"{PASSWORD}\n")
    assert (done.exit_code, done.output) == (0, "Created the user nina@acme.test.\n")
    assert can_sign_in(client)


def test_password_in_environment(flask, client):
    assert flask(args=NEW, env={"PULSE_PASSWORD": PASSWORD}).exit_code == 0
    assert can_sign_in(client)


@pytest.mark.parametrize(
    ("args", "password", "line"),
    [
        (["not-an-address", "--name", "Nina"], PASSWORD, "email: Not an e-mail address."),
        (["n@acme.test", "--name", " "], PASSWORD, "name: Must be 1 to 100 visible characters."),
        (["n@acme.test", "--name", "a\nb"], PASSWORD, "name: Must be 1 to 100 visible characters."),
        (["n@acme.test", "--name", "Nina"], "short", "password: Must be 8 to 1024 characters."),
        (["Mika@acme.test", "--name", "Nina"], PASSWORD, "There is a user mika@acme.test already."),
    ],
)
def test_invalid_user(flask, cast, sql, args, password, line):
    done = flask(args=["user", "create", *args], env={"PULSE_PASSWORD": password})
    assert (done.exit_code, done.stderr, done.stdout) == (1, f"Error: {line}\n", "")
    assert sql("SELECT count(*) FROM users") == [(len(cast),)]


def test_invalid_utf_8(flask, sql):
    in_name = flask(
        args=["user", "create", "n@acme.test", "--name", "N\udcff"], env={"PULSE_PASSWORD": PASSWORD}
    )
    assert in_name.stderr == "Error: name: Must be 1 to 100 visible characters.\n"
    in_password = flask(args=[*NEW, "--password-stdin"], input=b"long enough \xff\n")
    assert in_password.stderr == "Error: password: Must be text in UTF-8.\n"
    assert (in_name.exit_code, in_password.exit_code) == (1, 1)
    assert sql("SELECT * FROM users") == []
