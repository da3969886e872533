"""Service command: `pulse doctor`, `pulse db upgrade`, `pulse serve`, with the service's settings and user.

A command that reads its settings otherwise than the service does may migrate another database. With an environment
file, settings of the shell do not count.
"""

from __future__ import annotations

import argparse
import grp
import os
import pwd
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher import env_file

ROOT = Path(__file__).resolve().parents[1]
OLD_FILE = "/etc/pulse/pulse.env"  # PulseAudio's directory on Debian
FILES = ("/etc/pulse-analytics/pulse.env", OLD_FILE)
SETTINGS = ("DATABASE_URL", "REDIS_URL", "PORT", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR")
FOR_COMMANDS = ("PULSE_PASSWORD", "PULSE_DEMO_PASSWORD")  # what a command asks of its caller, not a setting


def main(arguments: list[str]) -> None:
    """Become the command; returns only by SystemExit."""
    options = _options(arguments)
    environ = dict(os.environ)
    file = options.env_file or next((Path(name) for name in FILES if os.path.exists(name)), None)
    if file == Path(OLD_FILE):
        sys.stderr.write(
            f"{file} is read for one more release: docs/operations.md says how to move to {FILES[0]}.\n"
        )
    # systemd has read the file for the service, and whatever its drop-ins add.
    if file and (options.env_file or options.command[0] != "serve"):
        environ = with_file(environ, file)
    if os.geteuid() == 0 and file and (user := options.user or _owner(file)):
        environ["HOME"] = _become(user)
    os.chdir(ROOT)
    if options.command[0] == "serve":
        _check(environ)
        command = ["gunicorn", "-c", "gunicorn.conf.py", *options.command[1:], "wsgi:app"]
    else:
        command = ["flask", "--app", "wsgi", *options.command]
    try:
        os.execve(sys.executable, [sys.executable, "-m", *command], environ)
    except OSError as error:
        sys.exit(f"Error: this user may not run {sys.executable}: {error.strerror}")


def with_file(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """The environment with the settings of the file, and no other settings."""
    try:
        settings = env_file.parse(file.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"Error: {file}: {getattr(error, 'strerror', None) or error}")
    ignored = sorted(
        name for name, text in environ.items() if _is_setting(name) and settings.get(name) != text
    )
    if ignored:
        sys.stderr.write(f"Settings are those of {file}: {', '.join(ignored)} of this shell is not used.\n")
    return {name: text for name, text in environ.items() if not _is_setting(name)} | settings


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="pulse", description="A command of Pulse, with the service's settings."
    )
    parser.add_argument("--env-file", type=Path, help=f"instead of {FILES[0]}")
    parser.add_argument("--user", help="whom root becomes; by default the group of the file names the user")
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, help="`serve`, or what `flask` takes: `doctor`, `db upgrade`"
    )
    options = parser.parse_args(arguments)
    return options if options.command else parser.parse_args(["--help"])


def _is_setting(name: str) -> bool:
    return (name.startswith("PULSE_") or name in SETTINGS) and name not in FOR_COMMANDS


def _owner(file: Path) -> str | None:
    # The file is readable by root and by the service's group, which adduser names after its user.
    group = file.stat().st_gid
    return grp.getgrgid(group).gr_name if group else None


def _become(name: str) -> str:
    """Drop root's rights for those of a user; returns the user's home."""
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        sys.exit(f"Error: there is no user {name}: name the service's user with --user")
    os.initgroups(name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    return user.pw_dir


def _check(environ: Mapping[str, str]) -> None:
    # gunicorn reads WEB_CONCURRENCY as it is imported, before any file of ours, and dies with a traceback.
    values = runpy.run_path(str(ROOT / "app" / "setting_values.py"))
    try:
        values["server_settings"](environ)
    except ValueError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(3)


if __name__ == "__main__":
    main(sys.argv[1:])
