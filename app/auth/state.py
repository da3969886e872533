"""What access remembers in a worker, put together by `auth.init_app`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine, Row

from app.auth import credentials
from app.auth.credential_cache import StandingCache
from app.auth.credentials import Claim
from app.auth.last_use import LastUse
from app.background.coalescing import Gathering
from app.extensions import component, register

if TYPE_CHECKING:
    from app.auth.access import Access


@dataclass(frozen=True, slots=True)
class Auth:
    """What tokens stand for, by key; the members behind actors, by workspace and name; last uses; look-ups."""

    tokens: StandingCache[bytes, Access]
    actors: StandingCache[tuple[UUID, str], UUID]
    last_use: LastUse
    of_session: Gathering[Claim, Row | None]
    of_token: Gathering[bytes, Row | None]


def init_app(app: Flask, engine: Engine) -> None:
    """Begin with nothing remembered. Sessions never are: signing out must hold for the very next request."""
    register(
        app,
        Auth(
            tokens=StandingCache(monotonic),
            actors=StandingCache(monotonic),
            last_use=LastUse(engine),
            of_session=Gathering(partial(credentials.of_sessions, engine)),
            of_token=Gathering(partial(credentials.of_tokens, engine)),
        ),
    )


def auth() -> Auth:
    """The current app's."""
    return component(Auth)
