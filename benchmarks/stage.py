"""The stage of a benchmark: PostgreSQL, Valkey, a workspace with its people and tokens, and web servers on it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.server import Server
from launcher import flask_command
from launcher.postgres import Postgres
from launcher.settings import ROOT
from launcher.valkey import Valkey

REALTIME = "/api/workspaces/acme/analytics/realtime"
# One member from one address opens every stream here, which is what the limits are there to prevent.
UNLIMITED = {
    "PULSE_MAX_STREAMS_PER_WORKER": "20000",
    "PULSE_MAX_STREAMS_PER_WORKSPACE": "100000",
    "PULSE_MAX_STREAMS_PER_USER": "100000",
    "PULSE_RATE_LIMIT_LOGIN": "off",
    "PULSE_RATE_LIMIT_EVENTS": "off",
    "PULSE_RATE_LIMIT_BYTES": "off",
    "PULSE_RATE_LIMIT_STREAMS": "off",
    "PULSE_RATE_LIMIT_READS": "off",
    "PULSE_MAX_STREAMS_PER_ADDRESS": "100000",
}


class Stage:
    """Real servers in a directory of their own; `environ` is what Pulse needs to find them."""

    def __init__(self, home: Path):
        self.home = home
        self.postgres = Postgres(home / "postgres")
        self.valkey = Valkey(home / "valkey")
        self.environ: dict[str, str] = {}

    def start(self) -> None:
        """Start the servers, make the tables and the demo's people."""
        self.environ = {
            "PATH": "/usr/bin:/bin",
            "DATABASE_URL": self.postgres.start(),
            "REDIS_URL": self.valkey.start(),
            "PULSE_SECRET_KEY": secrets.token_hex(32),
            "PULSE_DEMO_PASSWORD": secrets.token_hex(16),
            "PULSE_LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            **UNLIMITED,
        }
        for command in (["db", "upgrade"], ["demo", "create"]):
            flask_command.run(command, self.environ, self.home / "flask.log")

    def stop(self) -> None:
        """Stop the servers."""
        self.valkey.stop()
        self.postgres.stop()

    def token(self, *scopes: str) -> str:
        """A new API token of a member of acme."""
        flags = [part for scope in scopes for part in ("--scope", scope)]
        command = ["token", "create", "acme", "olivia@acme.test", "--name", "Benchmark", *flags]
        made = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return made.stdout.strip()

    def cookie(self, server: Server) -> str:
        """The session cookie of a member of acme who signs in at a server; it is good for all of them."""
        person = {"email": "mika@acme.test", "password": self.environ["PULSE_DEMO_PASSWORD"]}
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(
                "POST", "/api/auth/login", json.dumps(person), {"Content-Type": "application/json"}
            )
            return connection.getresponse().headers["Set-Cookie"].partition(";")[0]

    def gunicorn(self, app: str = "wsgi:app", *, workers: int = 1, **changes: str) -> Server:
        """A gunicorn with the project's own configuration, not started yet."""
        environ = self.environ | {"WEB_CONCURRENCY": str(workers)} | changes
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", app]
        return Server(command, environ, self.home / "gunicorn.log")


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """A stage that is gone afterwards, also after Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="pulse-bench-") as home:
        os.chmod(home, 0o711)  # as root, the database's own account has to pass through
        made = Stage(Path(home))
        try:
            made.start()
            yield made
        finally:
            made.stop()
