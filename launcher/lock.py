"""Lock file (flock): one process at a time uses a directory; the kernel releases it when the process ends."""

import fcntl
import os
from pathlib import Path

from launcher.errors import AlreadyRunning


class LockFile:
    """Held from `acquire` until `release` or the end of this process; children do not inherit it."""

    def __init__(self, path: Path):
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Lock, unless held already; raises AlreadyRunning with the holder's pid if another process has it."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "?"
            os.close(descriptor)
            raise AlreadyRunning(f"{self.path.parent} is in use by process {holder}") from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Unlock. The file stays: if it were removed, two processes could lock two files of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
