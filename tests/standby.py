"""A streaming standby of an embedded PostgreSQL, made by pg_basebackup: it can be cut off, and promoted."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from servers import until

from launcher.cluster import binary
from launcher.postgres import Postgres


class Standby(Postgres):
    """Follows `primary`, asynchronously."""

    ready_states = ("ready", "standby")

    def __init__(self, home: Path, primary: Postgres):
        super().__init__(home, tcp=True)
        home.mkdir(mode=0o711)
        shutil.copy(primary.password_file, self.password_file)
        command = [binary("pg_basebackup"), "-D", self.data, "-R", "-c", "fast", "-d", primary.url]
        subprocess.run(command, check=True, capture_output=True)
        self._is_promoted = False

    def ask(self, statement: str) -> Any:
        """The one value that a statement gives."""
        with contextlib.closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0] if cursor.description else None

    def cut_off(self) -> None:
        """Replicate nothing from now on."""
        self.ask("ALTER SYSTEM SET primary_conninfo = ''")
        self.ask("SELECT pg_reload_conf()")
        until(lambda: not self.ask("SELECT count(*) FROM pg_stat_wal_receiver"), "no replication")

    def promote(self) -> None:
        """Make it a primary."""
        self.ask("SELECT pg_promote()")


def url_of_both(primary: Postgres, standby: Postgres) -> str:
    """The URL that finds whichever of the two can be written to."""
    password = quote(primary.password_file.read_text())
    hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (primary, standby))
    return f"postgresql://pulse:{password}@/pulse?{hosts}&target_session_attrs=read-write"
