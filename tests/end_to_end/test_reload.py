"""`systemctl reload`, as the unit of deploy/ does it, and what the service writes to the journal."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from servers import ROOT, Server, until

UNIT = ROOT / "deploy" / "systemd" / "pulse-analytics.service"
BIN = Path(sys.executable).parent
SOURCE = ("app", "deploy", "gunicorn.conf.py", "migrations", "server", "static", "templates", "wsgi.py")


def reload_service(server, directory=ROOT, **changes):
    """Run the unit's ExecReload lines in order, as systemd does; returns what the first to fail says, or None."""
    for command in re.findall(r"^ExecReload=(.+)$", UNIT.read_text(), re.MULTILINE):
        parts = shlex.split(command.replace("$MAINPID", str(server.pid)))
        parts[0] = parts[0].replace("/opt/pulse/.venv/bin", str(BIN))
        environ = server.environ | changes
        done = subprocess.run(parts, cwd=directory, env=environ, capture_output=True, text=True)
        if done.returncode:
            return done.stderr
    return None


@pytest.fixture(scope="module")
def server(environ, made_servers, tmp_path_factory):
    """A gunicorn of one worker whose stderr is the journal, as far as it can tell."""
    log = tmp_path_factory.mktemp("gunicorn") / "gunicorn.log"
    log.touch()
    status = log.stat()
    journal = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
    server = Server(environ | journal, log, workers=1)
    made_servers.append(server)
    server.start()
    return server


def packages_of(server):
    [written] = Path("/dev/shm").glob(f"pulse-metrics-*-{server.pid}-*/packages.json")
    return written


def test_logs_are_json_with_a_priority(server):
    lines = server.log.read_text().splitlines()
    assert [line for line in lines if not re.match(r"<[2-7]>\{", line)] == []
    logged = [json.loads(line[3:]) for line in lines]
    assert {line["logger"] for line in logged} >= {"gunicorn.error"}
    assert any(line["event"].startswith("Listening at") and line["level"] == "info" for line in logged)


def test_broken_code_keeps_old_workers(server, tmp_path):
    for name in SOURCE:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    (tmp_path / "app" / "worker" / "process.py").write_text("def broken(:\n")
    workers = server.worker_pids()
    assert "SyntaxError" in reload_service(server, tmp_path)
    assert server.worker_pids() == workers


def test_changed_setting_needs_a_restart(server):
    said = reload_service(server, PULSE_MAX_STREAMS_PER_USER="7654321", PULSE_SECRET_KEY="hunter2" * 8)
    assert said == (
        "pulse: PULSE_MAX_STREAMS_PER_USER has changed: a reload has no effect on that, restart the service\n"
        "pulse: PULSE_SECRET_KEY has changed: a reload has no effect on that, restart the service\n"
    )


def test_invalid_setting_keeps_old_workers(server):
    workers = server.worker_pids()
    assert "PULSE_MAX_STREAMS_PER_USER" in reload_service(server, PULSE_MAX_STREAMS_PER_USER="many")
    assert server.worker_pids() == workers


def test_upgraded_package_needs_a_restart(server):
    kept = packages_of(server)
    truth = kept.read_text()
    kept.write_text(json.dumps(json.loads(truth) | {"gevent": "1.0"}))
    said = reload_service(server)
    kept.write_text(truth)
    assert re.fullmatch(r"pulse: the package gevent was 1\.0 and is [\d.]+: a reload has no .*\n", said)


def test_reload_replaces_workers(server):
    before = set(server.worker_pids())
    assert reload_service(server) is None
    until(lambda: before.isdisjoint(server.worker_pids()) and len(server.worker_pids()) == 1, "a new worker")
