"""Supervisor: starts the servers in order, restarts those that die, and stops them in reverse order."""

import os
import time
from collections.abc import Mapping

from launcher import external_servers, flask_command
from launcher.child_monitor import ChildMonitor
from launcher.console import Console
from launcher.demo_traffic import DemoTraffic
from launcher.instance import Instance
from launcher.postgres import Postgres
from launcher.process import kill_tree
from launcher.server import EmbeddedServer, Server
from launcher.settings import LauncherSettings
from launcher.valkey import Valkey
from launcher.web_server import WebServer, check_port
from launcher.welcome import welcome_lines

TICK_INTERVAL = 0.25  # seconds


class Supervisor:
    """One run of Pulse: `run` until a signal or a failure, then `stop`."""

    def __init__(self, settings: LauncherSettings, console: Console):
        self._settings, self._console = settings, console
        self._instance = Instance(settings.instance)
        self._monitor = ChildMonitor(console)
        self._children: list[Server] = []

    def run(self) -> None:
        """Start everything and monitor it forever. Raises LauncherError, or StopRequested by a signal."""
        self._instance.open()
        check_port(self._settings.port)
        environ = self._environment()
        self._prepare_database(environ)
        self._start_web_server(environ)
        if self._settings.demo_traffic:
            log = self._instance.logs / "traffic.log"
            self._start(DemoTraffic(environ, self._instance.path, log), optional=True)
        for line in welcome_lines(self._settings, self._instance):
            self._console.line(line)
        while True:
            self._monitor.tick(time.monotonic())
            time.sleep(TICK_INTERVAL)

    def stop(self) -> None:
        """Stop the children in reverse order: each server outlives its clients."""
        if self._children:
            with self._console.step("\nStopping"):
                for child in reversed(self._children):
                    child.stop()
        self._instance.close()

    def kill_children(self) -> None:
        """End the children at once; `stop` goes on, and the database recovers at its next start."""
        for child in self._children:
            kill_tree(child.pid)

    def _environment(self) -> dict[str, str]:
        """The environment of the server and its commands, with the URLs of servers that are started first."""
        settings, instance = self._settings, self._instance
        return {
            "PULSE_SECRET_KEY": instance.secret_key(),
            **{name: text for name, text in os.environ.items() if text.strip()},
            "DATABASE_URL": self._database_url(),
            "REDIS_URL": self._redis_url(),
            "PORT": str(settings.port),
            # Loopback only: the demo's password is printed on the screen.
            "PULSE_BIND": f"127.0.0.1:{settings.port}",
            "WEB_CONCURRENCY": str(settings.workers),
            "PULSE_DEMO_PASSWORD": settings.demo_password or instance.demo_password(),
            "PULSE_DEMO_TRAFFIC": str(settings.demo_traffic),
            "PYTHONUNBUFFERED": "1",
        }

    def _database_url(self) -> str:
        if url := self._settings.database_url:
            with self._console.step("Looking for PostgreSQL at DATABASE_URL"):
                external_servers.check_database(url)
            return url
        home, log = self._instance.path / "postgres", self._instance.logs / "postgres.log"
        return self._start_embedded(Postgres(home, log=log, on_progress=self._console.detail))

    def _redis_url(self) -> str:
        if url := self._settings.redis_url:
            with self._console.step("Looking for Redis at REDIS_URL"):
                external_servers.check_redis(url)
            return url
        home, log = self._instance.path / "valkey", self._instance.logs / "valkey.log"
        return self._start_embedded(Valkey(home, log=log))

    def _start_embedded(self, server: EmbeddedServer) -> str:
        self._start(server)
        return server.url

    def _prepare_database(self, environ: Mapping[str, str]) -> None:
        with self._console.step("Bringing the tables up to date"):
            flask_command.run(["db", "upgrade"], environ, self._instance.logs / "upgrade.log")
        if self._settings.demo:
            with self._console.step("Making sure the demo workspaces are there"):
                flask_command.run(["demo", "create"], environ, self._instance.logs / "demo.log")

    def _start_web_server(self, environ: Mapping[str, str]) -> None:
        log = self._instance.logs / "gunicorn.log"
        web = WebServer(self._settings.port, environ, self._instance.path, log)
        with self._console.step(f"Starting gunicorn with {self._settings.workers} workers"):
            self._children.append(web)
            web.start()
            # A database that dies meanwhile is restarted, or the web server would never become ready.
            web.wait_until_ready(web.is_ready, lambda waited: self._monitor.tick(time.monotonic()))
        self._monitor.add(web)

    def _start(self, child: Server, *, optional: bool = False) -> None:
        with self._console.step(f"Starting {child.name}"):
            self._children.append(child)  # first: a start that a signal interrupts has to be stopped too
            child.start()
        self._monitor.add(child, optional=optional)
