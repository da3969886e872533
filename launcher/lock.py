"""A lock file: one process at a time uses a directory, and the kernel frees it however that process ends."""

import fcntl
import os
from pathlib import Path

from launcher.errors import AlreadyRunning


class Lock:
    """Held from `acquire` to `release` or to the death of this process; children do not inherit it."""

    def __init__(self, path: Path):
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, or keep it; raises AlreadyRunning, naming the holder, if another process has it."""
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
        """Let go. The file stays: removing it would let two holders lock two files of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
