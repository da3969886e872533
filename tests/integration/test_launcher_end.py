"""The end of `make run`, orderly or not, and a second start: no process left, no event lost."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from launcher_run import environment, run
from launcher_support import ask, parent
from servers import ROOT, until

from launcher.errors import AlreadyRunning
from launcher.postgres import Postgres
from launcher.valkey import Valkey


def test_data_survive_a_stop_and_a_kill(tmp_path: Path):
    with run(tmp_path) as first:
        first.await_events(20)
        stored = first.events()
        assert first.interrupt() == 0
        assert first.lines[-1].startswith("Stopping … ")
        first.await_end_of_children()
    with run(tmp_path) as second:
        assert (second.password, second.events() >= stored) == (first.password, True)
        second.await_events(stored + 20)
        stored = second.events()
        second.process.kill()
        second.process.wait()
        # At once, while the children of the second one still end.
        with run(tmp_path, PULSE_DEMO_TRAFFIC="0") as third:
            assert "No demo traffic. " in "\n".join(third.lines)
            assert third.events() >= stored
        second.await_end_of_children()


def test_second_ctrl_c_stops_at_once(tmp_path: Path):
    with run(tmp_path) as one, half_a_request(one.address):
        one.process.send_signal(signal.SIGINT)
        time.sleep(1)  # a second one right after the first counts as a duplicate
        assert one.interrupt() == 0
        one.await_end_of_children()
    assert "database system is shut down" not in (tmp_path / "logs" / "postgres.log").read_text()


def test_ctrl_c_while_loading_is_silent(tmp_path: Path):
    command = [sys.executable, "-m", "launcher"]
    started = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until(lambda: catches(started.pid, signal.SIGTERM), "it has begun to load")
    started.send_signal(signal.SIGINT)
    said, _ = started.communicate(timeout=60)
    assert started.returncode == 0, said
    assert "Traceback" not in said


def catches(pid: int, number: int) -> bool:
    """Whether a process has a handler for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(caught >> (number - 1) & 1)


@contextlib.contextmanager
def half_a_request(address: str) -> Iterator[None]:
    """A POST whose body never comes: gunicorn waits for it during an orderly shutdown."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        time.sleep(0.5)
        yield


def test_killed_make_stops_everything(tmp_path: Path):
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec '{sys.executable}' -m launcher\n")
    make = (shutil.which("make"), "-f", str(tmp_path / "Makefile"), "run")
    with run(tmp_path / "instance", command=make) as one:
        one.process.kill()
        one.process.wait()
        one.await_end_of_children()


def test_crash_loop_stops_the_launcher(tmp_path: Path):
    with run(tmp_path) as one:
        for _ in range(4):
            one.child("gunicorn").kill()
            one.read_until("gunicorn is running again")
        one.child("gunicorn").kill()
        last = one.read_until("pulse: ")
        assert one.process.wait(60) == 1
    log = tmp_path / "logs" / "gunicorn.log"
    assert last == f"pulse: gunicorn ended 5 times in a minute, last with SIGKILL; see {log}"
    assert {line for line in log.read_text().splitlines() if line} & set(one.lines), "its log was not shown"
    one.await_end_of_children()


@pytest.mark.parametrize(("server", "folder"), [(Postgres, "postgres"), (Valkey, "valkey")])
def test_second_start_names_the_first(tmp_path: Path, server: type, folder: str):
    with parent(tmp_path) as first:
        with pytest.raises(AlreadyRunning, match=rf"{folder} is in use by process {first.pid}"):
            server(tmp_path / folder).start()
        assert ask(first.database_url, "SELECT 1") == [(1,)]
        with redis.from_url(first.redis_url) as client:
            assert client.ping()


def test_stop_of_refused_server_is_a_no_op(tmp_path: Path):
    with parent(tmp_path) as first:
        refused = Postgres(tmp_path / "postgres")
        with pytest.raises(AlreadyRunning):
            refused.start()
        refused.stop()
        assert ask(first.database_url, "SELECT 1") == [(1,)]


def test_lock_ends_with_its_holder(tmp_path: Path):
    with parent(tmp_path) as first:
        first.kill()
        second = Valkey(tmp_path / "valkey")
        second.start()
        second.stop()
