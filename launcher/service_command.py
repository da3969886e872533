"""The `pulse` command of an installed service: `pulse doctor`, `pulse db upgrade`, `pulse serve`.

It runs with the service's settings and user: a command with other settings may migrate another database. With an
environment file, settings of the shell are ignored.
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
LEGACY_FILE = "/etc/pulse/pulse.env"  # PulseAudio's directory on Debian
FILES = ("/etc/pulse-analytics/pulse.env", LEGACY_FILE)
SETTINGS = ("DATABASE_URL", "REDIS_URL", "PORT", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR")
ARGUMENTS = ("PULSE_PASSWORD", "PULSE_DEMO_PASSWORD")  # of a command, not settings


def main(arguments: list[str]) -> None:
    """Replace this process by the command (exec); returns only by SystemExit."""
    options = _options(arguments)
    environ = dict(os.environ)
    file = options.env_file or next((Path(name) for name in FILES if os.path.exists(name)), None)
    if file == Path(LEGACY_FILE):
        sys.stderr.write(
            f"{file} is read for one more release: docs/operations.md says how to move to {FILES[0]}.\n"
        )
    # For `serve`, systemd has read the file and its drop-ins.
    if file and (options.env_file or options.command[0] != "serve"):
        environ = with_file(environ, file)
    if os.geteuid() == 0 and file and (user := options.user or _service_user(file)):
        environ["HOME"] = _drop_root(user)
    os.chdir(ROOT)
    if options.command[0] == "serve":
        _check_server_settings(environ)
        command = ["gunicorn", "-c", "gunicorn.conf.py", *options.command[1:], "wsgi:app"]
    else:
        command = ["flask", "--app", "wsgi", *options.command]
    try:
        os.execve(sys.executable, [sys.executable, "-m", *command], environ)
    except OSError as error:
        sys.exit(f"Error: this user cannot run {sys.executable}: {error.strerror}")


def with_file(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """The environment with the settings of the file instead of its own."""
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
    parser.add_argument(
        "--user", help="the user to run as when root; by default named by the group of the file"
    )
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, help="`serve`, or what `flask` takes: `doctor`, `db upgrade`"
    )
    options = parser.parse_args(arguments)
    return options if options.command else parser.parse_args(["--help"])


def _is_setting(name: str) -> bool:
    return (name.startswith("PULSE_") or name in SETTINGS) and name not in ARGUMENTS


def _service_user(file: Path) -> str | None:
    # The file is readable by root and by the service's group, which adduser names after its user.
    group = file.stat().st_gid
    return grp.getgrgid(group).gr_name if group else None


def _drop_root(name: str) -> str:
    """Change from root to a user; returns the user's home."""
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        sys.exit(f"Error: there is no user {name}: name the service's user with --user")
    os.initgroups(name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    return user.pw_dir


def _check_server_settings(environ: Mapping[str, str]) -> None:
    # gunicorn reads WEB_CONCURRENCY at import, before our configuration, and an invalid one is a traceback.
    values = runpy.run_path(str(ROOT / "app" / "settings" / "values.py"))
    try:
        values["server_settings"](environ)
    except ValueError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(3)


if __name__ == "__main__":
    main(sys.argv[1:])
