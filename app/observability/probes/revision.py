"""Schema revision: is the database older than this code's migrations, the same, or newer?

A newer schema is fine: migrations add first and run beside the previous version. As a fault it would make
a load balancer drain every old machine of a rolling upgrade at the moment of `flask db upgrade`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from alembic.script import ScriptDirectory
from sqlalchemy import Connection

UPGRADE = "run `flask --app wsgi db upgrade`"


class SchemaRevision(NamedTuple):
    """The database's revision (None without tables) beside the newest one that this code knows."""

    found: str | None
    head: str
    is_known: bool  # to this code; an unknown one was made by a newer version

    @property
    def is_newer(self) -> bool:
        """Was the schema migrated by a newer version of the code?"""
        return self.found is not None and not self.is_known

    @property
    def is_usable(self) -> bool:
        """Does this code run on the schema?"""
        return self.found == self.head or self.is_newer

    @property
    def words(self) -> str:
        """A line for the operator."""
        if self.found is None:
            return f"there are no tables: {UPGRADE}"
        if self.is_newer:
            return f"at {self.found}, newer than this version's {self.head}, which is fine"
        if self.found != self.head:
            return f"at {self.found}, this version needs {self.head}: {UPGRADE}"
        return f"at {self.head}"


def read_revision(connection: Connection, directory: str) -> SchemaRevision:
    """Compare the database with the migrations in `directory`."""
    head, known = _revisions(directory)
    found = None
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar():
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return SchemaRevision(found, head, found in known)


@lru_cache(maxsize=4)
def _revisions(directory: str) -> tuple[str, frozenset[str]]:
    # Cached, because Alembic imports every migration file for it, which took most of the time of /readyz.
    script = ScriptDirectory(directory)
    head = script.get_current_head()
    assert head is not None
    return head, frozenset(revision.revision for revision in script.walk_revisions())
