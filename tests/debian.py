"""Programs from Debian packages, unpacked into a cache folder: tests run them as processes, never as services.

`apt-get install` would start a daemon, add users and edit /etc of the machine that tests run on. Downloading and
unpacking do none of that, and need no root where the package lists are there.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulse-debian"
DOWNLOAD_TIMEOUT = 300  # seconds for one apt-get
INSTALLED = re.compile(r"^Inst (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class DebianProgram:
    """An executable of a Debian package: one that the machine has, else one unpacked below `root`."""

    path: Path
    root: Path | None = None

    @property
    def environ(self) -> dict[str, str]:
        """The environment to start it with: ours, and where its shared libraries are."""
        if self.root is None:
            return dict(os.environ)
        libraries = [str(folder) for folder in _library_folders(self.root)]
        paths = [str(self.root / folder) for folder in ("usr/bin", "usr/sbin", "bin", "sbin")]
        return os.environ | {
            "LD_LIBRARY_PATH": os.pathsep.join(libraries),
            "PATH": os.pathsep.join([*paths, os.environ.get("PATH", "")]),
        }


@cache
def program(package: str, path: str) -> DebianProgram | None:
    """The executable at `path` (such as "usr/sbin/haproxy") of a package; None if it cannot be had here.

    The first call downloads the package and the dependencies that the machine lacks; later ones use the cache.
    """
    if (system := Path("/") / path).exists():
        return DebianProgram(system)
    root = CACHE / package
    with _lock():
        if not (root / ".complete").exists():
            _unpack(package, root)
    found = root / path
    return DebianProgram(found, root) if found.exists() else None


def _unpack(package: str, root: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return
    shutil.rmtree(root, ignore_errors=True)
    archives = root / "archives"
    archives.mkdir(parents=True)
    names = _missing_packages(package) or (_update_lists() and _missing_packages(package))
    if not names or not _run("apt-get", "download", "-qq", *names, cwd=archives):
        return
    unpacked = [_run("dpkg", "-x", archive, root) for archive in sorted(archives.glob("*.deb"))]
    shutil.rmtree(archives)
    if all(unpacked):
        (root / ".complete").touch()


def _missing_packages(package: str) -> list[str]:
    """The package and its dependencies, less what is installed; empty if apt does not know it."""
    command = ["apt-get", "install", "--simulate", "--no-install-recommends", "-q", package]
    with suppress(subprocess.SubprocessError):
        output = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT, check=True)
        return INSTALLED.findall(output.stdout)
    return []


def _update_lists() -> bool:
    return os.geteuid() == 0 and _run("apt-get", "update", "-qq")


def _run(*command: str | Path, cwd: Path | None = None) -> bool:
    """Whether the command succeeded in time; what it prints is dropped."""
    try:
        ended = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=DOWNLOAD_TIMEOUT,
        )
    except subprocess.SubprocessError:
        return False
    return ended.returncode == 0


def _library_folders(root: Path) -> list[Path]:
    folders = [
        *root.glob("usr/lib"),
        *root.glob("lib"),
        *root.glob("usr/lib/*-linux-gnu*"),
        *root.glob("lib/*-linux-gnu*"),
    ]
    return [folder for folder in folders if folder.is_dir()]


@contextmanager
def _lock() -> Iterator[None]:
    """One process unpacks at a time: several pytest runs share the cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
