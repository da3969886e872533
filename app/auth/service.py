"""What access remembers in a worker, put together by `auth.init_app`."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, cast
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import Engine

from app.auth.last_use import LastUse
from app.auth.standing_cache import StandingCache

if TYPE_CHECKING:
    from app.auth.access import Access

NAME = "pulse.auth"


@dataclass(frozen=True, slots=True)
class Auth:
    """What tokens stand for, by key; the members behind actors, by workspace and name; and last uses."""

    tokens: StandingCache[bytes, Access]
    actors: StandingCache[tuple[UUID, str], UUID]
    last_use: LastUse


def init_app(app: Flask, engine: Engine) -> None:
    """Begin with nothing remembered. Sessions never are: signing out must hold for the very next request."""
    app.extensions[NAME] = Auth(StandingCache(monotonic), StandingCache(monotonic), LastUse(engine))


def auth() -> Auth:
    """The current app's."""
    return cast(Auth, current_app.extensions[NAME])
