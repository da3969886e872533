"""What gunicorn.conf.py reads of the environment is checked too, and a wrong value is one line."""

import subprocess
import sys

import pytest

from app.settings.values import server_settings


def test_defaults():
    found = server_settings({"PULSE_BIND": "", "PORT": " 9000 "})
    assert (found.bind, found.workers, found.drain_seconds) == (["127.0.0.1:9000"], 2, 10)
    assert (found.adopts_connections, found.log_level) == (True, "INFO")


@pytest.mark.parametrize(
    ("text", "binds"),
    [
        ("unix:/run/pulse-analytics/gunicorn.sock", ["unix:/run/pulse-analytics/gunicorn.sock"]),
        ("[::]:8000, :8001", ["[::]:8000", ":8001"]),
        ("fd://3", ["fd://3"]),
    ],
)
def test_bind_forms(text, binds):
    assert server_settings({"PULSE_BIND": text}).bind == binds


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PULSE_BIND", "localhost"),
        ("PULSE_BIND", "127.0.0.1:99999"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "८०००"),
        ("WEB_CONCURRENCY", "two"),
        ("WEB_CONCURRENCY", "0"),
        ("PULSE_DRAIN_SECONDS", "10s"),
        ("PULSE_ADOPT_CONNECTIONS", "no"),
        ("PULSE_MAX_STREAMS_PER_WORKER", "1.5"),
        ("PULSE_LOG_LEVEL", "LOUD"),
    ],
)
def test_wrong_value_is_named(name, text):
    with pytest.raises(ValueError, match=rf"\A{name} must .+\Z"):
        server_settings({name: text})


def test_gunicorn_stops_with_one_line(root):
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "PULSE_DRAIN_SECONDS": "10s"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (
        3,
        "Error: PULSE_DRAIN_SECONDS must be a number of seconds above 0, not '10s'\n",
    )
