"""Settings of `make run` from the environment, validated before anything starts."""

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigError
from app.settings.config import Settings
from launcher.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class LauncherSettings:
    """The launcher's settings. A server URL of None starts the embedded server."""

    port: int
    workers: int
    instance: Path
    database_url: str | None
    redis_url: str | None
    demo: bool  # whether to create the demo workspaces
    demo_password: str | None
    demo_traffic: float  # events per second; 0 without the demo

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "LauncherSettings":
        """Read and validate them, and the server's too; raises SettingError for the first invalid one."""
        given = {name: text.strip() for name, text in environ.items() if text.strip()}
        check_server_settings(given)
        # In an external database the demo is opt-in: its users could sign in there from then on.
        demo = parse_flag(given, "PULSE_DEMO", default=not given.get("DATABASE_URL"))
        traffic = parse_rate(given.get("PULSE_DEMO_TRAFFIC", "2"))
        return cls(
            port=parse_integer(given, "PORT", 8000, 1, 65535),
            workers=parse_integer(given, "WEB_CONCURRENCY", 2, 1, 64),
            instance=instance_directory(given.get("PULSE_INSTANCE_DIR")),
            database_url=given.get("DATABASE_URL"),
            redis_url=given.get("REDIS_URL"),
            demo=demo,
            demo_password=parse_password(given.get("PULSE_DEMO_PASSWORD")),
            demo_traffic=traffic if demo else 0.0,
        )


def check_server_settings(given: Mapping[str, str]) -> None:
    """Validate the server's settings, with placeholders for those that the launcher provides."""
    provided = {"DATABASE_URL": "postgresql://", "REDIS_URL": "unix://", "PULSE_SECRET_KEY": "-" * 64}
    try:
        # The launcher has its own bound for the number of workers.
        Settings.from_environ({**provided, **given, "WEB_CONCURRENCY": ""})
    except ConfigError as error:
        raise SettingError(str(error)) from None


def parse_integer(given: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = given.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
        raise SettingError(f"{name} must be a whole number from {lowest} to {highest}, not {text!r}")
    return int(text)


def parse_flag(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = given.get(name, str(int(default)))
    if text not in ("0", "1"):
        raise SettingError(f"{name} must be 0 or 1, not {text!r}")
    return text == "1"


def parse_rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1000:
        raise SettingError(f"PULSE_DEMO_TRAFFIC must be events per second from 0 to 1000, not {text!r}")
    return value


def parse_password(text: str | None) -> str | None:
    if text is not None and len(text) < 8:
        raise SettingError("PULSE_DEMO_PASSWORD must be at least 8 characters long")
    return text


def instance_directory(text: str | None) -> Path:
    """The absolute path of the directory, which must be writable or possible to create."""
    path = Path(text or ROOT / "instance").expanduser().absolute()
    nearest = next(parent for parent in (path, *path.parents) if os.path.lexists(parent))
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        problem = "a directory that this user may write to" if nearest == path else "possible to create"
        raise SettingError(f"PULSE_INSTANCE_DIR must be {problem}, not {str(path)!r}")
    return path
