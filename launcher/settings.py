"""What `make run` can be told through the environment, checked before anything starts."""

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.config import Settings as ServerSettings
from app.errors import ConfigError
from launcher.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """The launcher's settings. A server URL that is None means: start the embedded one."""

    port: int
    workers: int
    instance: Path
    database_url: str | None
    redis_url: str | None
    demo: bool  # whether the demo workspaces are made
    demo_password: str | None
    demo_traffic: float  # events per second; 0 without the demo

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check them, and the server's own too; raises SettingError naming the first wrong one."""
        given = {name: text.strip() for name, text in environ.items() if text.strip()}
        check_server_settings(given)
        # Into a database that is not ours the demo comes only if asked for: its people can sign in there for good.
        demo = switch(given, "PULSE_DEMO", default=not given.get("DATABASE_URL"))
        traffic = rate(given.get("PULSE_DEMO_TRAFFIC", "2"))
        return cls(
            port=whole(given, "PORT", 8000, 1, 65535),
            workers=whole(given, "WEB_CONCURRENCY", 2, 1, 64),
            instance=instance_directory(given.get("PULSE_INSTANCE_DIR")),
            database_url=given.get("DATABASE_URL"),
            redis_url=given.get("REDIS_URL"),
            demo=demo,
            demo_password=password(given.get("PULSE_DEMO_PASSWORD")),
            demo_traffic=traffic if demo else 0.0,
        )


def check_server_settings(given: Mapping[str, str]) -> None:
    """Let the server check what it will be given, with stand-ins for what the launcher itself provides."""
    provided = {"DATABASE_URL": "postgresql://", "REDIS_URL": "unix://", "PULSE_SECRET_KEY": "-" * 64}
    try:
        # The number of workers has a bound of its own here.
        ServerSettings.from_environ({**provided, **given, "WEB_CONCURRENCY": ""})
    except ConfigError as error:
        raise SettingError(str(error)) from None


def whole(given: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = given.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
        raise SettingError(f"{name} must be a whole number from {lowest} to {highest}, not {text!r}")
    return int(text)


def switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = given.get(name, str(int(default)))
    if text not in ("0", "1"):
        raise SettingError(f"{name} must be 0 or 1, not {text!r}")
    return text == "1"


def rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1000:
        raise SettingError(f"PULSE_DEMO_TRAFFIC must be events per second from 0 to 1000, not {text!r}")
    return value


def password(text: str | None) -> str | None:
    if text is not None and len(text) < 8:
        raise SettingError("PULSE_DEMO_PASSWORD must be at least 8 characters long")
    return text


def instance_directory(text: str | None) -> Path:
    """The directory, absolute; it need not exist, but it must be possible to make it and to write there."""
    path = Path(text or ROOT / "instance").expanduser().absolute()
    nearest = next(place for place in (path, *path.parents) if os.path.lexists(place))
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        problem = "a directory that this user may write to" if nearest == path else "possible to create"
        raise SettingError(f"PULSE_INSTANCE_DIR must be {problem}, not {str(path)!r}")
    return path
