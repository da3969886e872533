"""Instance directory (PULSE_INSTANCE_DIR): the lock, logs, secrets and servers' data of one installation."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from launcher.errors import AlreadyRunning, SettingError
from launcher.lock import LockFile

# No letters and digits that look alike, nothing that a shell or JSON would interpret.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Instance:
    """Everything that has to survive a restart is below `path`."""

    def __init__(self, path: Path):
        self.path = path
        self.logs = path / "logs"
        self._lock = LockFile(path / "lock")

    def open(self) -> None:
        """Create it if missing and lock it for this process; raises AlreadyRunning."""
        # As root, PostgreSQL's account has to pass through; each secret is protected by its own mode.
        try:
            self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except OSError as error:
            raise SettingError(f"PULSE_INSTANCE_DIR {self.path} cannot be used: {error.strerror}") from None
        except AlreadyRunning as error:
            hint = "stop it, or set PULSE_INSTANCE_DIR (and PORT) for a second one"
            raise AlreadyRunning(f"Pulse is already running: {error}; {hint}") from None
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def close(self) -> None:
        self._lock.release()

    def secret_key(self) -> str:
        return read_or_create(self.path / "secret_key", lambda: secrets.token_urlsafe(48))

    def demo_password(self) -> str:
        return read_or_create(self.path / "demo_password", readable_password)


def read_or_create(path: Path, make: Callable[[], str]) -> str:
    """Read a secret from a file of mode 0600, which is created atomically on first use."""
    if not path.exists():
        fresh = path.with_name(path.name + ".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make() + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return path.read_text().strip()


def readable_password() -> str:
    """Twelve letters and digits (59 bits) in groups of four."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))
