"""Expected failures of commands: one line, an exit code that is not 0, no stack trace."""

import functools
import subprocess
import sys

import pytest

COMMANDS = [
    ["user", "create", "n@acme.test", "--name", "N"],
    ["workspace", "create", "new", "--owner", "n@acme.test"],
    ["workspace", "add-member", "acme", "n@acme.test"],
    ["demo", "create"],
]


@pytest.fixture
def flask(environ, root):
    """Run a command as a shell does, with the test's settings and some changes to them."""

    def run(command: list[str], **changes: str | None) -> subprocess.CompletedProcess:
        settings = (
            environ
            | {"PULSE_PASSWORD": "a long password", "PULSE_DEMO_PASSWORD": "a long password"}
            | changes
        )
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=root,
            env={name: value for name, value in settings.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def here(make_app):
    """Run a command in this process, where it takes no second to load; as `flask` does."""

    def run(command: list[str], **changes: str) -> subprocess.CompletedProcess:
        passwords = {"PULSE_PASSWORD": "a long password", "PULSE_DEMO_PASSWORD": "a long password"}
        done = make_app(**changes).test_cli_runner().invoke(args=command, env=passwords)
        return subprocess.CompletedProcess(command, done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture(params=[("flask", COMMANDS[0]), *(("here", command) for command in COMMANDS[1:])])
def run(request):
    """`run(DATABASE_URL=…)`: a command, the first as a shell runs it."""
    where, command = request.param
    return functools.partial(request.getfixturevalue(where), command)


@pytest.fixture
def empty_database(postgres):
    """The URL of a database that has never been migrated."""
    postgres.create_database("never_migrated")
    return postgres.url_of("never_migrated")


def test_database_without_tables(run, empty_database):
    done = run(DATABASE_URL=empty_database)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "Error: The database has no tables yet: run `flask db upgrade`.\n",
    )


def test_database_is_unreachable(run):
    done = run(DATABASE_URL="postgresql://pulse@127.0.0.1:1/pulse")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: The database (DATABASE_URL) is not answering: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["demo", "create"], ["db", "upgrade"], ["--help"]])
def test_invalid_setting(flask, command):
    done = flask(command, DATABASE_URL=None)
    line = "Error: DATABASE_URL is not set: PostgreSQL, 14 or newer\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", line)
