"""Under systemd's socket a restart refuses no connection: they wait for the next gunicorn."""

import os
import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest
from servers import PATIENCE, ROOT, count_boot, until

# As systemd does it: the socket is descriptor 3, and the environment says whose it is.
START = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" -m gunicorn -c gunicorn.conf.py wsgi:app'


@pytest.fixture
def listening(tmp_path):
    """The socket that outlives the service, at the path it returns."""
    path = tmp_path / "gunicorn.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(128)
        yield path, listener


@pytest.fixture
def start(environ, listening, tmp_path):
    """`start()`: a gunicorn on that socket."""
    running = []
    _path, listener = listening

    def run():
        def inherit():
            os.dup2(listener.fileno(), 3)

        count_boot()
        environment = {"PATH": "/usr/bin:/bin", "WEB_CONCURRENCY": "1", **environ}
        with (tmp_path / "log").open("ab") as log:
            running.append(
                subprocess.Popen(
                    ["/bin/sh", "-c", START, sys.executable],
                    cwd=ROOT,
                    env=environment,
                    stderr=log,
                    close_fds=False,
                    preexec_fn=inherit,
                )
            )
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait()


def get(path):
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), timeout=2 * PATIENCE) as client:
        return client.get("http://pulse/healthz").status_code


def test_connections_wait_during_restart(listening, start):
    path, _ = listening
    first = start()
    assert get(path) == 200
    first.send_signal(signal.SIGTERM)
    first.wait(2 * PATIENCE)
    assert path.exists()
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(get(path)))
    waiting.start()
    start()
    until(lambda: answers, "an answer", 2 * PATIENCE)
    waiting.join()
    assert answers == [200]
