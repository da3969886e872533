"""Brings everything up in order, keeps it up, and takes it down in the reverse order."""

import os
import time

from launcher import external, flask_command
from launcher.console import Console
from launcher.demo_traffic import DemoTraffic
from launcher.errors import LauncherError
from launcher.instance import Instance
from launcher.postgres import Postgres
from launcher.process import end_family
from launcher.settings import Settings
from launcher.valkey import Valkey
from launcher.watch import Child, Watch
from launcher.web import Web, check_port
from launcher.welcome import welcome

READY_LIMIT = 60.0  # seconds


class Supervisor:
    """One run of Pulse, from nothing to the live line and back."""

    def __init__(self, settings: Settings, console: Console):
        self._settings, self._console = settings, console
        self._instance = Instance(settings.instance)
        self._watch = Watch(console)
        self._children: list[Child] = []

    def run(self) -> None:
        """Start everything, then watch over it for ever. Raises LauncherError, or StopRequested by a signal."""
        self._instance.open()
        check_port(self._settings.port)
        environ = self._environment()
        self._prepare(environ)
        self._serve(environ)
        for line in welcome(self._settings, self._instance):
            self._console.say(line)
        while True:
            self._watch.tick(time.monotonic())
            time.sleep(0.25)

    def stop(self) -> None:
        """End the children in the reverse order of their start: nobody loses a server that he still talks to."""
        if self._children:
            with self._console.step("\nStopping"):
                for child in reversed(self._children):
                    child.stop()
        self._instance.close()

    def hurry(self) -> None:
        """End the children at once; `stop` goes on, and the database recovers at its next start."""
        for child in self._children:
            end_family(child.pid)

    def _environment(self) -> dict[str, str]:
        """What the server and its commands are given: the servers' URLs, the secrets, the port."""
        settings, instance = self._settings, self._instance
        return {
            "PULSE_SECRET_KEY": instance.secret_key(),
            **{name: text for name, text in os.environ.items() if text.strip()},
            "DATABASE_URL": self._database_url(),
            "REDIS_URL": self._redis_url(),
            "PORT": str(settings.port),
            "PULSE_BIND": f"127.0.0.1:{settings.port}",  # a demo with a printed password is for this machine
            "WEB_CONCURRENCY": str(settings.workers),
            "PULSE_DEMO_PASSWORD": settings.demo_password or instance.demo_password(),
            "PULSE_DEMO_TRAFFIC": str(settings.demo_traffic),
            "PYTHONUNBUFFERED": "1",
        }

    def _database_url(self) -> str:
        if url := self._settings.database_url:
            with self._console.step("Looking for PostgreSQL at DATABASE_URL"):
                external.check_database(url)
            return url
        home, log = self._instance.path / "postgres", self._instance.logs / "postgres.log"
        postgres = Postgres(home, log=log, say=self._console.add)
        self._start(postgres)
        return postgres.url

    def _redis_url(self) -> str:
        if url := self._settings.redis_url:
            with self._console.step("Looking for Redis at REDIS_URL"):
                external.check_redis(url)
            return url
        valkey = Valkey(self._instance.path / "valkey", log=self._instance.logs / "valkey.log")
        self._start(valkey)
        return valkey.url

    def _prepare(self, environ: dict[str, str]) -> None:
        with self._console.step("Bringing the tables up to date"):
            flask_command.run(["db", "upgrade"], environ, self._instance.logs / "upgrade.log")
        if self._settings.demo:
            with self._console.step("Making sure the demo workspaces are there"):
                flask_command.run(["demo", "create"], environ, self._instance.logs / "demo.log")

    def _serve(self, environ: dict[str, str]) -> None:
        logs, place = self._instance.logs, self._instance.path
        web = Web(self._settings.port, environ, place, logs / "gunicorn.log")
        with self._console.step(f"Starting gunicorn with {self._settings.workers} workers"):
            self._children.append(web)
            web.start()
            self._wait_until_ready(web)
        self._watch.add(web)
        if self._settings.demo_traffic:
            traffic = DemoTraffic(environ, place, logs / "traffic.log")
            self._start(traffic, optional=True)

    def _wait_until_ready(self, web: Web) -> None:
        deadline = time.monotonic() + READY_LIMIT
        while not web.check_ready():
            self._watch.tick(time.monotonic())
            if time.monotonic() > deadline:
                raise LauncherError(f"GET /readyz is not 200 after {READY_LIMIT:.0f} s; see {web.log}")
            time.sleep(0.1)

    def _start(self, child: Child, *, optional: bool = False) -> None:
        with self._console.step(f"Starting {child.name}"):
            self._children.append(child)  # first: a start that is interrupted half-way is to be ended too
            child.start()
        self._watch.add(child, optional=optional)
