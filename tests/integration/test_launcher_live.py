"""`make run`: its output, the printed password, demo traffic, and restarts of children that die."""

import re
from collections.abc import Iterator

import pytest
from launcher_run import LauncherRun, failed_start, run


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LauncherRun]:
    with run(tmp_path_factory.mktemp("live") / "instance", WEB_CONCURRENCY="2") as one:
        yield one


def test_last_line_is_the_address(live: LauncherRun):
    assert live.lines[-1] == f"Pulse is live at {live.address}/w/acme"
    assert live.is_ready()


def test_steps_are_printed_with_durations(live: LauncherRun):
    steps = [re.sub(r"\d+\.\d s$", "N s", line) for line in live.lines[: live.lines.index("")]]
    assert steps == [
        "Starting PostgreSQL … first start: creating the database … N s",
        "Starting Valkey … N s",
        "Bringing the tables up to date … N s",
        "Making sure the demo workspaces are there … N s",
        "Starting gunicorn with 2 workers … N s",
        "Starting the demo traffic … N s",
    ]


def test_demo_traffic_arrives(live: LauncherRun):
    live.await_events(live.events())


def test_secrets_have_mode_0600(live: LauncherRun):
    modes = [oct((live.instance / name).stat().st_mode & 0o777) for name in ("secret_key", "demo_password")]
    assert modes == ["0o600", "0o600"]


def test_second_start_is_refused(live: LauncherRun):
    second = failed_start(live.instance)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"pulse: Pulse is already running: {live.instance} is in use by process {live.process.pid}; "
        "stop it, or set PULSE_INSTANCE_DIR (and PORT) for a second one\n"
    )
    assert live.is_ready()


def test_port_in_use_is_named(live: LauncherRun, tmp_path):
    port = live.address.rpartition(":")[2]
    second = failed_start(tmp_path / "instance", PORT=port)
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.startswith(
        f"pulse: PORT {port} cannot be used (Address already in use): set another"
    )


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("valkey", "Valkey"),
        ("bin/postgres", "PostgreSQL"),
        ("-m demo", "the demo traffic"),
        ("gunicorn", "gunicorn"),
    ],
)
def test_killed_child_is_restarted(live: LauncherRun, command: str, name: str):
    before = live.events()
    live.child(command).kill()
    assert live.read_until(f"{name} ended") == f"{name} ended (SIGKILL); starting it again in 0.5 s"
    live.read_until(f"{name} is running again")
    live.await_events(before)
