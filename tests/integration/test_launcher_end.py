"""The end of `make run`, orderly or not: nothing stays behind, and nothing that was stored is lost."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from launcher_run import environment, run
from launcher_support import ROOT, until


def test_ctrl_c_stops_everything_and_the_next_start_goes_on_with_the_same_data_and_password(tmp_path: Path):
    with run(tmp_path) as first:
        assert until(lambda: first.events() > 20)
        events = first.events()
        assert first.interrupt() == 0
        assert first.lines[-1].startswith("Stopping … ")
        assert first.left() == []
    with run(tmp_path, PULSE_DEMO_TRAFFIC="0") as second:
        assert (second.password, second.events() >= events) == (first.password, True)
        assert "No demo traffic. " in "\n".join(second.lines)


def test_a_kill_9_leaves_no_process_and_the_next_start_recovers_what_was_stored(tmp_path: Path):
    with run(tmp_path) as first:
        assert until(lambda: first.events() > 20)
        events = first.events()
        first.process.kill()
        first.process.wait()
        with run(
            tmp_path, PULSE_DEMO_TRAFFIC="0"
        ) as second:  # at once, while the first one's children still end
            assert second.events() >= events
        assert first.left() == []


def test_a_sigterm_stops_as_ctrl_c_does(tmp_path: Path):
    with run(tmp_path) as one:
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(60) == 0
        assert one.left() == []


def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path):
    with run(tmp_path) as one, half_a_request(one.address):
        one.process.send_signal(signal.SIGINT)
        time.sleep(1)  # a second one right after the first counts as its echo
        assert one.interrupt() == 0
        assert one.left() == []
    assert "database system is shut down" not in (tmp_path / "logs" / "postgres.log").read_text()


def test_ctrl_c_before_anything_has_started_is_no_reason_for_a_traceback(tmp_path: Path):
    command = [sys.executable, "-m", "launcher"]
    started = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert until(lambda: catches(started.pid, signal.SIGTERM))  # it has begun to load
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
    """A POST whose body never comes: gunicorn waits for it when it is asked to stop."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        time.sleep(0.5)
        yield


def test_a_make_that_is_killed_takes_all_with_it(tmp_path: Path):
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec '{sys.executable}' -m launcher\n")
    make = (shutil.which("make"), "-f", str(tmp_path / "Makefile"), "run")
    with run(tmp_path / "instance", command=make) as one:
        one.process.kill()
        one.process.wait()
        assert one.left() == []


def test_a_child_that_keeps_dying_stops_the_launcher_with_the_end_of_its_log(tmp_path: Path):
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
    assert one.left() == []
