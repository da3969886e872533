"""Listening addresses: a private directory whose path is short enough for a unix socket, and a free port."""

import hashlib
import os
import random
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from launcher.account import Account
from launcher.errors import LauncherError

MAX_PATH_BYTES = 103  # sockaddr_un without its closing zero: 107 on Linux, 103 on macOS


def socket_directory(preferred: Path, socket_name: str, account: Account | None) -> Path:
    """`preferred`, or, if a socket in it would have too long a path, a short one in the temporary directory.

    The name of the short one is a digest of the long one, so every start finds it again. Only the server's account
    (and root) may enter either, which protects the server from other users of the machine.
    """
    shared = [Path(tempfile.gettempdir()), Path("/tmp")]
    digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]
    for directory in (preferred, *(parent / f"pulse-{digest}" for parent in shared)):
        if len(os.fsencode(directory / socket_name)) <= MAX_PATH_BYTES:
            make_private(directory, account)
            return directory
    raise LauncherError(f"No path short enough for a socket: {preferred} and {shared[0]} are both too long")


def make_private(directory: Path, account: Account | None) -> None:
    """Create the directory for one account only; raises LauncherError if another user has created it before."""
    owner = account.uid if account else os.geteuid()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise LauncherError(f"{directory} belongs to another user: remove it")
    if account:
        os.chown(directory, account.uid, account.gid)
    directory.chmod(0o700)


def remove_unless_below(home: Path, directory: Path) -> None:
    """Remove a directory that `socket_directory` created elsewhere than below `home`."""
    if not directory.is_relative_to(home):
        shutil.rmtree(directory, ignore_errors=True)


def unused_port() -> int:
    """A free loopback port below the ephemeral range: a server that restarts finds its port free."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
