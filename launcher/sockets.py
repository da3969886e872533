"""Where a server listens: a directory short enough for a unix socket, and a free loopback port."""

import hashlib
import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from launcher.account import Account
from launcher.errors import LauncherError

PATH_LIMIT = 103  # bytes in sockaddr_un without its closing zero: 107 on Linux, 103 on macOS


def directory_for(preferred: Path, socket_name: str, account: Account | None) -> Path:
    """`preferred`, or, if a socket in it would have too long a path, a short one in the temporary directory.

    The short one has a name made from the long one, so every start finds it again. Only the server's account
    (and root) may enter either: that is what keeps the server from other users of the machine.
    """
    shared = [Path(tempfile.gettempdir()), Path("/tmp")]
    digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]
    for directory in (preferred, *(parent / f"pulse-{digest}" for parent in shared)):
        if len(os.fsencode(directory / socket_name)) <= PATH_LIMIT:
            make_private(directory, account)
            return directory
    raise LauncherError(f"No path short enough for a socket: {preferred} and {shared[0]} are both too long")


def make_private(directory: Path, account: Account | None) -> None:
    """Create the directory for one account only, and refuse one that somebody else has put there before."""
    owner = account.uid if account else os.geteuid()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise LauncherError(f"{directory} belongs to somebody else: remove it")
    if account:
        os.chown(directory, account.uid, account.gid)
    directory.chmod(0o700)


def discard(directory: Path, unless_in: Path) -> None:
    """Remove a directory that `directory_for` made elsewhere than below `unless_in`."""
    if not directory.is_relative_to(unless_in):
        shutil.rmtree(directory, ignore_errors=True)


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
