"""Two gunicorns ("machines"), one of which adopts its streams' connections, over one PostgreSQL and one Valkey."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

import acme
import gevent
import psutil
import psycopg2
from redis import Redis
from servers import Server, until
from visitor import Visitor

from app.postgres.link import SILENCE_TIMEOUT as SILENCE
from launcher.postgres import Postgres
from launcher.valkey import Valkey


class World:
    """Starts and ends everything."""

    def __init__(self, directory: Path, **settings: str):
        self.postgres = Postgres(directory / "postgres")
        self.valkey = Valkey(directory / "valkey")
        environ = {
            "DATABASE_URL": self.postgres.start(),
            "REDIS_URL": self.valkey.start(),
            "PULSE_SECRET_KEY": secrets.token_hex(32),
            "PULSE_STATS_UPDATE_INTERVAL": "1",
            "PULSE_HEARTBEAT_INTERVAL": "5",
            "PULSE_DRAIN_SECONDS": "1",
            "PULSE_MAX_STREAMS_PER_USER": "100000",
            "PULSE_RATE_LIMIT_EVENTS": "off",
            "PULSE_RATE_LIMIT_BYTES": "off",
            "PULSE_RATE_LIMIT_STREAMS": "off",
            "PULSE_RATE_LIMIT_READS": "off",
            "PULSE_MAX_STREAMS_PER_ADDRESS": "100000",
            **settings,
        }
        acme.fill(environ["DATABASE_URL"])
        sockets, generators = {"PULSE_ADOPT_CONNECTIONS": "1"}, {"PULSE_ADOPT_CONNECTIONS": "0"}
        self.servers = [
            Server(environ | sockets, directory / "sockets" / "gunicorn.log"),
            Server(environ | generators, directory / "generators" / "gunicorn.log"),
        ]

    def start(self) -> None:
        gevent.joinall([gevent.spawn(server.start) for server in self.servers], raise_error=True)

    def stop(self) -> None:
        for server in self.servers:
            server.kill()
        self.valkey.thaw()
        self.valkey.stop()
        self.postgres.thaw()
        self.postgres.stop()

    def log_text(self) -> str:
        return "".join(server.log.read_text() for server in self.servers)

    def sql(self, statement: str) -> list[tuple]:
        connection = psycopg2.connect(self.postgres.url, application_name="test")
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        finally:
            connection.close()

    def redis(self, *command: str) -> object:
        with Redis.from_url(self.valkey.url, socket_timeout=5) as client:
            return client.execute_command(*command)

    def cookie(self) -> str:
        """Of Mika, who has signed in."""
        visitor = Visitor(self.servers[0]).sign_in("mika")
        try:
            return visitor.cookie
        finally:
            visitor.close()


class Torment:
    """The blows: each is struck and made good again, so that after it everything could be well."""

    def __init__(self, world: World, pause: Callable[[float], None] = gevent.sleep):
        self._world = world
        self._pause = pause

    def kill_worker(self, server: Server) -> None:
        server.kill_worker()

    def kill_master(self, server: Server) -> None:
        """Its workers notice, say goodbye and end."""
        workers = [psutil.Process(pid) for pid in server.worker_pids()]
        psutil.Process(server.pid).kill()
        until(lambda: not any(map(alive, workers)), "the end of the orphaned workers", 60)
        server.start()

    def kill_machine(self, server: Server) -> None:
        server.kill()
        self._pause(1)
        server.start()

    def reload(self, server: Server) -> None:
        server.reload()

    def kill_redis(self) -> None:
        self._world.valkey.kill()
        self._pause(2)
        self._world.valkey.start()

    def empty_redis(self) -> None:
        self._world.redis("FLUSHALL")

    def freeze_redis(self) -> None:
        self._world.valkey.freeze()
        self._pause(5)
        self._world.valkey.thaw()

    def cut_bus(self) -> None:
        self._world.redis("CLIENT", "KILL", "TYPE", "pubsub")

    def restart_postgres(self) -> None:
        self._world.postgres.restart()

    def kill_postgres(self) -> None:
        self._world.postgres.kill()
        self._world.postgres.start()

    def freeze_postgres(self) -> None:
        """For longer than any client waits."""
        self._world.postgres.freeze()
        self._pause(1.2 * SILENCE)
        self._world.postgres.thaw()

    @property
    def of_servers(self) -> list[Callable[[Server], None]]:
        return [self.kill_worker, self.reload, self.kill_master, self.kill_machine]

    @property
    def of_stores(self) -> list[Callable[[], None]]:
        return [
            self.cut_bus,
            self.freeze_redis,
            self.restart_postgres,
            self.empty_redis,
            self.kill_redis,
            self.kill_postgres,
        ]


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def say(text: str) -> None:
    """Print a line with the time: what happened is needed when a long run fails."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {text}\n")
    sys.stdout.flush()
