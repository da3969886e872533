"""`make run`: the live line, the sign-in it prints, traffic, and children that come back when they die."""

import re
from collections.abc import Iterator

import pytest
from launcher_run import Run, attempt, run


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with run(tmp_path_factory.mktemp("live") / "instance", WEB_CONCURRENCY="2") as one:
        yield one


def test_the_live_line_is_the_last_and_true(live: Run):
    assert live.lines[-1] == f"Pulse is live at {live.address}/w/acme"
    assert live.is_ready()


def test_every_step_says_what_it_is_and_how_long_it_took(live: Run):
    steps = [re.sub(r"\d+\.\d s$", "N s", line) for line in live.lines[: live.lines.index("")]]
    assert steps == [
        "Starting PostgreSQL … first start: creating the database … N s",
        "Starting Valkey … N s",
        "Bringing the tables up to date … N s",
        "Making sure the demo workspaces are there … N s",
        "Starting gunicorn with 2 workers … N s",
        "Starting the demo traffic … N s",
    ]


def test_the_printed_password_signs_in_and_the_numbers_move(live: Run):
    before = live.events()
    assert live.goes_on_from(before)


def test_the_secrets_are_for_their_owner_alone(live: Run):
    modes = [oct((live.instance / name).stat().st_mode & 0o777) for name in ("secret_key", "demo_password")]
    assert modes == ["0o600", "0o600"]


def test_a_second_start_on_the_same_directory_is_refused_in_one_line(live: Run):
    second = attempt(live.instance)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"pulse: Pulse is already running: {live.instance} is in use by process {live.process.pid}; "
        "stop it, or set PULSE_INSTANCE_DIR (and PORT) for a second one\n"
    )
    assert live.is_ready()


def test_a_port_that_is_taken_is_named(live: Run, tmp_path):
    port = live.address.rpartition(":")[2]
    second = attempt(tmp_path / "instance", PORT=port)
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.startswith(
        f"pulse: PORT {port} cannot be used (Address already in use): set another"
    )


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("valkey", "Valkey"),
        ("bin/postgres", "PostgreSQL"),
        ("-m demo", "the demo traffic"),
        ("gunicorn", "gunicorn"),
    ],
)
def test_a_child_that_is_killed_is_named_and_started_again(live: Run, words: str, name: str):
    before = live.events()
    live.child(words).kill()
    assert live.read_until(f"{name} ended") == f"{name} ended (SIGKILL); starting it again in 0.5 s"
    live.read_until(f"{name} is running again")
    assert live.goes_on_from(before)
